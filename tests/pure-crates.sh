#!/bin/sh
# The pure crates know no I/O, async, serde or protobuf: what they may depend on is a closed list.
# `remit-ledger` is checked one level deep: the library of its tree brings serde, unused.
set -eu
times='chrono chrono-tz num-traits autocfg phf phf_shared siphasher iana-time-zone'
errors='thiserror thiserror-impl proc-macro2 quote syn unicode-ident'
allowed="remit-domain remit-register $times $errors"
ledger='remit-ledger base64 ed25519-dalek sha2 thiserror tlog_tiles'
status=0
check() {
    for found in $(cargo tree --locked -p "$1" -e normal,build $3 --prefix none --format '{p}' |
        cut -d' ' -f1 | sort -u); do
        case " $2 " in
            *" $found "*) ;;
            *)
                echo "$1 depends on $found, which a pure crate may not ($0)"
                status=1
                ;;
        esac
    done
}
check remit-domain "$allowed" ''
check remit-register "$allowed" ''
check remit-wording "$allowed remit-wording" ''
check remit-ledger "$ledger" '--depth 1'
[ $status -eq 0 ] && echo 'the pure crates are pure'
exit $status
