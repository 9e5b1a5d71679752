#!/bin/sh
# Make .venv with the packages of requirements/run.txt or dev.txt; quick when that is done already.
# usage: scripts/setup.sh run|dev
set -eu
cd "$(dirname "$0")/.."
wanted=$1

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Ansvar needs Python 3.11 or newer, and there is none called python3 here." >&2
    exit 1
}

# A virtual environment that was moved, or whose Python is gone, is made anew.
if ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python)
    rm -rf .venv
    echo "Making .venv with $("$python" --version)"
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "Python's venv is missing; on Debian: apt-get install python3-venv" >&2
        exit 1
    fi
fi

fingerprint() {
    cat requirements/build.txt "requirements/$1.txt" pyproject.toml | .venv/bin/python -c \
        'import hashlib, sys; print(sys.version, hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

stamp=.venv/installed
if grep -qsxF "$wanted $(fingerprint "$wanted")" "$stamp"; then
    exit 0
fi
# To compile all modules of all packages takes as long as the rest. Python does so with those it
# imports; only whoever starts Ansvar as another user than the one who installed it would wait.
compiling=
[ "$wanted" = run ] || compiling=--no-compile
echo "Installing packages; this takes a minute or two and is done once"
# What builds comes first, so that a package which is there as source only is built with that.
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements/build.txt
# shellcheck disable=SC2086  # one option or none
.venv/bin/python -m pip install --quiet --disable-pip-version-check $compiling \
    --require-hashes --only-binary :all: --no-binary dkimpy --no-build-isolation -r "requirements/$wanted.txt"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-build-isolation --no-deps --editable .
# What dev.txt brings contains all of run.txt, in the same versions.
echo "run $(fingerprint run)" >"$stamp"
if [ "$wanted" = dev ]; then
    echo "dev $(fingerprint dev)" >>"$stamp"
fi
