"""What somebody's words answer of the questions that a service asks: pure.

Questions are a desk's own, in any language, so only their texts and numbers are known here, and
what kind of answer each wants. A value is taken when it fits; everything else stays for an agent.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ansvar.catalogue.decisions import NeededKind, NotFitting, Wanted, fitted
from ansvar.catalogue.decisions.needed import compared

MOST_LINES = 400
LONGEST_LINE = 1_000
"""Of each text so much is looked at."""
_FEW_WORDS = 5
_SOME_WORDS = 12
_MARKS = re.compile(r"(?:[-*•·–—+]\s+)?(?:[(\[#]?\d{1,2}[.):\]]\s*)?")
_NUMBERED = re.compile(
    r"(?:[-*•·–—+]\s+)?[(\[#]?(\d{1,2})(?:[)\]]|[.:](?!\d)|\s+[-–—=→])\s*(.*)\Z", re.DOTALL
)
_BEHIND_QUESTION = re.compile(r"(?:[\s?:.…*_=→–—]|-(?=\s))*")
_ENDS_QUESTION = re.compile(r"[\s*_]*(?:[?:.…=→(–—_]|-\s|\Z)")
_BEHIND_NAME = re.compile(r"[\s?*_]*[:=→]+[\s*_]*")
_CLAUSE = re.compile(r"[,;(]|\.\s|\s[-–—]\s|\n")
_FIGURES = re.compile(r"(?<![\w.,])[-+]?\d+(?:[.,]\d+)?(?![\w])")
_PHONE = re.compile(r"\+?\d[\d ()/.-]{4,24}\d")
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}"
)


class Way(StrEnum):
    """How an answer was found, the surest first."""

    NAMED = "named"
    """Behind the question or its name."""
    NUMBERED = "numbered"
    BETWEEN = "between"
    """Under the quoted question."""
    ALONE = "alone"
    """The only thing that was asked."""
    IN_TURN = "in-turn"
    """As many lines as questions, in their order."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that may be answered."""

    id: int
    name: str
    text: str
    wanted: Wanted
    hint: str = ""
    """What stands in brackets behind the question in the mail that asks."""
    number: int | None = None
    """Its number in that mail; nothing when it was not asked there."""
    is_open: bool = True
    """Not known yet; what is known is put right only by naming it."""


@dataclass(frozen=True, kw_only=True)
class _Unit:
    """A line, or quoted lines that belong together."""

    text: str
    depth: int
    """Quotation marks before it."""


@dataclass(kw_only=True)
class _Found:
    """What was found so far; two different answers to one question are none."""

    values: dict[int, str] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)

    def add(self, question: Question, text: str, way: Way) -> bool:
        """Take *text* as the answer if it fits, and tell whether it did."""
        if not question.is_open and way is not Way.NAMED:
            return False
        value = fitting(question.wanted, text)
        if value is None:
            return False
        if self.values.setdefault(question.id, value) != value:
            self.disputed.add(question.id)
        return True

    def settled(self) -> dict[int, str]:
        """Return what is beyond dispute."""
        return {pk: value for pk, value in self.values.items() if pk not in self.disputed}


def read_answers(
    text: str, questions: Sequence[Question], *, quoted: str = "", files: Sequence[str] = ()
) -> dict[int, str]:
    """Return the answers in somebody's words, by the id of the question.

    *quoted* is what the words repeat, among which some programs let people write; *files* are the
    names of what was sent along.
    """
    found = _Found()
    rest = _Walk(list(_units(text, is_quotation=False)), questions).take(found)
    behind = _Found()
    _between(list(_units(quoted, is_quotation=True)), questions, behind)
    values = {**behind.settled(), **found.settled()}
    asked = [one for one in questions if one.number is not None and one.is_open]
    unsaid = [one for one in asked if one.id not in values and _takes_words(one)]
    if len(unsaid) == 1 and len(asked) == 1:
        values |= _alone(unsaid[0], rest)
    elif unsaid and len(unsaid) == len([one for one in asked if _takes_words(one)]):
        values |= _in_turn(sorted(unsaid, key=lambda one: one.number or 0), rest)
    wanted = [one for one in questions if one.is_open and not _takes_words(one)]
    if files and len(wanted) == 1:
        values[wanted[0].id] = ", ".join(files)
    return values


