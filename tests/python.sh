#!/bin/sh
# A Python with what a requirements file names: python.sh REQUIREMENTS NAME prints where it is. Made
# once, in target/python-NAME; or one line says what is missing and how to get it.
set -eu
requirements=$1
dir="$(cd "$(dirname "$0")/.." && pwd)/target/python-$2"
command -v python3 >/dev/null || {
    echo 'missing: python3, 3.11 or newer; on Debian: apt-get install python3 python3-venv' >&2
    exit 1
}
mkdir -p "${dir%/*}"
# Tests run side by side; a lock that nobody holds any more is broken after a minute.
tries=0
until mkdir "$dir.lock" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || break
    sleep 0.2
done
trap 'rmdir "$dir.lock" 2>/dev/null || :' EXIT
if ! cmp -s "$requirements" "$dir/made"; then
    python3 -m venv --clear "$dir" >&2 || {
        echo 'missing: the venv of python3; on Debian: apt-get install python3-venv' >&2
        exit 1
    }
    "$dir/bin/pip" install -q --disable-pip-version-check -r "$requirements" >&2
    cp "$requirements" "$dir/made"
fi
echo "$dir/bin/python"
