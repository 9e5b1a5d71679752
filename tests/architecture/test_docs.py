"""What the docs name exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BESIDE = [ROOT, ROOT / "src" / "ansvar", ROOT / "docs"]
PATH = re.compile(r"`((?:src|docs|tests|scripts|bench|\w+)/[\w./-]+)`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


def missing_paths(page: Path) -> list[str]:
    text = page.read_text()
    quoted = [
        name for name in PATH.findall(text) if not any((base / name).exists() for base in BESIDE)
    ]
    linked = [name for name in LINK.findall(text) if not (page.parent / name).exists()]
    return quoted + linked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_in_the_docs_exist(page: Path):
    assert missing_paths(page) == []


def test_a_path_that_does_not_exist_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("See `kernel/nowhere.py` and [here](nothing.md), not [there](https://x.y).")
    assert missing_paths(page) == ["kernel/nowhere.py", "nothing.md"]


def test_every_requirement_has_its_line():
    table = (ROOT / "docs" / "requirements.md").read_text()
    numbers = re.findall(r"^\| R(\d+) \|.*\| (done|partly|not yet) \|", table, re.MULTILINE)
    assert [int(number) for number, _state in numbers] == list(range(1, 231))
