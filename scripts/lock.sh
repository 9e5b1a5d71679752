#!/bin/sh
# Write requirements/*.txt: exact versions with hashes, without the address of any index.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --upgrade --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-header "$@"
}
# What packages are built with, by itself: it is installed first.
compile --group build -o requirements/build.txt
compile pyproject.toml --group build -c requirements/build.txt -o requirements/run.txt
compile pyproject.toml --group build --group dev -c requirements/run.txt -o requirements/dev.txt
