"""What a level says, in words: for its editor, its agreement, its preview and the interface."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.kernel.names import names_of
from ansvar.people.decisions import Span, WorkingCalendar
from ansvar.servicelevels.decisions.amounts import HOUR, typed_amount
from ansvar.servicelevels.decisions.choosing import Verdict
from ansvar.servicelevels.decisions.terms import (
    STANDINGS,
    Action,
    Addressee,
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Step,
    Target,
    Terms,
)
from ansvar.servicelevels.models import MEASURE_NAMES
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES

Names = Mapping[tuple[str, int], str]
"""By noun and id, as `kernel.names` gives them."""

ORIGIN_NAMES = {
    Origin.ASKED: gettext_lazy("asked for by the customer"),
    Origin.AGREED: gettext_lazy("agreed"),
    Origin.ASSUMED: gettext_lazy("assumed by us"),
}
STANDING_NAMES = {
    "new": gettext_lazy("it is new and nobody has taken it up"),
    "assigned": gettext_lazy("somebody has it and has not begun"),
    "in_work": gettext_lazy("it is in work"),
    "waiting:requester": gettext_lazy("it waits for the requester"),
    "waiting:supplier": gettext_lazy("it waits for a supplier"),
    "waiting:change": gettext_lazy("it waits for a change"),
    "waiting:date": gettext_lazy("it waits for a date"),
}
ACTION_NAMES = {
    Action.NOTIFY: gettext_lazy("tell"),
    Action.PAGE: gettext_lazy("call at once"),
    Action.RAISE: gettext_lazy("raise the priority"),
    Action.ASSIGN: gettext_lazy("give the ticket to"),
}
ADDRESSEE_NAMES = {
    Addressee.ASSIGNEE: gettext_lazy("who works on it"),
    Addressee.TICKET_OWNER: gettext_lazy("the owner of the ticket"),
    Addressee.TEAM: gettext_lazy("the team that holds it"),
    Addressee.LEAD: gettext_lazy("who leads that team"),
    Addressee.SERVICE_OWNER: gettext_lazy("the service owner"),
    Addressee.PERSON: gettext_lazy("a certain person"),
}
MEASURE_MEANINGS = {
    Measure.REACTION: gettext_lazy("from opening until somebody does something about it"),
    Measure.RESOLUTION: gettext_lazy("from opening until it is solved"),
    Measure.UPDATE: gettext_lazy("from one message to the next, while it is open"),
    Measure.HOLD: gettext_lazy("from when the team gets it until it is passed on or solved"),
    Measure.SUPPLIER: gettext_lazy("from when the supplier is asked until it answers"),
    Measure.ACKNOWLEDGE: gettext_lazy("from opening until the first message"),
    Measure.CLOSING: gettext_lazy("from the solution until the message that tells of it"),
    Measure.THIRD_PARTY: gettext_lazy("while it waits for a supplier or a change"),
}
VERDICT_WORDS = {
    Verdict.APPLIES: gettext_lazy("applies: it is the first that fits"),
    Verdict.LATER: gettext_lazy("fits as well, but comes after the one that applies"),
    Verdict.OTHER_SERVICE: gettext_lazy("does not apply: it is for other services"),
    Verdict.OTHER_SITE: gettext_lazy("does not apply: it is for other sites"),
    Verdict.OTHER_TEAM: gettext_lazy("does not apply: it is for other teams"),
    Verdict.OTHER_SUPPLIER: gettext_lazy("does not apply: it is for other suppliers"),
    Verdict.BY_HAND: gettext_lazy("applies: somebody chose it by hand"),
    Verdict.NOT_CHOSEN: gettext_lazy("does not apply: somebody chose otherwise by hand"),
}
_MONDAY = date(2026, 1, 5)
_DAY = 24 * HOUR
_ALL_DAY: tuple[Span, ...] = ((0, _DAY),)


def names_in(terms: Iterable[Terms]) -> Names:
    """Return the names of everything that terms speak of, with one look-up per kind of thing."""
    wanted: set[tuple[str, int]] = set()
    for one in terms:
        scope = one.scope
        wanted |= {("service", pk) for pk in scope.services.union(*(r.services for r in one.rows))}
        wanted |= {("site", pk) for pk in scope.sites}
        wanted |= {("organisation", pk) for pk in scope.suppliers}
        wanted |= {("team", pk) for pk in scope.teams}
        wanted |= {("team", step.team_id) for step in one.steps if step.team_id}
        wanted |= {("person", step.person_id) for step in one.steps if step.person_id}
        if one.calendar_id:
            wanted.add(("calendar", one.calendar_id))
    return names_of(wanted)


def headed(words: object) -> str:
    """Return words with a capital at their beginning, all others as they are."""
    text = str(words)
    return text[:1].upper() + text[1:]


def day_in_words(day: date) -> str:
    """Say a day in full: "3 November 2026"."""
    return formats.date_format(day, "j F Y")


def listed(names: Names, noun: str, ids: Iterable[int]) -> str:
    """Say several things of a kind by their names, in order: "Cashier, Network and Till"."""
    found = sorted(names.get((noun, pk), _("something that is gone")) for pk in ids)
    return get_text_list(found, _("and"))


def amount_in_words(minutes: int, day: int) -> str:
    """Say an amount of working time, also in days where it is whole ones: "16 h (2 days)"."""
    text = typed_amount(minutes)
    days, rest = divmod(minutes, day)
    if rest or not days:
        return text
    if day == _DAY:
        whole = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    else:
        whole = ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}
    return f"{text} ({whole})"


def objective_in_words(objective: float | None) -> str:
    """Say in how many cases a target is to be kept."""
    if objective is None:
        return _("in every case")
    return _("in %(share)s %% of the cases") % {"share": f"{objective:g}"}


def origin_in_words(target: Target) -> str:
    """Say where a target comes from: how, by whom, when, and what was said about it (R105)."""
    words = str(ORIGIN_NAMES[target.origin])
    if target.origin_by:
        words = _("%(how)s, by %(who)s") % {"how": words, "who": target.origin_by}
    if target.origin_on:
        words = _("%(how)s, on %(day)s") % {"how": words, "day": day_in_words(target.origin_on)}
    return f"{words}: {target.origin_note}" if target.origin_note else words


def row_in_words(row: Row, names: Names, *, is_only: bool = False) -> str:
    """Say which tickets a line of targets is for."""
    if not (row.kinds or row.priorities or row.services):
        return _("every ticket") if is_only else _("every other ticket")
    parts = []
    if row.priorities:
        parts.append(", ".join(f"P{priority}" for priority in sorted(row.priorities)))
    if row.kinds:
        kinds = [str(KIND_NAMES[Kind(kind)]) for kind in Kind if kind in row.kinds]
        parts.append(get_text_list(kinds, _("or")))
    if row.services:
        parts.append(listed(names, "service", row.services))
    return " · ".join(parts)


def scope_in_words(scope: Scope, names: Names) -> list[str]:
    """Say for what a level holds, one sentence for each condition."""
    sentences = []
    for noun, ids, words in (
        ("service", scope.services, _("For the services %(names)s.")),
        ("site", scope.sites, _("For the sites %(names)s.")),
        ("team", scope.teams, _("For the time in the teams %(names)s.")),
        ("organisation", scope.suppliers, _("For the time at the suppliers %(names)s.")),
    ):
        if ids:
            sentences.append(words % {"names": listed(names, noun, ids)})
    return sentences or [_("For everything that no narrower level is for.")]


def pauses_in_words(pauses: frozenset[str], kind: LevelKind) -> str:
    """Say when the clocks of a level stand still."""
    said = [str(STANDING_NAMES[one]) for one in STANDINGS if one in pauses]
    states = get_text_list(said, _("or"))
    if kind is LevelKind.CARE:
        if not said:
            return _("The time to the next update never stands still while a ticket is open.")
        return _("The time to the next update stands still while %(states)s.") % {"states": states}
    if not said:
        return _("The clocks never stand still while a ticket is open.")
    return _("The clocks stand still while %(states)s.") % {"states": states}


def step_in_words(step: Step, names: Names) -> str:
    """Say when a step is taken and what it does."""
    return _("%(when)s: %(what)s.") % {"when": _when(step), "what": _what(step, names)}


def _when(step: Step) -> str:
    measures = get_text_list([str(MEASURE_NAMES[one]) for one in sorted(step.measures)], _("or"))
    if step.percent is not None:
        words = _("At %(share)s %% of the time") % {"share": step.percent}
    elif not step.minutes:
        words = _("When the time is used up")
    elif step.minutes < 0:
        words = _("%(amount)s before the end") % {"amount": typed_amount(step.minutes)}
    else:
        words = _("%(amount)s after the end") % {"amount": typed_amount(step.minutes)}
    return f"{words} ({measures})" if measures else words


def _what(step: Step, names: Names) -> str:
    action = str(ACTION_NAMES[step.action])
    if step.action is Action.RAISE:
        return action
    whom = str(ADDRESSEE_NAMES[step.to])
    if step.to is Addressee.PERSON and step.person_id:
        whom = names.get(("person", step.person_id), _("somebody unknown"))
    if step.action is Action.ASSIGN and step.team_id:
        team = names.get(("team", step.team_id), _("a team that is gone"))
        whom = _("%(who)s, in the team %(team)s") % {"who": whom, "team": team}
    return f"{action} {whom}"


def hours_in_words(calendar: WorkingCalendar) -> str:
    """Say the hours of a calendar: days with their spans, holidays, the time zone."""
    days = [(number, spans) for number, spans in enumerate(calendar.week) if spans]
    if not days:
        return _("No hours at all: nothing is counted.")
    if all(spans == _ALL_DAY for spans in calendar.week):
        words = _("Day and night")
    else:
        words = ", ".join(
            f"{_days(numbers)} {spans_in_words(spans)}" for numbers, spans in _alike(days)
        )
    if calendar.country:
        region = "-".join(filter(None, (calendar.country, calendar.subdivision)))
        words = _("%(hours)s, not on public holidays (%(country)s)") % {
            "hours": words,
            "country": region,
        }
    return _("%(hours)s; time of %(zone)s.") % {
        "hours": words,
        "zone": calendar.zone.key.replace("_", " "),
    }


def spans_in_words(spans: Sequence[Span]) -> str:
    """Say the hours of a day."""
    return ", ".join(
        "–".join(f"{minute // HOUR:02}:{minute % HOUR:02}" for minute in span) for span in spans
    )


def _alike(
    days: Sequence[tuple[int, tuple[Span, ...]]],
) -> list[tuple[list[int], tuple[Span, ...]]]:
    """Put days together that follow each other with the same hours."""
    groups: list[tuple[list[int], tuple[Span, ...]]] = []
    for number, spans in days:
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == number - 1:
            groups[-1][0].append(number)
        else:
            groups.append(([number], spans))
    return groups


def _days(numbers: Sequence[int]) -> str:
    names = [formats.date_format(_MONDAY + timedelta(days=number), "l") for number in numbers]
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
