"""What of a row is the ticket's own: decided by its columns; refused where it is not known."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.db.models import (
    BigAutoField,
    BigIntegerField,
    DateField,
    Field,
    ForeignKey,
    JSONField,
    UUIDField,
)

from ansvar.kernel.facts import facts
from ansvar.kernel.models import Entry
from ansvar.ops.bench.filling.belonging import Table
from ansvar.ops.bench.filling.blanks import Blank, Blanks, Piece
from ansvar.ops.bench.filling.gathering import TICKETS, Row, Told, Uncastable
from ansvar.people.models import Person, Site

_MESSAGES: Final = "conversations.Message"
_NUMBERS: Final = {
    "message_id": _MESSAGES,
    "note_id": "tickets.Note",
    "task_id": "tickets.Task",
    "request_id": "tickets.HandOverRequest",
}
"""Numbers of rows of a ticket, where no relation says so."""
_STAYING: Final = {"script_version_id", "version_id", "needed_id"}
"""Numbers of rows that belong to no ticket, where no mark says so."""
_STAYING_NOUNS: Final = {"desk", "team", "service", "organisation", "level_version"}
_PLAIN: Final = {
    "conversations.InboundMail.size",
    "conversations.InboundMail.uid_validity",
    "servicelevels.Timing.edition",
}
"""Numbers that are no row's."""
_SALTED: Final = 12
"""Digits at the end of what is drawn by lot, which each ticket has of its own."""
_DIGESTS: Final = {"conversations.InboundMail.sha256", "conversations.InboundMail.fingerprint"}
"""Digests of what was said, which each ticket says in words of its own."""
_KEYS: Final = {"notices.Notice.key"}
"""Keys that nothing else bears."""
_STORY: Final = "servicelevels.Timing.story"
_STEPS: Final = "servicelevels.Clock.steps"
_WORDS_ALONE: Final = {
    "conversations.InboundMail.findings",
    "conversations.Message.cc",
    "conversations.Message.to",
    "notices.Notice.values",
    "servicelevels.Clock.shares",
    "servicelevels.Clock.taken",
    "servicelevels.Timing.taken",
    "tickets.Ticket.priority_basis",
    "tickets.Ticket.script_answers",
}
"""JSON in which nothing is the ticket's own but words and moments."""


class Columns:
    """Takes the rows of one told ticket apart into what stays and blanks."""

    def __init__(self, told: Told, blanks: Blanks) -> None:
        self._requester = told.requester
        self._blanks = blanks

    def row(self, table: Table, row: Row) -> list[Piece]:
        """Return a row as COPY reads it; an entry without its number, which follows the time.

        Raises: Uncastable.
        """
        pieces: list[Piece] = []
        for column in self._columns(table, row):
            pieces += [*column, "\t"]
        return pieces[:-1]

    def _columns(self, table: Table, row: Row) -> Iterator[list[Piece]]:
        named = dict(zip(table.columns, row, strict=True))
        for field, (column, value) in zip(table.fields, named.items(), strict=True):
            if table.model is Entry and field.primary_key:
                continue
            if value is None:
                yield ["\\N"]
            elif table.model is Entry:
                yield self._of_entry(column, value, named)
            else:
                yield self._of_row(table, field, value)

    def _of_row(self, table: Table, field: "Field[Any, Any]", value: str) -> list[Piece]:
        name = f"{table.label}.{field.column}"
        if isinstance(field, BigAutoField):
            return [self._blanks.number(table.label, value)]
        if isinstance(field, BigIntegerField):
            return self._numbered(name, value)
        if name in _KEYS and value:
            return [*self._blanks.text(value), ".", self._blanks.own("salt")]
        if name in _DIGESTS and value:
            return self._salted(value)
        for kind, taken_apart in self._by_kind(name).items():
            if isinstance(field, kind):
                return taken_apart(field, value)
        return self._blanks.text(value)

    def _by_kind(self, name: str) -> Mapping[type, Callable[[Any, str], list[Piece]]]:
        return {
            ForeignKey: self._related,
            JSONField: lambda _, value: self._blanks.json(self._of_json(name, json.loads(value))),
            DateField: lambda _, value: self._blanks.moment(value),
            UUIDField: lambda _, value: self._salted(value),
        }

    def _numbered(self, name: str, value: str) -> list[Piece]:
        if name in _PLAIN:
            return [value]
        label = _NUMBERS.get(name.rpartition(".")[2])
        if label is None:
            raise Uncastable(f"What {name} is a number of is not known.")
        return [self._blanks.number(label, value)]

    def _salted(self, value: str) -> list[Piece]:
        return [value[:-_SALTED], self._blanks.own("salt")]

    def _related(self, relation: "ForeignKey[Any, Any]", value: str) -> list[Piece]:
        other = relation.related_model
        if isinstance(other, str):
            raise Uncastable(f"{other} is not loaded.")
        if self._blanks.knows(other._meta.label):  # noqa: SLF001 - documented by Django
            return [self._blanks.number(other._meta.label, value)]  # noqa: SLF001 - as above
        if other is Person and int(value) == self._requester.pk:
            return [self._blanks.own("requester_id")]
        if other is Site and int(value) == self._requester.site_id:
            return [self._blanks.own("site_id")]
        return [value]

    def _of_entry(self, column: str, value: str, named: dict[str, str | None]) -> list[Piece]:
        match column:
            case "at" | "recorded_at":
                # It was told as history; what is cast was recorded when it happened.
                return self._blanks.moment(str(named["at"]))
            case "subject_id":
                return [self._blanks.number(TICKETS, value)]
            case "actor_id" if named["actor_kind"] == "person":
                return [self._person(int(value))]
            case "request_id":
                return self._salted(value)
            case "payload":
                return self._blanks.json(self._of_fact(str(named["fact"]), json.loads(value)))
            case _:
                return self._blanks.text(value)

    def _person(self, person_id: int) -> Piece:
        if person_id == self._requester.pk:
            return self._blanks.own("requester_id")
        return str(person_id)

    def _of_fact(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        nouns = facts[name].references()
        return {
            key: self._in_fact(key, value, noun=nouns.get(key), name=name)
            for key, value in payload.items()
        }

    def _in_fact(self, key: str, value: Any, *, noun: str | None, name: str) -> Any:
        if value is None or noun in _STAYING_NOUNS or key in _STAYING:
            return value
        if noun == "person":
            return self._blanks.own("requester_id") if value == self._requester.pk else value
        if noun == "site" and value == self._requester.site_id:
            return self._blanks.own("site_id")
        if noun is None and key in _NUMBERS:
            return self._blanks.number(_NUMBERS[key], str(value))
        changed = set(value) if isinstance(value, dict) else set()
        if noun is not None or key.endswith("_id") or {"requester", "site"} & changed:
            raise Uncastable(f"What {key} of {name} refers to is not known.")
        return value

    def _of_json(self, name: str, value: Any) -> Any:
        if name == _STORY:
            return [
                [
                    self._blanks.micros(at),
                    {key: self._in_story(key, one) for key, one in changes.items()},
                ]
                for at, changes in value
            ]
        if name == _STEPS:
            return [[self._blanks.micros(at), key] for at, key in value]
        if name not in _WORDS_ALONE:
            raise Uncastable(f"What {name} holds is not known.")
        return value

    def _in_story(self, key: str, value: Any) -> Blank | Any:
        if value is not None and key == "said":
            return self._blanks.number(_MESSAGES, str(value))
        if value is not None and key == "site":
            return self._blanks.own("site_id")
        return value
