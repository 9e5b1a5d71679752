"""A version of a level as an agreement that people read, print and sign; and a policy in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from ansvar.conversations.composing import html_of
from ansvar.people.decisions import BadHours, WorkingCalendar
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.decisions.amounts import day_of
from ansvar.servicelevels.decisions.terms import (
    MEASURES,
    LevelKind,
    Measure,
    Row,
    Target,
    Terms,
)
from ansvar.servicelevels.models import KIND_NAMES, MEASURE_NAMES, LevelVersion
from ansvar.servicelevels.queries import calendar_of_terms
from ansvar.servicelevels.saying import (
    MEASURE_MEANINGS,
    Names,
    amount_in_words,
    day_in_words,
    headed,
    hours_in_words,
    names_in,
    objective_in_words,
    origin_in_words,
    pauses_in_words,
    row_in_words,
    scope_in_words,
    step_in_words,
)


@dataclass(frozen=True, kw_only=True)
class AgreedTarget:
    """One promise of an agreement, in words."""

    measure: str
    meaning: str
    """From when to when it is measured."""
    amount: str
    objective: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class AgreedLine:
    """What is promised for some tickets, in words."""

    for_whom: str
    """Which tickets it is for."""
    targets: Sequence[AgreedTarget]

    @property
    def origin(self) -> str:
        """Where all its figures come from, if it is the same for all."""
        origins = {target.origin for target in self.targets}
        return origins.pop() if len(origins) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Somebody who signs, and when they did."""

    name: str
    role: str
    party: str
    signed_on: str
    """In words; empty while the signature is awaited."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Everything that stands in an agreement."""

    version: LevelVersion
    kind: str
    parties: tuple[str, str]
    scope: Sequence[str]
    lines: Sequence[AgreedLine]
    hours: Sequence[str]
    pauses: Sequence[str]
    steps: Sequence[str]
    words: Markup
    validity: str
    review_on: str
    signatures: Sequence[Signature]


def agreement_of(version: LevelVersion) -> Agreement:
    """Return a version as an agreement; *version* comes with its level, desk and calendar."""
    level, terms = version.level, version.agreed
    kind = LevelKind(level.kind)
    names = names_in([terms])
    calendar = calendar_of_version(version)
    return Agreement(
        version=version,
        kind=headed(KIND_NAMES[kind]),
        parties=(level.desk.name, level.party or _other_side(kind)),
        scope=scope_in_words(terms.scope, names),
        lines=lines_in_words(terms, kind, names, day=day_of(calendar)),
        hours=_hours(terms, kind, calendar),
        pauses=pauses_of(terms, kind),
        steps=[step_in_words(step, names) for step in terms.steps],
        words=Markup(html_of(version.words)),  # noqa: S704 - made harmless when it was composed
        validity=validity_in_words(version),
        review_on=day_in_words(version.review_on) if version.review_on else "",
        signatures=[
            Signature(
                name=one["name"],
                role=one["role"],
                party=one["party"],
                signed_on=_day(one["signed_on"]),
            )
            for one in version.signatories
        ],
    )


def lines_in_words(
    terms: Terms, kind: LevelKind, names: Names, *, day: int
) -> Sequence[AgreedLine]:
    """Return every promise of a level in words, line by line."""
    return [
        AgreedLine(
            for_whom=headed(row_in_words(row, names, is_only=len(terms.rows) == 1)),
            targets=[
                AgreedTarget(
                    measure=str(MEASURE_NAMES[measure]),
                    meaning=str(MEASURE_MEANINGS[measure]),
                    amount=amount_in_words(target.minutes, day),
                    objective=objective_in_words(target.objective),
                    origin=origin_in_words(target),
                )
                for measure, target in targets_in_order(row, kind)
            ],
        )
        for row in terms.rows
        if row.targets
    ]


def validity_in_words(version: LevelVersion) -> str:
    """Say for what a version holds: from when, until when."""
    if version.valid_from is None:
        return _("A draft: it holds for nothing yet.")
    begins = _moment(version.valid_from)
    if version.valid_until is None:
        return _("For what begins from %(begins)s on, until further notice.") % {"begins": begins}
    if version.valid_until <= version.valid_from:
        return _("Never in force: another version took its place before it began.")
    return _("For what began from %(begins)s until %(ends)s.") % {
        "begins": begins,
        "ends": _moment(version.valid_until),
    }


def targets_in_order(row: Row, kind: LevelKind) -> list[tuple[Measure, Target]]:
    """Return the targets of a line in the order of measures, those that do not belong last."""
    known = MEASURES[kind]
    found = row.targets
    return [
        *((measure, found[measure]) for measure in known if measure in found),
        *((measure, found[measure]) for measure in found if measure not in known),
    ]


def calendar_of_version(version: LevelVersion) -> WorkingCalendar:
    """Return the hours by which a version counts, where neither team nor site has others."""
    try:
        return working_calendar(calendar_of_terms(version.agreed, version.level.desk))
    except BadHours:
        # A calendar that was broken past the commands; the agreement can still be read.
        return WorkingCalendar(zone=ZoneInfo("UTC"), week=((),) * 7)


def _hours(terms: Terms, kind: LevelKind, calendar: WorkingCalendar) -> list[str]:
    hours = hours_in_words(calendar)
    sentences = [_("Times are counted in working hours. %(hours)s") % {"hours": hours}]
    if kind is LevelKind.OLA and terms.calendar_id is None:
        sentences.append(_("A team that has hours of its own counts by them."))
    if terms.at_site:
        sentences.append(_("A ticket of a site that has opening hours of its own counts by them."))
    return sentences


def pauses_of(terms: Terms, kind: LevelKind) -> list[str]:
    """Say what stops the clocks of a level, and what reopening does to them."""
    sentences = []
    if kind is not LevelKind.UC:
        sentences.append(pauses_in_words(terms.pauses, kind))
    if kind is LevelKind.SLA:
        sentences.append(
            _("A reopened ticket starts its time for the solution from zero.")
            if terms.restarts
            else _("On a reopened ticket the time for the solution goes on where it stood.")
        )
    if kind is LevelKind.CARE:
        sentences.append(
            _("An automatic answer counts as acknowledgement.")
            if terms.automatic_acknowledges
            else _("Only a person’s answer counts as acknowledgement.")
        )
    return sentences


def _other_side(kind: LevelKind) -> str:
    words = {
        LevelKind.SLA: _("its customers"),
        LevelKind.OLA: _("its teams"),
        LevelKind.UC: _("its suppliers"),
        LevelKind.CARE: _("everybody who turns to it"),
    }
    return words[kind]


def _day(iso: str) -> str:
    return day_in_words(date.fromisoformat(iso)) if iso else ""


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day_in_words(local)} {formats.time_format(local, 'H:i')}"
