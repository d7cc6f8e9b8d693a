#!/bin/sh
# Changes the code in small ways, one after another, and runs the tests of its crate on each: what
# no test notices is listed. Prints the score of each file. FILES= limits it, for example
# FILES=crates/domain/src/decide/money.rs; SHARD=0/3 tries every third change. cargo-mutants goes
# into .tools.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}
test -x .tools/bin/cargo-mutants ||
    "$cargo" install --quiet --locked --root .tools cargo-mutants@27.1.0
PATH="$PWD/.tools/bin:$PATH"
files=${FILES:-"crates/domain/src/period.rs $(echo crates/domain/src/decide/*.rs)
    $(echo crates/register/src/resolve/*.rs) crates/register/src/rows/corrections.rs
    crates/ledger/src/tree.rs crates/statement/src/verify.rs"}
# The crates whose tests must fail when a crate is changed: its own first, which is quick, then, for
# what those did not notice, the crates that rest on it. What answers is tested by the model: first
# by its comparison alone, which takes seconds.
own_tests() {
    case $1 in
        statement) echo oracle ;;
        *) echo "remit-$1" ;;
    esac
}
wider_tests() {
    case $1 in
        domain) echo remit-register,oracle ;;
        register) echo oracle ;;
        ledger) echo oracle ;;
    esac
}
# Short versions: thousands of changes are tried. The builds need no debugger.
export REMIT_ORACLE_CASES=4000 REMIT_HISTORIES=5 REMIT_WATCHES=3 REMIT_STATEMENTS=500
# A crate without tests of its own is tested by the crates that rest on it.
export NEXTEST_NO_TESTS=pass
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
for crate in domain register ledger statement; do
    of_crate=$(echo "$files" | tr ' ' '\n' | grep "^crates/$crate/" || :)
    test -n "$of_crate" || continue
    out=target/mutants/$crate
    rm -rf "$out"
    mkdir -p "$out"
    # One run for the files of a crate: each run builds everything once.
    try() {
        # shellcheck disable=SC2086,SC2046
        "$cargo" mutants $(printf -- '--file %s ' $of_crate) --output "$out" --test-tool nextest \
            --timeout 120 --no-shuffle ${SHARD:+--shard "$SHARD"} "$@" >>"$out.log" 2>&1 || {
            # 2 and 3: some were missed, or ran out of time. All else is no result.
            case $? in 2 | 3) ;; *) tail -5 "$out.log" >&2; exit 1 ;; esac
        }
    }
    listed() {
        cat "$out/mutants.out/$1.txt" 2>/dev/null || :
    }
    try --test-package "$(own_tests "$crate")"
    caught=$(listed caught; listed timeout)
    if [ -n "$(listed missed)" ] && [ "$crate" = register ]; then
        # The code as it is must pass, or every change would seem to be noticed. (The baseline of
        # cargo-mutants runs the tests of the changed crate, which has none of this name.)
        "$cargo" nextest run --locked -p oracle --test agrees >>"$out.log" 2>&1 ||
            { tail -5 "$out.log" >&2; exit 1; }
        try --iterate --baseline skip --test-package oracle -- --test agrees
        caught=$(echo "$caught"; listed caught; listed timeout)
    fi
    if [ -n "$(listed missed)" ] && [ -n "$(wider_tests "$crate")" ]; then
        try --iterate --test-package "$(wider_tests "$crate")"
        caught=$(echo "$caught"; listed caught; listed timeout)
    fi
    for file in $of_crate; do
        of_file() {
            grep "^$file:" || :
        }
        missed=$(listed missed | of_file)
        score=$(echo "$caught" | of_file | sort -u | wc -l)
        all=$((score + $(echo "$missed" | grep -c . || :)))
        echo "$file: $score of $all caught"
        echo "$missed" | sed '/^$/d; s/^/  missed: /'
    done
done