def fitting(wanted: Wanted, text: str) -> str | None:
    """Return the value in an answer, or nothing when it holds none of the wanted kind.

    People say more than they are asked; what is taken is the one thing in it that fits.
    """
    words = text.strip()
    if wanted.kind is NeededKind.ATTACHMENT or not compared(words):
        return None
    clause = _CLAUSE.split(words, maxsplit=1)[0]
    tries = [words] if wanted.kind is NeededKind.TEXT and not wanted.pattern else [words, clause]
    for one in (*tries, *_pieces(wanted, words, clause)):
        try:
            return fitted(wanted, one)
        except NotFitting:
            continue
    return None


def _pieces(wanted: Wanted, words: str, clause: str) -> list[str]:
    """Return what within an answer may be the value: one thing or nothing."""
    count = len(clause.split())
    found: list[str] = []
    if wanted.kind is NeededKind.NUMBER and count <= _FEW_WORDS:
        found = _FIGURES.findall(clause)
    elif wanted.kind is NeededKind.PHONE:
        found = _PHONE.findall(words)
    elif wanted.kind is NeededKind.DATE:
        found = _DATE.findall(words)
    elif wanted.kind is NeededKind.CHOICE and len(words.split()) <= _SOME_WORDS:
        found = _chosen(wanted, words)
    elif wanted.kind is NeededKind.TEXT and wanted.pattern:
        found = [one for one in words.split() if _fits(wanted, one)]
    distinct = list(dict.fromkeys(found))
    return distinct if len(distinct) == 1 else []


def _chosen(wanted: Wanted, words: str) -> list[str]:
    """Return the choices that an answer names, of one within another the longer."""
    said = f" {_plain(words)} "
    keys = {one: _plain(one) for one in wanted.choices}
    named = [one for one, key in keys.items() if key and f" {key} " in said]
    return [
        one
        for one in named
        if not any(one != other and keys[one] in keys[other] for other in named)
    ]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", compared(text)).strip()


def _fits(wanted: Wanted, text: str) -> bool:
    try:
        fitted(wanted, text)
    except NotFitting:
        return False
    return True


def _takes_words(question: Question) -> bool:
    return question.wanted.kind is not NeededKind.ATTACHMENT


def _is_free(question: Question) -> bool:
    return question.wanted.kind is NeededKind.TEXT and not question.wanted.pattern


def _units(text: str, *, is_quotation: bool) -> Iterator[_Unit]:
    """Yield the lines of a text; lines of a quoted paragraph, which programs break, as one."""
    held: list[str] = []
    depth = 0
    for line in unicodedata.normalize("NFKC", text).split("\n")[:MOST_LINES]:
        words = line[:LONGEST_LINE].strip()
        marks = re.match(r"(?:>\s?)*", words)
        level = words[: marks.end()].count(">") if marks else 0
        words = words.lstrip("> \t").strip() if level else words
        joins = (is_quotation or level) and words and level == depth
        if held and not (joins and not _begins(words)):
            yield _Unit(text=" ".join(held), depth=depth)
            held = []
        held.append(words)
        depth = level
        if not words:
            yield _Unit(text="", depth=level)
            held = []
    if held:
        yield _Unit(text=" ".join(held), depth=depth)


def _begins(words: str) -> bool:
    mark = _MARKS.match(words)
    return bool(mark and mark.end())


class _Walk:
    """Goes through somebody's own words, with the quoted questions among them."""

    def __init__(self, units: Sequence[_Unit], questions: Sequence[Question]) -> None:
        self._units = units
        self._matchers = [(one, _matcher(one)) for one in questions]
        self._by_number = {
            one.number: one for one in questions if one.number is not None and one.is_open
        }

    def take(self, found: _Found) -> list[str]:
        """Take what is named, numbered or under quoted questions; return the other own lines."""
        rest: list[str] = []
        at = 0
        while at < len(self._units):
            unit = self._units[at]
            at += 1
            here = self._question_at(unit)
            if here is None:
                rest += [] if unit.depth else [unit.text]
                continue
            question, words, way = here
            if not words.strip():
                words, at = self._below(at, unit, may_skip=True)
            elif _is_free(question) and not unit.depth:
                more, at = self._below(at, unit, may_skip=False)
                words = f"{words}\n{more}".strip()
            if words.strip() and not found.add(question, words, way):
                rest.append(words)
        return rest

    def _question_at(self, unit: _Unit) -> tuple[Question, str, Way] | None:
        if named := _named_at(unit.text, self._matchers):
            return (*named, Way.BETWEEN if unit.depth else Way.NAMED)
        numbered = None if unit.depth else _NUMBERED.match(unit.text)
        question = self._by_number.get(int(numbered[1])) if numbered else None
        if numbered is None or question is None:
            return None
        return question, numbered[2], Way.NUMBERED

    def _below(self, at: int, head: _Unit, *, may_skip: bool) -> tuple[str, int]:
        """Return the own lines below a question up to the next gap, and where they end."""
        start = at
        while may_skip and start < len(self._units) and not self._units[start].text:
            start += 1
        end = start
        while end < len(self._units):
            unit = self._units[end]
            is_own = unit.depth < head.depth or unit.depth == 0
            if not unit.text or not is_own or self._question_at(unit):
                break
            end += 1
        lines = [unit.text for unit in self._units[start:end]]
        return ("\n".join(lines), end) if lines else ("", at)


