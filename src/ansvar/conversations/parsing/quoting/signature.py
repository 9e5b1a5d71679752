"""Where the signature of a mail begins."""

import re
import unicodedata
from collections.abc import Sequence

from ansvar.conversations.parsing.quoting.attribution import is_rule
from ansvar.conversations.parsing.quoting.vocabulary import (
    AND,
    CLOSINGS,
    EXCUSES,
    PRODUCTS,
    SENT_FROM,
    SENT_FROM_ENDS,
    THANKS,
)

MARK = "-- "
"""Stands above a signature by an old custom of mail and news (RFC 3676)."""

_LONGEST_LINE = 70
_MOST_LINES = 14
_MOST_MARKED_LINES = 25
_CLOSED_LINES = 8
_MOST_SIGNATURES = 6
_FARTHEST_LINES = 80
_SHORT_WORDS = 8
_SENTENCE_WORDS = 5
_SENT_FROM_WORDS = 8
_SENT_FROM_LENGTH = 70
_FARTHEST = 300
"""Characters of a line that are searched."""
_SHORTEST_NAME = 2
_ADDRESSED_LINES = 3

_LINK = re.compile(r"[<(\[]?(?:https?://|mailto:|www\.)[^\s>)\]]{1,2000}[>)\]]?")
_POSTSCRIPT = re.compile(r"^(?:p\.? ?s\b|p\.s\.|з\.?ы\.?\b|ps:)", re.IGNORECASE)
_CONTACT = re.compile(
    r"@[\w-]{1,60}\.|https?://|www\.|\+?\(?\d{2,5}\)?(?:[ ./-]{1,3}\d{2,6}){1,6}|skype|\btel\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LIST_FOOTER = re.compile(r"https?://|www\.|mailing list|unsubscribe|@[\w-]+\.", re.IGNORECASE)


def signature_begin(lines: Sequence[str], *, author: str = "") -> int:
    """Return the number of the line with which the signature begins; the length without one.

    Several may follow each other. The words before them are never all taken away.
    """
    last = end = _without_blanks(lines, len(lines))
    first = next((at for at, line in enumerate(lines) if line), 0)
    for _ in range(_MOST_SIGNATURES):
        begin = _one_before(lines, end, author) if end else None
        if begin is None or begin <= first:
            break
        end = _without_blanks(lines, begin)
    return end if end < last else len(lines)


def is_signature(lines: Sequence[str], *, author: str = "") -> bool:
    """Tell whether lines are nothing but signatures, such as after a quotation."""
    return signature_begin(["…", "", *lines], author=author) <= _SHORTEST_NAME


def _without_blanks(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1]:
        end -= 1
    return end


def _one_before(lines: Sequence[str], end: int, author: str) -> int | None:
    """Return where the signature begins that ends at a line, if there is one."""
    if author and (begin := _own_name(lines, end, author)) is not None:
        return begin
    if _names_program(lines, end - 1):
        return end - 1
    filled = 0
    for at in range(end - 1, max(-1, end - _FARTHEST_LINES), -1):
        line = lines[at]
        if line.startswith(">") or filled > _MOST_MARKED_LINES:
            break
        if not line:
            continue
        tail = [one for one in lines[at + 1 : end] if one]
        if _is_mark(line, tail) or _is_closing(line, tail, author):
            return at
        filled += 1
    return None


def _is_mark(line: str, tail: list[str]) -> bool:
    if line == MARK:
        return bool(tail)
    if line == "--":
        return bool(tail) and not any(map(_is_sentence, tail))
    if line.startswith("__") and not line.strip("_"):
        # Lists put their address under each mail.
        return 0 < len(tail) <= _CLOSED_LINES and any(map(_LIST_FOOTER.search, tail))
    return False


def _is_closing(line: str, tail: list[str], author: str) -> bool:
    if not 0 < len(tail) <= _CLOSED_LINES or not all(map(_is_short, tail)):
        return False
    words = unicodedata.normalize("NFC", line[:_LONGEST_LINE]).lower().strip(" ,.!;:-–—")
    if words in CLOSINGS:
        return True
    pieces = words.split()
    for at, piece in enumerate(pieces):
        if piece in AND and " ".join(pieces[at + 1 :]) in CLOSINGS:
            return " ".join(pieces[:at]).strip(" ,") in CLOSINGS | THANKS
    return words in THANKS and bool(author) and _is_named(tail[0], author)


def _is_sentence(line: str) -> bool:
    """Tell whether somebody says something in a line, rather than being named by it."""
    if line.endswith("?") or _POSTSCRIPT.match(line):
        return True
    words = _LETTERS.findall(line[:_FARTHEST])
    return len(words) >= _SENTENCE_WORDS and line.endswith((".", "!", ",", ";", ":"))


def _is_short(line: str) -> bool:
    """Tell whether a line may name a person, a place, or a way to reach them."""
    if _is_sentence(line):
        return False
    words = _LINK.sub("", line)
    if _CONTACT.search(line[:_FARTHEST]):
        return len(words) <= 2 * _LONGEST_LINE
    return len(words) <= _LONGEST_LINE and len(words.split()) <= _SHORT_WORDS


def _names_program(lines: Sequence[str], at: int) -> bool:
    """Recognise `Sent from my telephone` of many programs and languages."""
    line = lines[at]
    words = unicodedata.normalize("NFC", _LINK.sub("", line[:2_000])).lower().strip(" .<>()[]-–—")
    if not words or len(words) > _SENT_FROM_LENGTH * 2:
        return False
    # Turkish dotted letters lower to two characters.
    begins = words.startswith(SENT_FROM) or words.endswith(SENT_FROM_ENDS)
    if not begins:
        return False
    if any(excuse in words for excuse in EXCUSES):
        return True
    if any(sign in words for sign in ",;:?!") or len(words.split()) > _SENT_FROM_WORDS:
        return False
    is_apart = at == 0 or not lines[at - 1]
    if len(words) > _SENT_FROM_LENGTH or ". " in words:
        return False
    return any(product in words for product in PRODUCTS) or (
        is_apart and words.startswith(SENT_FROM[:4]) and not line.endswith(".")
    )


def _is_named(line: str, author: str) -> bool:
    """Tell whether a line is the author's name, or holds it beside a title."""
    known = set(_LETTERS.findall(author.lower()))
    said = set(_LETTERS.findall(line[:_LONGEST_LINE].lower()))
    if not known or not said or len(line.split()) > _SHORT_WORDS:
        return False
    name = set(_LETTERS.findall(author.partition("@")[0].lower())) if "@" in author else known
    return said <= known or (len(name) >= _SHORTEST_NAME and name <= said)


def _own_name(lines: Sequence[str], end: int, author: str) -> int | None:
    """Return where the lines begin that tell who wrote and how to reach them."""
    begin = _named_paragraph(lines, end, author)
    if begin is None:
        return None
    above = [one for one in range(max(0, begin - _CLOSED_LINES), begin) if lines[one]]
    if above and lines[above[-1]].endswith(":"):
        return None
    for at in reversed(above):
        if is_rule(lines[at]):
            return at
        if not _is_short(lines[at]) or len(lines[at].split()) > 1:
            break
    return begin


def _named_paragraph(lines: Sequence[str], end: int, author: str) -> int | None:
    """Return where the lines begin, of which one is the author's name or holds the address."""
    address = next((word.strip("<>()") for word in author.split() if "@" in word), "")
    filled, is_addressed, is_reachable = 0, False, False
    for at in range(end - 1, max(-1, end - _FARTHEST_LINES), -1):
        line = lines[at]
        if not line:
            # A name stands above all that belongs to it, an address in the midst of it.
            if is_addressed and filled >= _ADDRESSED_LINES:
                return at + 1
            is_addressed = False
            continue
        if not _is_short(line) or filled >= _MOST_LINES or line.startswith(">"):
            break
        filled += 1
        is_addressed |= bool(address) and address.lower() in line.lower()
        if _is_named(line.lstrip("-– "), author) and "@" not in line:
            starts = at == 0 or not lines[at - 1] or is_rule(lines[at - 1])
            return at if is_reachable and starts else None
        is_reachable |= bool(_CONTACT.search(line[:_FARTHEST])) or _names_program(lines, at)
    return None
