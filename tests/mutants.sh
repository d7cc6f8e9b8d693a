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
# The tests that a change of a crate must fail. Statements are tested by the oracle.
tests_of() {
    case $1 in
        crates/domain/*) echo remit-domain,remit-register ;;
        crates/register/*) echo remit-register,oracle ;;
        crates/ledger/*) echo remit-ledger ;;
        *) echo oracle ;;
    esac
}
# Short versions: thousands of changes are tried.
export REMIT_ORACLE_CASES=1000 REMIT_HISTORIES=5 REMIT_WATCHES=3 REMIT_STATEMENTS=500
for file in $files; do
    out=target/mutants/$(echo "$file" | tr / -)
    mkdir -p "$out"
    "$cargo" mutants --file "$file" --test-package "$(tests_of "$file")" --output "$out" \
        --test-tool nextest --timeout 120 --no-shuffle >"$out.log" 2>&1 || :
    count() {
        wc -l <"$out/mutants.out/$1.txt"
    }
    caught=$(($(count caught) + $(count timeout)))
    missed=$(count missed)
    echo "$file: $caught of $((caught + missed)) caught"
    sed 's/^/  missed: /' "$out/mutants.out/missed.txt"
done
