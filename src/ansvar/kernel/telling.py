"""Journal entries in words: for timelines, the journal page and webhooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry
from ansvar.kernel.names import names_of


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry, its typed fact, and what it says to a reader."""

    entry: Entry
    fact: Fact
    actor: str
    words: str


def tell(entries: Iterable[Entry]) -> list[Told]:
    """Put entries into words, with one look-up per kind of thing they name."""
    pairs = [(entry, entry.restored) for entry in entries]
    names = names_of(_wanted(pairs))
    return [_told(entry, fact, names) for entry, fact in pairs]


def _wanted(pairs: list[tuple[Entry, Fact]]) -> Iterable[tuple[str, int]]:
    for entry, fact in pairs:
        for field, noun in fact.references().items():
            pk = getattr(fact, field)
            if pk is not None:
                yield noun, pk
        if entry.actor.person_id is not None:
            yield "person", entry.actor.person_id


def _told(entry: Entry, fact: Fact, names: dict[tuple[str, int], str]) -> Told:
    values: dict[str, Any] = {**vars(fact), **fact.words()}
    for field, noun in fact.references().items():
        pk = getattr(fact, field)
        values[field.removesuffix("_id")] = (
            _("nobody") if pk is None else names.get((noun, pk), _("somebody unknown"))
        )
    actor = entry.actor
    # A person is shown by today's name, anything else as it signed.
    name = names.get(("person", actor.person_id)) if actor.person_id is not None else None
    return Told(
        entry=entry,
        fact=fact,
        actor=name or actor.label,
        words=str(fact.wording).format_map(_Missing(values)),
    )


class _Missing(dict[str, Any]):
    """Leaves a placeholder that an older entry has no value for as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
