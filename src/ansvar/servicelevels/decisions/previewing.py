"""What a ticket would be promised, before there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ansvar.servicelevels.decisions.choosing import (
    Applied,
    Book,
    Choice,
    Question,
    Version,
    applied,
    in_order,
)
from ansvar.servicelevels.decisions.story import Traits
from ansvar.servicelevels.decisions.terms import MEASURES, LevelKind, Measure


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A ticket that might be opened."""

    desk_id: int
    traits: Traits
    at: datetime
    team_id: int | None = None
    """Which team would get it."""
    supplier_id: int | None = None
    """For whom it would wait."""

    def question(self, kind: LevelKind) -> Question | None:
        """Return what is asked of levels of *kind*; nothing where nobody is on the other side."""
        if (kind is LevelKind.OLA and self.team_id is None) or (
            kind is LevelKind.UC and self.supplier_id is None
        ):
            return None
        return Question(
            kind=kind,
            desk_id=self.desk_id,
            traits=self.traits,
            at=self.at,
            team_id=self.team_id,
            supplier_id=self.supplier_id,
        )


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What one measure of the ticket would be held to."""

    measure: Measure
    rule: Applied
    due_at: datetime | None
    """If its clock began at the moment asked for and never stood still; nothing when it is never
    open again."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All that would be promised, and what was considered for it."""

    choices: Mapping[LevelKind, Choice]
    promises: tuple[Promise, ...]


def preview_of(book: Book, matter: Matter) -> Preview:
    """Return what a ticket would be promised."""
    questions = {kind: asked for kind in LevelKind if (asked := matter.question(kind)) is not None}
    promises = []
    for kind, asked in questions.items():
        for measure in MEASURES[kind]:
            # As for clocks: what was agreed with the customer comes before what holds for all.
            before = measure is Measure.UPDATE and kind is LevelKind.CARE
            chain = (questions[LevelKind.SLA], asked) if before else (asked,)
            rule = applied(book, measure, chain)
            if rule is None or (before and rule.version.kind is LevelKind.SLA):
                continue
            due_at = rule.hours.add(matter.at, rule.target.amount) if rule.hours else None
            promises.append(Promise(measure=measure, rule=rule, due_at=due_at))
    return Preview(
        choices={kind: book.choose(asked) for kind, asked in questions.items()},
        promises=tuple(promises),
    )


def with_draft(book: Book, draft: Version) -> Book:
    """Return the book as it would be if *draft* came into force at its beginning."""
    kept = []
    for version in book.versions:
        if version.level_id != draft.level_id:
            kept.append(version)
        elif version.valid_from < draft.valid_from:
            ends = min(version.valid_until or draft.valid_from, draft.valid_from)
            kept.append(replace(version, valid_until=ends))
    kept.append(draft)
    kept.sort(key=lambda one: (in_order(one.terms.scope, one.level_id), one.number))
    return replace(
        book,
        versions=tuple(replace(one, position=place) for place, one in enumerate(kept)),
    )
