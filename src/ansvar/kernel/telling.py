"""Journal entries in words: for timelines, the journal page and webhooks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """All names that were looked up, by noun and id."""


def tell(
    entries: Iterable[Entry], *, known: Mapping[tuple[str, int], str] | None = None
) -> list[Told]:
    """Put entries into words, with one look-up per kind of thing they name.

    What is *known* already, by noun and id, is not looked up again.
    """
    pairs = [(entry, entry.restored) for entry in entries]
    names = dict(known or {})
    names |= names_of(wanted for wanted in _wanted(pairs) if wanted not in names)
    return [_told(entry, fact, names) for entry, fact in pairs]


def _wanted(pairs: list[tuple[Entry, Fact]]) -> Iterable[tuple[str, int]]:
    for entry, fact in pairs:
        wording = str(fact.wording)
        for name, noun in fact.references().items():
            pk = getattr(fact, name)
            # Most facts carry more ids than their sentence names.
            if pk is not None and f"{{{name.removesuffix('_id')}}}" in wording:
                yield noun, pk
        if entry.actor.person_id is not None:
            yield "person", entry.actor.person_id


def _told(entry: Entry, fact: Fact, names: dict[tuple[str, int], str]) -> Told:
    values: dict[str, Any] = {**vars(fact), **fact.words()}
    for name, noun in fact.references().items():
        values[name.removesuffix("_id")] = _name((noun, getattr(fact, name)), entry, names)
    actor = entry.actor
    # A person is shown by today's name, anything else as it signed.
    today = names.get(("person", actor.person_id)) if actor.person_id is not None else None
    return Told(
        entry=entry,
        fact=fact,
        actor=today or actor.label,
        words=str(fact.wording).format_map(_Missing(values)),
        names=names,
    )


def _name(thing: tuple[str, int | None], entry: Entry, names: Mapping[tuple[str, int], str]) -> str:
    noun, pk = thing
    if pk is None:
        return _("nobody")
    if noun == "person" and pk == entry.actor.person_id:
        # The sentence begins with the name already.
        return _("themselves")
    return names.get((noun, pk), _("somebody unknown"))


class _Missing(dict[str, Any]):
    """Leaves a placeholder that an older entry has no value for as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
