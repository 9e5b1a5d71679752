"""What the columns of an event log mean, as a mapping file says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ansvar.kernel.refusal import Refusal, said
from ansvar.tickets.decisions import DONE, Kind, State, WaitingFor

Texts = dict[str, str]
Numbers = dict[str, int]

NEEDED = ("case", "moment")
COLUMNS = (
    *NEEDED, "opened", "state", "team", "person", "author", "requester", "service", "site",
    "priority", "impact", "urgency", "channel", "kind", "subject", "description", "resolution",
)  # fmt: skip
COUNTERS = ("hand_overs", "reopens")
NOUNS = ("team", "person", "service", "site")
SECTIONS = frozenset(
    {
        "name", "file", "time", "columns", "values", "unnamed", "known", "make", "lines", "holder",
        "end", "counters",
    }
)  # fmt: skip
LONGEST_NAME = 40
ORDERS = ("file", "time")
_LINES = range(1, 4)
_SCALES = {"priority": range(1, 6), "impact": range(1, 5), "urgency": range(1, 5)}


class BadMapping(Refusal):
    """A mapping file that cannot be used; the text says where and why."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a ticket stands by the word of a log."""

    state: State
    waiting_for: WaitingFor | None = None


@dataclass(frozen=True, kw_only=True)
class LogMapping:
    """What the columns of a log mean."""

    name: str
    """Of the log: a case is imported once under it, from whatever file."""
    columns: dict[str, tuple[str, ...]]
    """What is meant to the columns that say it; several are joined."""
    missing: frozenset[str] = frozenset({""})
    """What stands in a cell that says nothing."""
    encoding: str = "utf-8-sig"
    delimiter: str = ""
    """Empty: as the ending of the file has it."""
    sheet: str = ""
    """Of a spreadsheet; empty: the first one."""
    is_by_time: bool = False
    """Rows of a case are told in the order of their moments, else in that of the file."""
    time_format: str = "iso"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Of moments that name none."""
    states: dict[str, Standing] = field(default_factory=dict)
    scales: dict[str, Numbers] = field(default_factory=dict)
    """For priority, impact and urgency: the words of the log to our numbers."""
    channels: Texts = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    unnamed: Texts = field(default_factory=dict)
    """What a missing team or requester is called; without it a missing team is the last one."""
    known: dict[str, Texts] = field(default_factory=dict)
    """Names of the log to names here, of persons to their addresses."""
    organisation: str = ""
    """Where sites are made that are not there; empty: none are made."""
    service_owner: str = ""
    """Who answers for services that are made, by address; empty: none are made."""
    lines: Numbers = field(default_factory=dict)
    """Part of a team's name to its line of support; the first that fits holds."""
    holds_in: frozenset[State] = frozenset(State)
    """In these states the column of the person names who has the ticket in hand."""
    end: State | None = None
    """How a case ends that its last row leaves open; nothing: it stays open."""
    end_days: int = 0
    """It ends only if its last row is older."""
    counters: Texts = field(default_factory=dict)
    """Counters that the log keeps itself, to be compared with ours and never copied."""

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Self:
        """Read what a mapping file says.

        Raises: BadMapping.
        """
        _require_known("the file", stored, SECTIONS)
        name = str(stored.get("name", "")).strip()
        if not name or len(name) > LONGEST_NAME:
            raise BadMapping(
                said("The mapping needs a “name” of at most %(most)s letters."), most=LONGEST_NAME
            )
        values = _table(stored, "values")
        _require_known("[values]", values, ("state", "channel", "kind", *_SCALES))
        make, holder = _table(stored, "make"), _table(stored, "holder")
        _require_known("[make]", make, ("organisation", "service_owner"))
        _require_known("[holder]", holder, ("states",))
        return cls(
            name=name,
            columns=_columns(_table(stored, "columns")),
            **_form(stored),
            states={word: _standing(said) for word, said in _texts(values, "state").items()},
            scales={what: _numbers(values, what, scale) for what, scale in _SCALES.items()},
            channels=_texts(values, "channel"),
            kinds={word: _kind(said) for word, said in _texts(values, "kind").items()},
            unnamed=_named(stored, "unnamed", ("team", "requester")),
            known=_known(_table(stored, "known")),
            organisation=str(make.get("organisation", "")).strip(),
            service_owner=str(make.get("service_owner", "")).strip(),
            lines=_numbers(stored, "lines", _LINES),
            holds_in=_states(holder.get("states")),
            **_end(stored),
            counters=_named(stored, "counters", COUNTERS),
        )

    @property
    def wanted_columns(self) -> frozenset[str]:
        """All columns that say something."""
        columns = (column for columns in self.columns.values() for column in columns)
        return frozenset({*columns, *self.counters.values()})

    def missing_columns(self, header: Sequence[str]) -> list[str]:
        """Return the columns that the mapping names and a file does not have."""
        return sorted(self.wanted_columns - set(header))

    def line_of(self, team: str) -> int:
        """Return the line of support that a team's name speaks of, the first without a sign."""
        return next((line for part, line in self.lines.items() if part in team), 1)


