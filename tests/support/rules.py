"""The project's own rules: from source text to findings, so that each can be seen to fail."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ansvar

SOURCE = Path(ansvar.__file__).parent
WRITERS = {"commands", "reactions", "tasks", "migrations", "management", "backends"}
WRITING = {
    "save",
    "create",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "acreate",
    "aupdate",
    "adelete",
    "asave",
}
LONGEST_FILE = 500
LONGEST_FUNCTION = 60


def sources() -> Iterator[tuple[str, str]]:
    """Return every module of the product as (path below the package, text), migrations left out."""
    for path in sorted(SOURCE.rglob("*.py")):
        below = path.relative_to(SOURCE).as_posix()
        if "/migrations/" not in below:
            yield below, path.read_text()


def long_files(path: str, text: str) -> list[str]:
    """A file nobody reads to the end hides things."""
    lines = text.count("\n")
    return [f"{path}: {lines} lines, {LONGEST_FILE} allowed"] if lines > LONGEST_FILE else []


def long_functions(path: str, text: str) -> list[str]:
    """A function is one screen."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                found.append(f"{path}: {node.name} has {lines} lines, {LONGEST_FUNCTION} allowed")
    return found


def local_imports_without_reason(path: str, text: str) -> list[str]:
    """An import inside a function hides a dependency, unless a comment there says why."""
    lines = text.splitlines()
    found = []
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                near = " ".join(lines[max(0, node.lineno - 4) : node.lineno])
                without_noqa = near.replace("# noqa: PLC0415", "", 1)
                if "#" not in without_noqa and " - " not in near:
                    found.append(f"{path}:{node.lineno}: an import in a function without a reason")
    return found


def writes_outside_commands(path: str, text: str) -> list[str]:
    """Only commands, reactions and tasks write: elsewhere a change would leave no fact."""
    parts = Path(path).with_suffix("").parts
    if WRITERS & set(parts) or parts[0] in {"kernel", "ops", "ui"}:
        return []
    return [
        f"{path}:{node.lineno}: .{node.func.attr}() outside a command"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITING
        and _looks_like_rows(node.func)
    ]


def _looks_like_rows(call: ast.Attribute) -> bool:
    """Tell calls on rows and querysets from those on dicts, forms and hashes."""
    chain = ast.unparse(call.value)
    if call.attr == "save":
        return not re.search(r"(storage|form\b|image\b|session\b|super\(\))", chain)
    if call.attr in {"update", "delete"}:
        return ".objects" in chain or ".filter(" in chain or ".all()" in chain
    return ".objects" in chain or bool(re.search(r"\.\w+s\.$", chain + "."))


def mentions_of_colliding_names(path: str) -> list[str]:
    """Words that mean something else on a service desk, or nothing at all, name no module."""
    forbidden = {"utils", "helpers", "common", "misc"}
    return [f"{path}: call it by what it is about"] if Path(path).stem in forbidden else []
