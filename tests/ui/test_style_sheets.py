import gzip
import re
from pathlib import Path

import ansvar
from ansvar.ui import static_files

CSS = Path(ansvar.__file__).parent / "ui/static/css"
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|oklch|oklab|lab|lch)\(|:\s*(?:white|black|red|green|gray|grey|blue)\b",
    re.IGNORECASE,
)
MOST_BYTES = 25_000
PRINTED = "document.css"
"""The sheet of printed documents stands alone: paper has no themes, and pages do not load it."""


def test_colours_are_named_in_tokens_only():
    found = {
        path.name: COLOUR.findall(path.read_text())
        for path in CSS.rglob("*.css")
        if path.name not in {"tokens.css", PRINTED}
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_guard_finds_colours():
    assert COLOUR.search("a{color:#fff}")
    assert COLOUR.search("a{color: red}")
    assert not COLOUR.search("a{color:var(--red)}")


def test_every_token_used_is_defined():
    text = "".join(path.read_text() for path in CSS.rglob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+):", text))


def test_bundle_holds_every_sheet_and_stays_small():
    paths = static_files._parts("css/ansvar.css")
    assert set(paths) == {path for path in CSS.rglob("*.css") if path.name != PRINTED}
    assert len(gzip.compress(b"".join(path.read_bytes() for path in paths))) < MOST_BYTES
