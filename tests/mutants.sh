#!/bin/sh
# Changes the code in small ways, one after another, and runs the tests of its crate on each: what
# no test notices is listed. Prints the score of each file. FILES= limits it, for example
# FILES=crates/domain/src/decide/money.rs. cargo-mutants goes into .tools.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}
test -x .tools/bin/cargo-mutants ||
    "$cargo" install --quiet --locked --root .tools cargo-mutants@27.1.0
PATH="$PWD/.tools/bin:$PATH"
files=${FILES:-"crates/domain/src/period.rs $(echo crates/domain/src/decide/*.rs)
    $(echo crates/register/src/resolve/*.rs) crates/register/src/rows/corrections.rs
    crates/ledger/src/tree.rs crates/statement/src/verify.rs"}
# The crates whose tests must fail when a file is changed: its own first, which is quick, then, for
# what those did not notice, the crates that rest on it.
own_tests() {
    case $1 in
        crates/domain/*) echo remit-domain ;;
        crates/register/*) echo remit-register ;;
        crates/ledger/*) echo remit-ledger ;;
        *) echo remit-statement,oracle ;;
    esac
}
wider_tests() {
    case $1 in
        crates/domain/*) echo remit-register,oracle ;;
        *) echo oracle ;;
    esac
}
# Short versions: thousands of changes are tried. The builds need no debugger.
export REMIT_ORACLE_CASES=1000 REMIT_HISTORIES=5 REMIT_WATCHES=3 REMIT_STATEMENTS=500
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
for file in $files; do
    out=target/mutants/$(echo "$file" | tr / -)
    rm -rf "$out"
    mkdir -p "$out"
    try() {
        "$cargo" mutants --file "$file" --output "$out" --test-tool nextest --timeout 120 \
            --no-shuffle "$@" >>"$out.log" 2>&1 || :
    }
    count() {
        cat "$out/mutants.out/$1.txt" 2>/dev/null | wc -l
    }
    try --test-package "$(own_tests "$file")"
    if [ "$(count missed)" -gt 0 ]; then
        try --iterate --test-package "$(wider_tests "$file")"
    fi
    missed=$(count missed)
    caught=$(($(count caught) + $(count timeout) + $(count previously_caught)))
    echo "$file: $caught of $((caught + missed)) caught"
    sed 's/^/  missed: /' "$out/mutants.out/missed.txt"
done
