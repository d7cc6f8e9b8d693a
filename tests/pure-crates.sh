#!/bin/sh
# The pure crates know no I/O, async, serde or protobuf: what they may depend on is a closed list.
set -eu
allowed='remit-domain remit-register chrono chrono-tz num-traits autocfg phf phf_shared siphasher thiserror thiserror-impl proc-macro2 quote syn unicode-ident iana-time-zone'
status=0
for crate in remit-domain remit-register; do
    for found in $(cargo tree --locked -p "$crate" -e normal,build --prefix none --format '{p}' | cut -d' ' -f1 | sort -u); do
        case " $allowed " in
            *" $found "*) ;;
            *) echo "$crate depends on $found, which a pure crate may not (tests/pure-crates.sh)"; status=1 ;;
        esac
    done
done
[ $status -eq 0 ] && echo 'the pure crates are pure'
exit $status
