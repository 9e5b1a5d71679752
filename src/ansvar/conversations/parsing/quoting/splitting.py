"""A reply cut into what is new, its signature, and what it repeats.

Every rule looks at a few lines of limited length, so that the time a text takes grows with its
length only. In doubt nothing is hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ansvar.conversations.parsing.quoting.attribution import (
    Opening,
    is_rule,
    opening_at,
)
from ansvar.conversations.parsing.quoting.signature import MARK, is_signature, signature_begin
from ansvar.conversations.reply_line import is_reply_line

_LONGEST_LINE = 500
"""Characters of a line that are looked at; what is cut is always whole lines."""
_INTRODUCTION_LINES = 5
_FENCES = ("```", "~~~")
_PROMPT = ">>>"


@dataclass(frozen=True, kw_only=True)
class ReplyParts:
    """The parts of a reply: nothing of it is neither shown nor folded."""

    shown: str
    """The new words; when they answer between quoted lines, together with these."""
    own: str
    """The new words alone."""
    signature: str = ""
    quotation: str = ""

    @property
    def folded(self) -> str:
        """What a page shows only when asked."""
        return "\n\n".join(part for part in (self.signature, self.quotation) if part)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """From which line to which a reply is new, and where its signature ends."""

    begin: int
    end: int
    signature_end: int
    repeated: frozenset[int] = frozenset()
    """Quoted lines among the new ones, left there because they are answered one by one."""


def split_reply(text: str, *, author: str = "") -> tuple[str, str]:
    """Return the new words of a mail, and its signature with what it quotes.

    Answers between quoted lines, and a mail that only passes another one on, stay whole. With
    the name and address of its *author* more signatures are recognised.
    """
    parts = reply_parts(text, author=author)
    return parts.shown, parts.folded


def reply_parts(text: str, *, author: str = "") -> ReplyParts:
    """Return the parts of a mail's words."""
    lines = text.split("\n")
    extent = extent_of(lines, author=author)
    shown = _joined(lines[extent.begin : extent.end])
    own = [lines[at] for at in range(extent.begin, extent.end) if at not in extent.repeated]
    before = _joined(lines[: extent.begin])
    after = _joined(lines[extent.signature_end :])
    return ReplyParts(
        shown=shown,
        own=_joined(own) if extent.repeated else shown,
        signature=_joined(lines[extent.end : extent.signature_end]),
        quotation="\n\n".join(part for part in (before, after) if part),
    )


def extent_of(
    lines: Sequence[str], *, author: str = "", known: Mapping[int, Opening] | None = None
) -> Extent:
    """Return which lines are new; *known* are openings that were recognised otherwise."""
    seen = _above_reply_line([_compared(line) for line in lines])
    opening = _first_opening(seen, known or {})
    begin, end = _new_lines(seen, opening, author)
    signature = begin + signature_begin(seen[begin:end], author=author)
    # Marks without an introduction may be a list or code.
    repeated: frozenset[int] = frozenset()
    if opening is not None and not opening.is_forward and begin <= opening.begin < signature:
        repeated = _repeated(seen, range(begin, signature), opening)
    return Extent(begin=begin, end=signature, signature_end=end, repeated=repeated)


def _compared(line: str) -> str:
    # Its space tells the mark of a signature from a rule that somebody drew.
    return MARK if line.rstrip("\r") == MARK else line.strip()[:_LONGEST_LINE]


def _above_reply_line(lines: list[str]) -> list[str]:
    """Return what stands above the line that our own mails carry: below it nothing is new.

    Where it is quoted, or nothing stands above it, the other rules decide.
    """
    for at, line in enumerate(lines):
        if is_reply_line(line):
            return lines if line.startswith(">") or not any(lines[:at]) else lines[:at]
    return lines


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()


def _first_opening(lines: Sequence[str], known: Mapping[int, Opening]) -> Opening | None:
    is_code = False
    for at, line in enumerate(lines):
        if line.startswith(_FENCES):
            is_code = not is_code
        if is_code:
            continue
        opening = opening_at(lines, at) if line else None
        if at in known:
            return opening or _introduced(lines, known[at])
        if opening is not None:
            return opening
    return None


def _introduced(lines: Sequence[str], known: Opening) -> Opening:
    """Return an opening with its introduction, whose words are of no known language."""
    if known.is_block or known.is_forward:
        return known
    following = [at for at in range(known.begin, len(lines)) if lines[at]][:_INTRODUCTION_LINES]
    end = next((at for at in following if lines[at].startswith(">")), known.end)
    return replace(known, end=end)


def _new_lines(lines: Sequence[str], opening: Opening | None, author: str) -> tuple[int, int]:
    everything = (0, len(lines))
    if opening is None:
        return (0, _tail_begin(lines))
    if opening.is_forward:
        return everything
    cut = _with_rule_above(lines, opening.begin)
    has_words_above = any(line and not is_rule(line) for line in lines[:cut])
    first = next((at for at in range(opening.end, len(lines)) if lines[at]), len(lines))
    if first == len(lines) or not lines[first].startswith(">"):
        return (0, cut) if has_words_above else everything
    own = [at for at in range(first, len(lines)) if lines[at] and lines[at][0] != ">"]
    if not own or _is_rest_signature(lines, own, author):
        return (0, cut) if has_words_above else everything
    last_quoted = max(at for at in range(first, len(lines)) if lines[at].startswith(">"))
    if not has_words_above and own[0] > last_quoted:
        return (own[0], len(lines))
    return everything


def _repeated(lines: Sequence[str], extent: range, opening: Opening) -> frozenset[int]:
    """Return the quoted lines among new ones, with the empty lines that set them off."""
    repeated = set(range(opening.begin, opening.end))
    for way in (extent, reversed(extent)):
        is_in_quotation = False
        for at in way:
            is_in_quotation = lines[at].startswith(">") or (is_in_quotation and not lines[at])
            if is_in_quotation:
                repeated.add(at)
    is_answered = any(lines[at] and at not in repeated for at in extent)
    return frozenset(repeated) if is_answered else frozenset()


def _is_rest_signature(lines: Sequence[str], own: list[int], author: str) -> bool:
    """Tell whether after the quotation there is only a signature."""
    rest = lines[own[0] :]
    return not any(line.startswith(">") for line in rest) and is_signature(rest, author=author)


def _with_rule_above(lines: Sequence[str], cut: int) -> int:
    at = cut
    while at and (not lines[at - 1] or is_rule(lines[at - 1])):
        at -= 1
        if lines[at]:
            cut = at
    return cut


def _tail_begin(lines: Sequence[str]) -> int:
    """Return where quoted lines without introduction begin at the end, or the length."""
    begin = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].startswith(">"):
            begin = at
        elif lines[at]:
            break
    tail = [line for line in lines[begin:] if line]
    before = next((line for line in reversed(lines[:begin]) if line), "")
    # Who introduces lines with a colon, or shows what was typed, means them to be read.
    is_shown = before.endswith((":", *_FENCES)) or all(line.startswith(_PROMPT) for line in tail)
    return len(lines) if not before or is_shown else begin
