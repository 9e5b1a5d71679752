"""The lines with which mail programs introduce the mail that is answered."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ansvar.conversations.parsing.quoting.vocabulary import (
    FIELD_KINDS,
    FORWARDED,
    OPENERS,
    ORIGINAL,
    WROTE,
    WROTE_UNSPACED,
)

LONGEST_ATTRIBUTION = 400
"""Characters; a longer line is no introduction."""
MOST_LINES = 4
"""Over so many lines programs break one."""
_LONGEST_LABEL = 28
_FIELD_LINES = 16
_FIELD_CONTINUED = 6
_FEW_WORDS = 5

_QUOTE_MARKS = re.compile(r"^[>\s]+")
_ADDRESS = re.compile(r"[^\s@<>()\"',:;]{1,64}@[^\s@<>()\"',:;]{1,120}")
_ADDRESS_AT_END = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,120}\W{0,4}$")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d|[.:/]\d{4})")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}월|\d{1,2}月)"
)
_DATE_FIRST = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}[年년]|\d{1,2}:\d{2}\b")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+(?:[(/][^\W\d_]{1,3}\)?)?")
_RULED = re.compile(r"^[-_=*—–]{2,60}\s{0,4}([^-_=*—–].{0,58}?)\s{0,4}[-_=*—–]{2,60}:?$")
_RULE = re.compile(r"^[-_=*—–]{3,}$")
_RULING = "-_=*—–"
_ANNOUNCED = ORIGINAL | FORWARDED
_ZOHO_END = re.compile(r"\s?-{3,}$")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Where an earlier mail begins: its lines up to *end* only introduce it."""

    begin: int
    end: int
    is_forward: bool = False
    is_block: bool = False
    """The header of the earlier mail was copied, so what follows bears no quotation marks."""


@lru_cache(maxsize=256)
def bare(line: str) -> str:
    """Return a line without quotation marks, emphasis and encoded signs, for comparing."""
    line = _QUOTE_MARKS.sub("", line[: LONGEST_ATTRIBUTION + 40])
    if "&" in line:
        line = html.unescape(line)
    return unicodedata.normalize("NFC", line).replace("*", "").replace("\xa0", " ").strip()


def is_rule(line: str) -> bool:
    """Tell whether a line is nothing but a rule."""
    return bool(_RULE.match(line.strip()[:200].replace(" ", "")))


def opening_at(lines: Sequence[str], at: int) -> Opening | None:
    """Return the opening that *ends its introduction* or begins its header at a line."""
    line = lines[at]
    if not line or len(line) > LONGEST_ATTRIBUTION + 40 or not _may_open(line):
        return None
    return _ruled(lines, at) or _attribution(lines, at) or _field_block(lines, at)


def _may_open(line: str) -> bool:
    """Tell quickly of most lines that they open nothing."""
    if ":" in line or "：" in line or line[-1] in _RULING:
        return True
    return line.rpartition(" ")[2].lower() in WROTE or bare(line).lower() in _ANNOUNCED


def _ruled(lines: Sequence[str], at: int) -> Opening | None:
    """Recognise `-----Original Message-----`, and any words between rules above a header."""
    line = bare(lines[at])
    match = _RULED.match(line)
    words = (match[1] if match else line).strip(" :").lower()
    if words in FORWARDED and (match or line.endswith(":") or _field_follows(lines, at)):
        return Opening(begin=at, end=at + 1, is_forward=True)
    if words in ORIGINAL and (match or _field_follows(lines, at)):
        return Opening(begin=at, end=at + 1, is_block=True)
    if match and _field_follows(lines, at):
        # Some programs put the kind of mail in words of their own, and mostly to pass it on.
        block = next((found for one in (at + 1, at + 2) if (found := _block(lines, one))), None)
        if block:
            return Opening(begin=at, end=block.end, is_block=True)
    return None


def _field_follows(lines: Sequence[str], at: int) -> bool:
    following = [line for line in lines[at + 1 : at + 4] if line][:1]
    return bool(following and _field_kind(following[0]))


def _attribution(lines: Sequence[str], at: int) -> Opening | None:
    """Recognise `On Monday Bo wrote:`, also when it is broken over several lines."""
    last = bare(lines[at])
    if not _ends_like_one(last):
        return None
    is_quoted_next = _is_quoted(lines, at)
    first_possible = at
    if not _may_introduce(lines[max(0, at - MOST_LINES + 1) : at + 1]):
        return None
    while first_possible > max(0, at - MOST_LINES + 1) and lines[first_possible - 1]:
        first_possible -= 1
    opened = [one for one in range(at, first_possible - 1, -1) if _begins_like_one(lines, one)]
    # A line that says "on" is a surer beginning than one with a date somewhere.
    opened.sort(key=lambda one: not _has_opener(bare(lines[one])))
    for begin in opened:
        joined = " ".join(bare(line) for line in lines[begin : at + 1])
        if _introduces(joined, is_quoted_next=is_quoted_next, is_opened=True):
            return Opening(begin=begin, end=at + 1)
    if _introduces(last, is_quoted_next=is_quoted_next, is_opened=False):
        return Opening(begin=at, end=at + 1)
    return None


