"""Parameters of header fields: names of files, boundaries, charsets, however they are written."""

import contextlib
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from ansvar.conversations.parsing.charsets import codec_for

_MOST = 100
_LONGEST = 8_000
# Blanks within a value that has no quotes: programs that do not quote do not count words either.
_PARAMETER = re.compile(
    r";\s{0,20}([^\s=;\"]{1,80})\s{0,20}=\s{0,20}(?:\"((?:[^\"\\]|\\.)*)(?:\"|\Z)|([^;]*))",
    re.DOTALL,
)
_SECTION = re.compile(r"([^*]{1,60})\*(?:(\d{1,3})(\*)?)?\Z")
_ESCAPED = re.compile(r"\\([\"\\])")
_CHARSET_AND_LANGUAGE = re.compile(r"([A-Za-z0-9_.:+-]{0,60})'[A-Za-z0-9-]{0,40}'")


def parameters_of(value: str) -> Mapping[str, str]:
    """Return the parameters of a header field; what RFC 2231 wrote in pieces is put together."""
    return _parameters_of(value[:_LONGEST])


# Each part is asked for its charset, its name, its boundary and more.
@lru_cache(maxsize=256)
def _parameters_of(value: str) -> Mapping[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count == _MOST:
            break
        name = match[1].lower()
        said = _ESCAPED.sub(r"\1", match[2]) if match[2] is not None else match[3].strip()
        section = _SECTION.match(name)
        if section is None:
            plain.setdefault(name, said)
        else:
            is_encoded = section[2] is None or section[3] is not None
            number = int(section[2] or 0)
            pieces.setdefault(section[1], []).append((number, is_encoded, said))
    for name, sections in pieces.items():
        # The extended form wins: the plain one beside it is for old programs.
        if joined := _joined(sorted(sections, key=lambda one: one[0])):
            plain[name] = joined
    return plain


def _joined(sections: list[tuple[int, bool, str]]) -> str:
    """Decode the sections together: a character may be split between two."""
    charset, joined = "utf-8", b""
    for place, (_number, is_encoded, said) in enumerate(sections):
        text = said
        if is_encoded and place == 0 and (named := _CHARSET_AND_LANGUAGE.match(text)):
            charset, text = named[1] or "utf-8", text[named.end() :]
        raw = text.encode("utf-8", "surrogateescape")
        joined += unquote_to_bytes(raw) if is_encoded else raw
    for codec in (codec_for(charset), "utf-8"):
        if codec:
            with contextlib.suppress(ValueError, LookupError):
                return joined.decode(codec)
    return joined.decode("utf-8", "surrogateescape")
