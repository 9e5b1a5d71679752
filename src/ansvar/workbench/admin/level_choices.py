"""What there is to choose from in the editor of a level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ansvar.catalogue.models import Service
from ansvar.people.models import Calendar, Desk, Organisation, Person, Site, Team
from ansvar.servicelevels.decisions.terms import MEASURES, STANDINGS, Action, LevelKind, Origin
from ansvar.servicelevels.models import KIND_NAMES, MEASURE_NAMES
from ansvar.servicelevels.saying import (
    ACTION_NAMES,
    ADDRESSEE_NAMES,
    MEASURE_MEANINGS,
    ORIGIN_NAMES,
    STANDING_NAMES,
    headed,
)
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES as TICKET_KINDS
from ansvar.workbench.admin.level_form import Typed

Choices = Sequence[tuple[str, str]]
"""Values and what they are called."""


@dataclass(frozen=True, kw_only=True)
class LevelChoices:
    """Everything that a level of one desk and kind can name."""

    kinds: Choices
    services: Choices
    sites: Choices
    teams: Choices
    suppliers: Choices
    people: Choices
    calendars: Choices
    pauses: Choices
    origins: Choices
    measures: Sequence[tuple[str, str, str]]
    """With what each measures."""
    actions: Choices
    addressees: Choices


def choices_for(desk: Desk, kind: LevelKind, typed: Typed) -> LevelChoices:
    """Return what can be chosen, with what is chosen already even where it is out of use."""
    services = {*typed.services, *(pk for row in typed.rows for pk in row.services)}
    people = Q(memberships__team__desk=desk, is_active=True)
    chosen = Q(pk__in=_numbers([step.person for step in typed.steps]))
    return LevelChoices(
        kinds=[(one.value, str(TICKET_KINDS[one])) for one in Kind],
        services=_rows(
            Service.objects.filter(
                ~Q(state=Service.State.RETIRED) | Q(pk__in=_numbers(services)), desk=desk
            )
        ),
        sites=_rows(Site.objects.filter(Q(is_active=True) | Q(pk__in=_numbers(typed.sites)))),
        teams=_rows(Team.objects.filter(desk=desk).filter(
            Q(is_active=True) | Q(pk__in=_numbers(typed.teams))
        )),
        suppliers=_rows(
            Organisation.objects.filter(Q(is_active=True) | Q(pk__in=_numbers(typed.suppliers)))
        ) if kind is LevelKind.UC else [],
        people=[("", _("choose a person")), *_rows(
            Person.objects.filter(people | chosen).distinct()
        )],
        calendars=[("", _usual_hours(desk, kind)), *_rows(Calendar.objects.all())],
        pauses=[(one, str(STANDING_NAMES[one])) for one in STANDINGS],
        origins=[(one.value, str(ORIGIN_NAMES[one])) for one in Origin],
        measures=[
            (one.value, headed(MEASURE_NAMES[one]), str(MEASURE_MEANINGS[one]))
            for one in MEASURES[kind]
        ],
        actions=[(one.value, str(ACTION_NAMES[one])) for one in Action],
        addressees=[(one.value, str(words)) for one, words in ADDRESSEE_NAMES.items()],
    )  # fmt: skip


def level_kinds() -> list[tuple[str, str]]:
    """Return the kinds of levels."""
    return [(kind.value, str(name)) for kind, name in KIND_NAMES.items()]


def _usual_hours(desk: Desk, kind: LevelKind) -> str:
    if kind is LevelKind.OLA:
        return _("those of the team, or else of the desk (%(name)s)") % {"name": desk.calendar.name}
    return _("those of the desk (%(name)s)") % {"name": desk.calendar.name}


def _rows(rows: Any) -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in rows.order_by("name")]


def _numbers(ids: Any) -> list[int]:
    return [int(pk) for pk in ids if str(pk).isdecimal()]
