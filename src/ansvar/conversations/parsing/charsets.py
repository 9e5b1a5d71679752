"""Bytes to characters, whatever charset they are said to be in."""

import codecs
import contextlib
import re
from collections.abc import Iterable

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,60}\Z")
_META = re.compile(
    rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:+-]{1,60})", re.IGNORECASE
)
_META_WITHIN = 4_096
_JAPANESE_SHIFT = re.compile(rb"\x1b(?:\$[@B]|\([BIJ])")
_LONGEST_MENDED = 200_000
"""Characters: the search for mistaken charsets is thorough, and slow."""

# Python's own codecs that are no character sets, or take quadratic time.
_NO_CHARSETS = {
    "idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem",
    "base64", "bz2", "hex", "quopri", "rot13", "rot-13", "uu", "zip", "zlib",
}  # fmt: skip

# What programs write, and the wider set that they mean by it: the browsers' reading.
_MEANT = {
    "8859-1": "cp1252", "ansi": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
    "x-ansi": "cp1252", "iso-8859-1-windows-1252": "cp1252", "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874", "windows-31j": "cp932",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "gb-2312": "gb18030", "gb2312-80": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs",
    "x-big5": "big5hkscs", "ks-c-5601-1987": "cp949", "ks-c-5601": "cp949", "ksc5601": "cp949",
    "euc-kr": "cp949", "shift-jis": "cp932", "shift_jis": "cp932", "x-sjis": "cp932",
    "sjis": "cp932", "iso-2022-jp": "iso2022_jp_ext", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode": "utf-8",
}  # fmt: skip


def text_of(raw: bytes, charset: str | None, others: Iterable[str] = ()) -> str:
    """Decode *raw*, whatever its charset is said to be; nothing is lost to an exception.

    *others* are tried where the said one fails and the bytes are no UTF-8.
    """
    return clean(_mended(_decoded(raw, charset or "", others)))


def clean(text: str) -> str:
    """Return *text* without what PostgreSQL or a page cannot hold; line ends become newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Lone surrogates come from bytes that were no characters.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text)


def charset_in_html(raw: bytes) -> str:
    """Return the charset that a HTML page names itself, or nothing."""
    found = _META.search(raw[:_META_WITHIN])
    return found[1].decode("ascii").lower() if found else ""


def codec_for(charset: str) -> str:
    """Return the name of Python's codec for a charset, or nothing when there is none."""
    name = charset.strip("\"' \t").lower()
    name = _MEANT.get(name) or _MEANT.get(name.replace("_", "-")) or name
    if not _NAME.match(name) or name.replace("_", "-") in _NO_CHARSETS:
        return ""
    with contextlib.suppress(LookupError, ValueError):
        found = codecs.lookup(name)
        # Codecs from bytes to bytes, such as `hex`, say so.
        if getattr(found, "_is_text_encoding", True):
            return name
    return ""


def _decoded(raw: bytes, charset: str, others: Iterable[str]) -> str:
    for mark, codec in ((codecs.BOM_UTF8, "utf-8"), *_WIDE_MARKS):
        if raw.startswith(mark):
            with contextlib.suppress(ValueError):
                return raw[len(mark) :].decode(codec)
    codec = codec_for(charset)
    if raw.isascii() and codec in {"", "cp1252", "utf-8"}:
        if _JAPANESE_SHIFT.search(raw):
            with contextlib.suppress(ValueError):
                return raw.decode("iso2022_jp_ext")
        return raw.decode("ascii")
    # What is said to be Western but is valid UTF-8 is UTF-8: by chance it never is.
    candidates = ["utf-8", codec] if codec in {"", "cp1252"} else [codec, "utf-8"]
    for candidate in (*candidates, *map(codec_for, others)):
        if candidate and candidate != "cp1252":
            with contextlib.suppress(LookupError, ValueError):
                return raw.decode(candidate)
    return _nearly(raw, codec)


_WIDE_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WELL_FOR_EACH_DAMAGED = 4
_SEEN = 100_000


def _nearly(raw: bytes, codec: str) -> str:
    """Decode what no charset fits: a text cut within a character keeps all but that one."""
    for candidate in (codec, "utf-8"):
        if candidate and candidate != "cp1252":
            with contextlib.suppress(LookupError, ValueError):
                text = raw.decode(candidate, "replace")
                damaged = text.count("\ufffd")
                well = sum(not letter.isascii() for letter in text[:_SEEN]) - damaged
                if damaged * _WELL_FOR_EACH_DAMAGED <= well:
                    return text
    # Every byte means something in cp1252, but for five that become a replacement mark.
    return raw.decode("cp1252", "replace")


def _mended(text: str) -> str:
    """Return *text* with UTF-8 that was once read as something else put right."""
    if text.isascii() or len(text) > _LONGEST_MENDED:
        return text
    import ftfy  # noqa: PLC0415  # its tables take longer to load than most mails to read

    with contextlib.suppress(Exception):  # a guess that fails leaves the text as it was
        mended: str = ftfy.fix_encoding(text)
        return mended
    return text