def _form(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the file is to be read."""
    file, time = _table(stored, "file"), _table(stored, "time")
    _require_known("[file]", file, ("missing", "encoding", "delimiter", "sheet", "order"))
    _require_known("[time]", time, ("format", "zone"))
    order, delimiter = file.get("order", "file"), str(file.get("delimiter", ""))
    if order not in ORDERS:
        raise BadMapping(said("“order” of [file] is one of: %(known)s."), known=", ".join(ORDERS))
    if len(delimiter) > 1:
        raise BadMapping(said("“delimiter” of [file] is one letter, such as ; or \\t."))
    return {
        "missing": frozenset({"", *(str(one) for one in file.get("missing", ()))}),
        "encoding": str(file.get("encoding", "utf-8-sig")),
        "delimiter": delimiter,
        "sheet": str(file.get("sheet", "")).strip(),
        "is_by_time": order == "time",
        "time_format": str(time.get("format", "iso")),
        "zone": _zone(str(time.get("zone", "UTC"))),
    }


def _end(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a case ends that the log leaves open."""
    end = _table(stored, "end")
    _require_known("[end]", end, ("state", "days"))
    state, days = end.get("state"), end.get("days", 0)
    if state is not None and state not in DONE:
        known = ", ".join(sorted(DONE))
        raise BadMapping(said("“state” of [end] is one of: %(known)s."), known=known)
    if not isinstance(days, int) or days < 0:
        raise BadMapping(said("“days” of [end] is a number of days, 0 or more."))
    return {"end": State(state) if state is not None else None, "end_days": days}


def _table(stored: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = stored.get(key, {})
    if not isinstance(table, dict):
        raise BadMapping(said("[%(section)s] is a section of its own."), section=key)
    return table


def _require_known(
    where: str, stored: Mapping[str, Any], known: Sequence[str] | frozenset[str]
) -> None:
    if unknown := sorted(set(stored) - set(known)):
        raise BadMapping(
            said("%(where)s of the mapping knows no “%(unknown)s”. There are: %(known)s."),
            where=where,
            unknown=unknown[0],
            known=", ".join(sorted(known)),
        )


def _texts(stored: Mapping[str, Any], key: str) -> Texts:
    return {str(word): str(meant) for word, meant in _table(stored, key).items()}


def _named(stored: Mapping[str, Any], key: str, known: Sequence[str]) -> Texts:
    table = _texts(stored, key)
    _require_known(f"[{key}]", table, known)
    return table


def _known(stored: Mapping[str, Any]) -> dict[str, Texts]:
    _require_known("[known]", stored, NOUNS)
    return {noun: _texts(stored, noun) for noun in stored}


def _numbers(stored: Mapping[str, Any], key: str, scale: range) -> Numbers:
    found = {}
    for word, number in _table(stored, key).items():
        if not isinstance(number, int) or number not in scale:
            raise BadMapping(
                said("“%(word)s” in %(section)s is a number from %(least)s to %(most)s."),
                word=word,
                section=key,
                least=scale[0],
                most=scale[-1],
            )
        found[str(word)] = number
    return found


def _columns(stored: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    _require_known("[columns]", stored, COLUMNS)
    if absent := [what for what in NEEDED if not stored.get(what)]:
        raise BadMapping(
            said("[columns] of the mapping does not say which column is “%(absent)s”."),
            absent=absent[0],
        )
    return {
        what: (columns,) if isinstance(columns, str) else tuple(str(one) for one in columns)
        for what, columns in stored.items()
    }


def _standing(word: str) -> Standing:
    state, _colon, waited_for = word.partition(":")
    try:
        standing = Standing(
            state=State(state), waiting_for=WaitingFor(waited_for) if waited_for else None
        )
    except ValueError:
        standing = None
    # A date is not in a state's name, and without one nothing can wait for it.
    waits = standing is not None and standing.state is State.WAITING
    if (
        standing is None
        or waits != (standing.waiting_for is not None)
        or standing.waiting_for is WaitingFor.DATE
    ):
        raise BadMapping(
            said(
                "“%(word)s” is no state. There are: new, assigned, in_work, waiting:requester, "
                "waiting:supplier, waiting:change, resolved, closed."
            ),
            word=word,
        )
    return standing


def _states(stored: Any) -> frozenset[State]:
    try:
        return frozenset(State(one) for one in (State if stored is None else stored))
    except ValueError:
        raise BadMapping(
            said("“states” of [holder] are: %(known)s."), known=", ".join(State)
        ) from None


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise BadMapping(
            said("“%(word)s” is no kind of ticket. There are: %(known)s."),
            word=word,
            known=", ".join(Kind),
        ) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadMapping(
            said("There is no time zone “%(name)s”; write one like Europe/Stockholm."), name=name
        ) from None
