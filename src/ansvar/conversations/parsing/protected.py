"""Signed and encrypted parts: what they are, and what of them can be read without any key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ansvar.conversations.parsing.marks import Mark

SIGNATURE_TYPES = {
    "application/pkcs7-signature": Mark.SIGNED_SMIME,
    "application/x-pkcs7-signature": Mark.SIGNED_SMIME,
    "application/pgp-signature": Mark.SIGNED_PGP,
}
SMIME_TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
PGP_CONTROL_TYPE = "application/pgp-encrypted"

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_KIND_WITHIN = 64
_OCTETS, _SEQUENCE, _FIRST_OF = 0x04, 0x30, 0xA0
_CONSTRUCTED = 0x20
_UNKNOWN = 0x80
_LONGEST_LENGTH = 4
_DEEPEST = 12
_MOST_NODES = 100_000

_PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_PGP_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]{1,40}:[^\n]{0,200}\n){0,20}[ \t]*\n",
    re.MULTILINE,
)
_PGP_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----[ \t]*$", re.MULTILINE)
_PGP_SIGNATURE_END = re.compile(r"^-----END PGP SIGNATURE-----[ \t]*(?:\n|\Z)", re.MULTILINE)
_DASHED = re.compile(r"^- (?=-|From )", re.MULTILINE)


class _NotThere(Exception):
    """The bytes are not what they claim to be."""


@dataclass(frozen=True)
class _Node:
    """A value in ASN.1: what it is, and from where to where its content goes."""

    tag: int
    begin: int
    end: int
    after: int
    """Where the next one begins."""


def smime_mark(content: bytes, said: str) -> Mark:
    """Tell whether an S/MIME part is only signed; *said* is what its header claims."""
    if _SIGNED in content[:_KIND_WITHIN] or "signed" in said:
        return Mark.SIGNED_SMIME
    return Mark.ENCRYPTED_SMIME


def signed_content(content: bytes) -> bytes:
    """Return the mail inside an S/MIME part that is signed but not encrypted, or nothing.

    The signature is not checked: who wants that has the part as a file.
    """
    try:
        info = _first(content, _Node(0, 0, len(content), len(content)), _SEQUENCE)
        signed = _first(content, _first(content, info, _FIRST_OF), _SEQUENCE)
        inside = _first(content, signed, _SEQUENCE)
        return _octets(content, _first(content, inside, _FIRST_OF), 0)
    except _NotThere:
        return b""


def without_armour(text: str) -> tuple[str, Mark | None]:
    """Return a text without the lines that PGP puts around what it signs."""
    if "-----BEGIN PGP " not in text:
        return text, None
    begin = _PGP_SIGNED.search(text)
    end = _PGP_SIGNATURE.search(text, begin.end()) if begin else None
    if begin and end:
        last = _PGP_SIGNATURE_END.search(text, end.end())
        signed = _DASHED.sub("", text[begin.end() : end.start()])
        rest = text[last.end() :] if last else ""
        return text[: begin.start()] + signed + rest, Mark.SIGNED_PGP
    return text, Mark.ENCRYPTED_PGP if _PGP_MESSAGE.search(text) else None


def _first(raw: bytes, node: _Node, tag: int) -> _Node:
    for below in _below(raw, node, 0):
        if below.tag == tag:
            return below
    raise _NotThere


def _octets(raw: bytes, node: _Node, depth: int) -> bytes:
    """Return a string of bytes, which may be written in pieces of pieces."""
    if node.tag == _OCTETS:
        return raw[node.begin : node.end]
    return b"".join(_octets(raw, below, depth + 1) for below in _below(raw, node, depth))


def _below(raw: bytes, node: _Node, depth: int) -> Iterator[_Node]:
    if depth > _DEEPEST or not (node.tag & _CONSTRUCTED or node.tag == 0):
        raise _NotThere
    at = node.begin
    for _count in range(_MOST_NODES):
        if at + 2 > node.end or raw[at : at + 2] == b"\x00\x00":
            return
        below = _read(raw, at, limit=node.end, depth=depth)
        yield below
        at = below.after
    raise _NotThere


def _read(raw: bytes, at: int, *, limit: int, depth: int) -> _Node:
    tag, length = raw[at], raw[at + 1]
    begin = at + 2
    if length == _UNKNOWN:
        # It ends with two zero bytes after its own values.
        end = begin
        for below in _below(raw, _Node(tag, begin, limit, limit), depth + 1):
            end = below.after
        return _Node(tag, begin, end, end + 2)
    if length > _UNKNOWN:
        size = length - _UNKNOWN
        if size > _LONGEST_LENGTH:
            raise _NotThere
        length = int.from_bytes(raw[begin : begin + size], "big")
        begin += size
    # Of one that is cut off there is what there is.
    end = min(begin + length, limit)
    return _Node(tag, begin, end, end)