def _between(units: Sequence[_Unit], questions: Sequence[Question], found: _Found) -> None:
    """Take what stands among the questions of our own mail, where a program hid it as quoted.

    Under the last question our own words go on, so only what stands behind it on its line counts.
    """
    matchers = [(one, _matcher(one)) for one in questions if one.number is not None]
    before: Question | None = None
    held = ""
    for unit in units:
        here = _named_at(unit.text, matchers)
        if here is None:
            held = held or unit.text
            continue
        if before is not None and held:
            found.add(before, held, Way.BETWEEN)
        question, words = here
        is_answered = bool(words.strip()) and found.add(question, words, Way.BETWEEN)
        before, held = None if is_answered else question, ""


_Matcher = Callable[[str], "str | None"]


def _matcher(question: Question) -> _Matcher:
    """Return what finds a question at the beginning of a line and gives the words behind it."""
    asked = _spaced(question.text.rstrip(" ?:.!…"))
    name = _spaced(question.name)
    hint = _spaced(f"({question.hint})") if question.hint else None

    def behind(line: str) -> str | None:
        mark = _MARKS.match(line)
        words = line[mark.end() :] if mark else line
        # A question of one word may begin a sentence of anybody's.
        if (head := asked.match(words)) and _ENDS_QUESTION.match(words, head.end()):
            rest = words[head.end() :]
            rest = rest[_end(_BEHIND_QUESTION, rest) :]
            if hint and (shown := hint.match(rest)):
                rest = rest[shown.end() :]
            return rest[_end(_BEHIND_QUESTION, rest) :].rstrip(" _")
        if (head := name.match(words)) and (gap := _BEHIND_NAME.match(words, head.end())):
            return words[gap.end() :]
        return None

    return behind


def _named_at(
    line: str, matchers: "Sequence[tuple[Question, _Matcher]]"
) -> tuple[Question, str] | None:
    for question, behind in matchers:
        words = behind(line)
        if words is not None:
            return question, words
    return None


def _spaced(text: str) -> re.Pattern[str]:
    words = unicodedata.normalize("NFKC", text).split()
    return re.compile(r"\s+".join(map(re.escape, words)) or r"(?!)", re.IGNORECASE)


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _alone(question: Question, lines: Sequence[str]) -> dict[int, str]:
    """Take a single line as the answer to the single question, or a first line that says a value.

    A line that asks back is none.
    """
    said = [line for line in lines if line]
    if not said or said[0].endswith("?") or (_is_free(question) and len(said) > 1):
        return {}
    value = fitting(question.wanted, said[0])
    return {} if value is None else {question.id: value}


def _in_turn(questions: Sequence[Question], lines: Sequence[str]) -> dict[int, str]:
    """Take as many lines as questions for their answers, if they all fit and it is certain."""
    if all(map(_is_free, questions)):
        return {}
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    found = []
    for block in (*blocks, [line for line in lines if line]):
        if len(block) != len(questions) or any(line.endswith("?") for line in block):
            continue
        values = [fitting(one.wanted, line) for one, line in zip(questions, block, strict=True)]
        if all(value is not None for value in values):
            found.append(dict(zip((one.id for one in questions), values, strict=True)))
    distinct = [one for at, one in enumerate(found) if one not in found[:at]]
    return {pk: value or "" for pk, value in distinct[0].items()} if len(distinct) == 1 else {}
