"""A communication policy as sentences that anybody understands: "how we keep you informed"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.people.models import Desk
from ansvar.servicelevels.decisions.amounts import day_of
from ansvar.servicelevels.decisions.terms import MEASURES, LevelKind, Measure, Row, Target, Terms
from ansvar.servicelevels.documents import calendar_of_version
from ansvar.servicelevels.models import LevelVersion
from ansvar.servicelevels.queries import policies_in_force
from ansvar.servicelevels.saying import (
    Names,
    amount_in_words,
    headed,
    hours_in_words,
    listed,
    names_in,
    objective_in_words,
)
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES

_PRESSING = {
    1: gettext_lazy("what is most pressing (P1)"),
    2: gettext_lazy("what is very pressing (P2)"),
    3: gettext_lazy("what is pressing (P3)"),
    4: gettext_lazy("what is less pressing (P4)"),
    5: gettext_lazy("what can wait (P5)"),
}
_PROMISES = {
    Measure.ACKNOWLEDGE: gettext_lazy("Within %(amount)s we confirm that we have it."),
    Measure.UPDATE: gettext_lazy("While it is open, you hear from us at least every %(amount)s."),
    Measure.CLOSING: gettext_lazy("When it is solved, we tell you within %(amount)s."),
    Measure.THIRD_PARTY: gettext_lazy(
        "When we have to wait for others, we see to it again after %(amount)s at the latest."
    ),
}


@dataclass(frozen=True, kw_only=True)
class PolicySection:
    """What is promised for some tickets."""

    for_what: str
    sentences: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One policy in sentences."""

    version: LevelVersion
    scope: str
    """For which services and sites; empty for all of the desk."""
    sections: Sequence[PolicySection]
    notes: Sequence[str]
    """Who informs, in which hours, and when there is nothing to tell."""


def policies_of_desks(desks: Sequence[Desk], *, at: datetime) -> list[tuple[Desk, list[Policy]]]:
    """Return each desk with the policies in force, in sentences; some desks have none."""
    versions = policies_in_force(at)
    names = names_in(version.agreed for version in versions)
    found: dict[int, list[Policy]] = {desk.pk: [] for desk in desks}
    for version in versions:
        if version.level.desk_id in found:
            found[version.level.desk_id].append(_policy(version, names))
    return [(desk, found[desk.pk]) for desk in desks]


def _policy(version: LevelVersion, names: Names) -> Policy:
    terms = version.agreed
    calendar = calendar_of_version(version)
    day = day_of(calendar)
    return Policy(
        version=version,
        scope=_scope(terms, names),
        sections=[
            PolicySection(
                for_what=_for_what(row, names, is_only=len(terms.rows) == 1),
                sentences=[
                    _sentence(measure, row.targets[measure], day)
                    for measure in MEASURES[LevelKind.CARE]
                    if measure in row.targets
                ],
            )
            for row in terms.rows
        ],
        notes=_notes(terms, hours_in_words(calendar)),
    )


def _sentence(measure: Measure, target: Target, day: int) -> str:
    words = str(_PROMISES[measure]) % {"amount": amount_in_words(target.minutes, day)}
    if target.objective is None:
        return words
    return f"{words} ({objective_in_words(target.objective)})"


def _for_what(row: Row, names: Names, *, is_only: bool) -> str:
    parts = [
        *(str(_PRESSING[priority]) for priority in sorted(row.priorities)),
        *(str(KIND_NAMES[kind]) for kind in Kind if kind in row.kinds),
    ]
    words = get_text_list(parts, _("and"))
    if row.services:
        services = listed(names, "service", row.services)
        words = f"{words} · {services}" if words else services
    if words:
        return headed(words)
    return _("Whatever it is") if is_only else _("Everything else")


def _scope(terms: Terms, names: Names) -> str:
    places = [
        listed(names, noun, ids)
        for noun, ids in (("service", terms.scope.services), ("site", terms.scope.sites))
        if ids
    ]
    return " · ".join(places)


def _notes(terms: Terms, hours: str) -> list[str]:
    notes = [
        _("The team that has your matter in hand informs you, also when others help it."),
        _("Times are working hours: %(hours)s") % {"hours": hours},
    ]
    if "waiting:requester" in terms.pauses:
        notes.append(_("While we wait for your answer, we do not write for the sake of writing."))
    if not terms.automatic_acknowledges:
        notes.append(_("An automatic answer does not count: a person confirms."))
    return notes