def _may_introduce(lines: Sequence[str]) -> bool:
    """Tell quickly of most lines that they introduce nobody."""
    joined = " ".join(lines)
    return (
        "@" in joined
        or any(word.lower() in WROTE for word in _WORD.findall(joined))
        or any(verb in joined for verb in WROTE_UNSPACED)
    )


def _ends_like_one(line: str) -> bool:
    if line.endswith((":", "：")) or _ZOHO_END.search(line):
        return True
    # Some leave the colon out.
    return line.rpartition(" ")[2].lower() in WROTE and bool(_ADDRESS.search(line))


def _is_quoted(lines: Sequence[str], at: int) -> bool:
    """Tell whether the next words are quoted, more deeply than this line is."""
    depth = _depth(lines[at])
    following = next((line for line in lines[at + 1 : at + 4] if line), "")
    return _depth(following) > depth


def _depth(line: str) -> int:
    marks = _QUOTE_MARKS.match(line)
    return marks[0].count(">") if marks and line.startswith(">") else 0


def _has_opener(line: str) -> bool:
    first = line.strip("- ").lower().partition(" ")[0].rstrip(",.(о)")
    return first in OPENERS


def _begins_like_one(lines: Sequence[str], at: int) -> bool:
    """Tell whether an introduction can begin here; a whole sentence before it is no part of it."""
    line = bare(lines[at])
    if not _DIGIT.search(line):
        return False
    if _has_opener(line) or _DATE_FIRST.match(line.strip("- ")):
        return True
    starts_paragraph = at == 0 or not lines[at - 1]
    dated = _DATE.search(line) and _TIME.search(line)
    return starts_paragraph and bool(dated or (line.startswith('"') and "@" in line))


def _introduces(line: str, *, is_quoted_next: bool, is_opened: bool) -> bool:
    """Tell whether a line introduces a mail: by a verb, a date, an address, in any language."""
    if len(line) > LONGEST_ATTRIBUTION:
        return False
    words = [word.lower() for word in _WORD.findall(line)]
    wrote = any(word in WROTE for word in words) or any(verb in line for verb in WROTE_UNSPACED)
    address = bool(_ADDRESS.search(line))
    timed, dated = bool(_TIME.search(line)), bool(_DATE.search(line))
    if wrote and (address or is_quoted_next):
        return is_opened or timed or dated or (is_quoted_next and len(words) <= _FEW_WORDS)
    if wrote:
        return (timed or dated) and is_opened
    closing = _ZOHO_END.sub("", line).rstrip(" :：")
    if _ADDRESS_AT_END.search(closing):
        return timed and dated
    return is_quoted_next and address and (timed or dated)


def _field_kind(line: str) -> str:
    """Return which header field a line holds, in any known language, or nothing."""
    line = bare(line[: LONGEST_ATTRIBUTION + 40])
    for at, sign in enumerate(line[: _LONGEST_LABEL + 1]):
        if sign in ":：":
            return FIELD_KINDS.get(line[:at].strip().lower(), "")
    return ""


def _field_block(lines: Sequence[str], at: int) -> Opening | None:
    """Recognise the copied header of a mail at its first line."""
    if not _field_kind(lines[at]) or (at and _field_kind(lines[at - 1])):
        return None
    return _block(lines, at)


def _block(lines: Sequence[str], at: int) -> Opening | None:
    kinds: set[str] = set()
    is_addressed = False
    end, others = at, 0
    for number in range(at, min(len(lines), at + _FIELD_LINES)):
        kind = _field_kind(lines[number])
        if kind:
            kinds.add(kind)
            end, others = number + 1, 0
            following = " ".join(lines[number : number + 2])[:LONGEST_ATTRIBUTION]
            is_addressed |= kind == "from" and "@" in following
        elif lines[number] or others:
            others += 1
            # A field may go on over some lines, but not over an empty one.
            if others > _FIELD_CONTINUED or not lines[number]:
                break
    return Opening(begin=at, end=end, is_block=True) if _is_header(kinds, is_addressed) else None


def _is_header(kinds: set[str], is_addressed: bool) -> bool:  # noqa: FBT001
    """Tell a copied header from lists such as `From: Oslo, To: Rome, Date: May`."""
    named = kinds & {"from", "sent", "date", "to", "subject"}
    enough = 3
    if "from" not in kinds or len(named) < enough:
        return False
    return is_addressed or "sent" in kinds or {"date", "subject"} <= kinds
