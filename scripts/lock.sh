#!/bin/sh
# Write requirements/*.txt: exact versions with hashes, without the address of any index.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile pyproject.toml --upgrade --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-header "$@"
}
compile --group build -o requirements/run.txt
compile --group build --group dev -c requirements/run.txt -o requirements/dev.txt
