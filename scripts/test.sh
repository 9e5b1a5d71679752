#!/bin/sh
# Run every check, go on after a failure, and end with a summary.
# usage: scripts/test.sh [lint]
set -u
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/.venv/bin:$PATH"
export PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Whatever imports the settings makes keys in the data folder: not in a person's own.
# Commands that need a database get one there; the tests bring their own.
ANSVAR_DATA="$scratch/data"
export ANSVAR_DATA

# One line of the summary: what was checked, how long it took, whether it is well.
check() {
    words=$1
    shift
    printf '\n── %s\n' "$words"
    begun=$(date +%s)
    if "$@"; then mark=✓; else mark=✗ && touch "$scratch/failed"; fi
    printf '%s %s · %s s\n' "$mark" "$words" "$(($(date +%s) - begun))" >>"$scratch/summary"
}

# The types take as long as all the rest that needs no database; both at once.
check "types" mypy >"$scratch/types" 2>&1 &
types=$!
check "style" ruff check .
check "format" ruff format --check .
check "layers" lint-imports
if [ "${1:-}" != lint ]; then
    check "migrations match models" ansvar manage makemigrations --check --dry-run
fi
wait "$types"
cat "$scratch/types"
if [ "${1:-}" != lint ]; then
    check "tests" pytest -n 2 --dist worksteal -q
fi

printf '\n── summary\n'
cat "$scratch/summary"
[ ! -e "$scratch/failed" ]
