"""What a value must be like to count as known: kinds, patterns and what was wrong with it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final

from ansvar.people.decisions import BadAddress, normalise_phone

LONGEST_VALUE: Final = 2_000
LONGEST_PATTERN: Final = 60
MOST_OPTIONAL: Final = 4
"""Optional pieces of a pattern: few enough that comparing is always quick."""
LATEST_CENTURY: Final = 2000
YES: Final = "yes"
NO: Final = "no"

_YES_WORDS = """
    yes y ja да oui si sí sì sim tak ano áno igen kyllä jo jah jā taip evet ναι так 是 はい 예 네
    نعم כן
"""
_NO_WORDS = """
    no n nej nein нет non não nie ne nem ei nē hayır όχι ні 不是 否 いいえ 아니요 아니오 لا לא
"""
_MEANT = dict.fromkeys(_YES_WORDS.split(), YES) | dict.fromkeys(_NO_WORDS.split(), NO)
_AROUND = " \t\r\n.,;:!?…*_\"'“”„«»()[]<>`"
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}|\d{1,3}(?:[ '’]\d{3}){1,5})(?:[.,]\d{1,9})?\Z")
_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+\Z")
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\Z"),
    re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})\Z"),
    re.compile(r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})\Z"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日\Z"),
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")


class NeededKind(StrEnum):
    """What kind of answer a question wants."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    PHONE = "phone"
    ATTACHMENT = "attachment"
    """A file, known by its name."""


class Unfit(StrEnum):
    """Why a value does not count."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    PATTERN = "pattern"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes-no"
    DATE = "date"
    PHONE = "phone"


class NotFitting(Exception):
    """A value is not what the question wants."""

    def __init__(self, why: Unfit) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an answer must be like."""

    kind: NeededKind
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """`#` a digit, `@` a letter, `[...]` may be missing; anything else stands for itself."""


def fitted(wanted: Wanted, text: str) -> str:
    """Return a value as it is kept, so that the same answer always looks the same.

    Raises: NotFitting.
    """
    value = " ".join(text.split()) if wanted.kind is not NeededKind.TEXT else text.strip()
    if not value:
        raise NotFitting(Unfit.EMPTY)
    if len(value) > LONGEST_VALUE:
        raise NotFitting(Unfit.TOO_LONG)
    match wanted.kind:
        case NeededKind.NUMBER:
            return _number(value)
        case NeededKind.CHOICE:
            return _choice(value, wanted.choices)
        case NeededKind.YES_NO:
            return _yes_or_no(value)
        case NeededKind.DATE:
            return _date(value)
        case NeededKind.PHONE:
            return _phone(value)
        case _:
            return _text(value, wanted.pattern)


def is_pattern(pattern: str) -> bool:
    """Tell whether a pattern can be used: its brackets match, are few and not within each other."""
    if len(pattern) > LONGEST_PATTERN:
        return False
    pieces = re.findall(r"\[([^\[\]]*)\]", pattern)
    rest = re.sub(r"\[[^\[\]]+\]", "", pattern)
    return len(pieces) <= MOST_OPTIONAL and all(pieces) and not set(rest) & set("[]")


def compared(text: str) -> str:
    """Return a text as texts are compared: without case, marks around it, and double spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(_AROUND)


def _text(value: str, pattern: str) -> str:
    if not pattern:
        return value
    value = " ".join(value.split())
    # Some clients end what is on a line with a full stop.
    for one in (value, value.strip(_AROUND)):
        if len(one) <= LONGEST_PATTERN and _compiled(pattern).match(one):
            return one
    raise NotFitting(Unfit.PATTERN)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    signs = {"#": r"\d", "@": r"[^\W\d_]", "[": "(?:", "]": ")?"}
    words = "".join(signs.get(sign, re.escape(sign)) for sign in pattern)
    return re.compile(rf"{words}\Z", re.IGNORECASE)


def _number(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).replace("\u2212", "-").strip(_AROUND).lstrip("#")
    # 1.200 is twelve hundred to some and a little more than one to others.
    if not _NUMBER.match(plain) or _GROUP.match(plain):
        raise NotFitting(Unfit.NUMBER)
    figure = Decimal(re.sub(r"[ '’]", "", plain).replace(",", "."))
    shown = f"{figure:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _choice(value: str, choices: Sequence[str]) -> str:
    wanted = compared(value)
    for choice in choices:
        if compared(choice) == wanted:
            return choice
    raise NotFitting(Unfit.CHOICE)


def _yes_or_no(value: str) -> str:
    meant = _MEANT.get(compared(value))
    if meant is None:
        raise NotFitting(Unfit.YES_NO)
    return meant


def _date(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).strip(_AROUND)
    for form in _DATES:
        if found := form.match(plain):
            year = int(found["y"])
            return _on(year if year > 99 else LATEST_CENTURY + year, found["m"], found["d"])  # noqa: PLR2004 - two figures
    if found := _SLASHED.match(plain):
        one, other, year = int(found[1]), int(found[2]), int(found[3])
        # Which of both is the month is a matter of the country, unless only one of them can be.
        if one == other or (one > 12) != (other > 12):  # noqa: PLR2004 - months of a year
            return _on(year, str(min(one, other)), str(max(one, other)))
    raise NotFitting(Unfit.DATE)


def _on(year: int, month: str, day: str) -> str:
    try:
        return date(year, int(month), int(day)).isoformat()
    except ValueError:
        raise NotFitting(Unfit.DATE) from None


def _phone(value: str) -> str:
    try:
        return normalise_phone(value.strip(_AROUND.replace("(", "").replace(")", "")))
    except BadAddress:
        raise NotFitting(Unfit.PHONE) from None
