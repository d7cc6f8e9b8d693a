#!/bin/sh
# What a release needs beyond `make check`: the program is the same whoever builds it, its parts are
# listed, and none of them has a known vulnerability. The tools go into .tools. Needs the network.
set -eu
cd "$(dirname "$0")/.."
out=target/release-check
cargo=${CARGO:-cargo}
tool() {
    test -x ".tools/bin/$1" || "$cargo" install --quiet --locked --root .tools "$2"
}

echo 'builds the program twice, in two places, and compares'
rm -rf "$out"
for place in one two; do
    mkdir -p "$out/$place"
    git archive HEAD | tar -x -C "$out/$place"
    here=$(cd "$out/$place" && pwd)
    (
        cd "$here"
        RUSTFLAGS="--remap-path-prefix=$here=/remit --remap-path-prefix=$HOME=/home" \
            "$cargo" build --quiet --locked --release -p remit
    )
done
one=$(sha256sum <"$out/one/target/release/remit")
two=$(sha256sum <"$out/two/target/release/remit")
if [ "$one" != "$two" ]; then
    echo "the two builds differ: $out/{one,two}/target/release/remit"
    exit 1
fi
echo "the two builds are the same: sha256 ${one%% *}"

echo 'lists the parts of the program'
tool cargo-cyclonedx cargo-cyclonedx@0.5.9
PATH="$PWD/.tools/bin:$PATH" "$cargo" cyclonedx --quiet --format json \
    --manifest-path "$out/one/crates/remit/Cargo.toml" --override-filename remit.cdx
mv "$out/one/crates/remit/remit.cdx.json" "$out/remit.cdx.json"
echo "the bill of materials is $out/remit.cdx.json"

echo 'looks for known vulnerabilities'
tool cargo-audit cargo-audit@0.22.2
PATH="$PWD/.tools/bin:$PATH" "$cargo" audit
