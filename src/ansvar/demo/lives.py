"""The lives of tickets: generators that name a moment and do, when it has come, the next step."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ansvar.demo import phrases
from ansvar.demo.casework import Case, new_case
from ansvar.demo.founding import acting
from ansvar.demo.pace import HASTE
from ansvar.kernel.actor import SYSTEM
from ansvar.tickets.commands import (
    add_participant,
    close_ticket,
    confirm_resolution,
    link_tickets,
    override_priority,
    refuse_resolution,
    resume_ticket,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor, next_close
from ansvar.tickets.models import Link, Ticket

Life = Iterator[datetime]
_LINKED_WITHIN: Final = timedelta(days=4)


def life_of(case: Case) -> Life:
    """Tell a ticket from its first word to its closing."""
    yield case.at
    case.open()
    yield from _taking_up(case)
    if case.is_so(0.03) and case.requester in case.stage.shop_people:
        yield from _written_twice(case)
    if case.matter.question and case.is_so(0.34):
        yield from _asking(case)
    if not case.outcome:
        yield from _beyond_first_line(case)
    yield from _ending(case)


def _beyond_first_line(case: Case) -> Life:
    if case.matter.team and case.is_so(case.matter.needs_team):
        yield from _second_line(case)
    if case.matter.waits and case.is_so(0.42):
        yield from _waiting(case)


def _taking_up(case: Case) -> Life:
    # Now and then something lies for days, as it does.
    if case.is_so(0.07):
        yield case.after(1500, most=2)
    else:
        yield case.after(38)
    if case.is_so(0.12):
        case.give(case.lead)
        yield case.after(60)
        case.begin()
        case.sort_out()
    else:
        case.take()
    _tie(case)
    if case.is_so(0.5):
        case.reply(case.one_of(phrases.TAKING))
    if case.is_so(0.04):
        yield case.after(30)
        _override(case)
    if case.is_so(0.05) and case.requester.manager is not None:
        add_participant(case.ticket_id, person=case.requester.manager, by=acting(case.agent))


def _tie(case: Case) -> None:
    """Link it to the last one of its family, if that is fresh."""
    family = case.matter.subjects[0]
    other = case.stage.latest.get(family)
    if other and case.at - other[1] < _LINKED_WITHIN and case.is_so(0.5):
        link_tickets(
            case.ticket_id,
            other_id=other[0],
            relation=Link.Relation.RELATED,
            by=acting(case.agent),
        )
    case.stage.latest[family] = (case.ticket_id, case.at)


def _override(case: Case) -> None:
    step, reason = case.chances.choice(phrases.OVERRIDES)
    ticket = Ticket.objects.only("priority").get(pk=case.ticket_id)
    wanted = min(5, max(2, ticket.priority - step))
    if wanted != ticket.priority:
        case.priority = wanted
        override_priority(case.ticket_id, priority=wanted, reason=reason, by=acting(case.lead))


def _written_twice(case: Case) -> Life:
    """Let a colleague report the same; the agent sees it and points to the first."""
    neighbours = [
        person
        for person in case.stage.shop_people
        if person.site_id == case.requester.site_id and person != case.requester
    ]
    if not neighbours:
        return
    twin = new_case(
        case.stage,
        case.matter,
        at=case.at,
        chances=case.chances,
        requester=neighbours[0],
        channel="portal",
    )
    twin.words, twin.agent = case.words, case.agent
    yield twin.after(40)
    twin.open()
    yield twin.after(25)
    twin.take()
    link_tickets(
        twin.ticket_id,
        other_id=case.ticket_id,
        relation=Link.Relation.DUPLICATE,
        by=acting(twin.agent),
    )
    twin.outcome = phrases.DUPLICATE
    twin.resolve()
    yield twin.after(200)
    confirm_resolution(twin.ticket_id, by=acting(twin.requester))
    case.at = max(case.at, twin.at)


def _asking(case: Case) -> Life:
    """Ask the requester and wait for the answer, which does not always come."""
    yield case.after(12)
    case.reply(case.one_of(phrases.ASKING), question=case.matter.question)
    # The ticket stays where it is in the story until the reminder, as it would in life.
    asked_at = case.at
    reminder = case.after(1500)
    case.at = asked_at
    wait_with_ticket(
        case.ticket_id,
        waiting_for=WaitingFor.REQUESTER,
        note="Answer to my question",
        until=reminder,
        by=acting(case.agent),
    )
    answered = case.after(150)
    if answered >= reminder:
        case.at = reminder
        yield case.at
        resume_ticket(case.ticket_id, why="the reminder came", by=SYSTEM)
        yield case.after(90)
        case.reply(phrases.ASKING_AGAIN)
        case.begin()
        if case.is_so(0.4):
            yield case.after(2000)
            case.outcome = phrases.GONE_QUIETLY
            return
        case.after(300)
    yield case.at
    case.hear(case.one_of(phrases.ANSWERS), answer=case.matter.answer)
    yield case.after(45)
    case.begin()


def _second_line(case: Case) -> Life:
    """Hand it to those who know more; sometimes it comes back and goes again."""
    if case.matter.notes and case.is_so(0.5):
        case.note(case.one_of(case.matter.notes))
    elif case.is_so(0.25):
        case.note(case.one_of(phrases.WORKING_NOTES))
    yield case.after(55)
    team = case.matter.team
    first_agent = case.agent
    case.hand_over(team, case.one_of(case.matter.because, phrases.BECAUSE))
    yield from _picking_up(case, team)
    if case.is_so(0.17):
        yield case.after(120)
        case.hand_over(case.first_team, case.one_of(case.matter.back, phrases.BACK), to=first_agent)
        case.agent = first_agent
        yield case.after(90)
        case.begin()
        case.note(case.one_of(phrases.WORKING_NOTES))
        yield case.after(100)
        case.hand_over(team, case.one_of(phrases.AGAIN))
        yield from _picking_up(case, team)
    if case.is_so(0.12):
        yield case.after(900)
        case.hear(case.one_of(phrases.IMPATIENT))
        yield case.after(60)
        case.reply(phrases.STILL_AT_IT)


def _picking_up(case: Case, team: str) -> Life:
    case.agent = case.somebody_of(team)
    head = case.stage.company.members[team][0]
    yield case.after(300)
    if case.is_so(0.3) and head != case.agent:
        case.give(head)
        yield case.after(240)
        case.begin()
    else:
        case.take()
    if case.is_so(0.3):
        case.reply(case.one_of(phrases.TAKEN_OVER), team=team)


def _waiting(case: Case) -> Life:
    """Wait for somebody outside, or for a date."""
    yield case.after(60)
    waiting_for, note = case.chances.choice(case.matter.waits)
    started = case.at
    days = case.chances.choice((2, 3, 5, 7, 10, 14, 21, 28))
    until = case.after_days(days * HASTE[case.priority])
    case.at = started
    wait_with_ticket(
        case.ticket_id,
        waiting_for=waiting_for,
        supplier=case.supplier if waiting_for == WaitingFor.SUPPLIER else None,
        note=case.say(note),
        until=until,
        by=acting(case.agent),
    )
    case.at = until
    yield case.at
    resume_ticket(case.ticket_id, why="the reminder came", by=SYSTEM)
    yield case.after(70)
    case.begin()


def _ending(case: Case) -> Life:
    if case.is_so(0.2):
        yield case.after(60)
        case.note(case.one_of(case.matter.notes or phrases.WORKING_NOTES))
    is_in_first_line = case.agent in case.stage.company.members[case.first_team]
    is_quick = is_in_first_line and case.is_so(0.85)
    yield case.after(50 if is_quick else 1400, most=12)
    if case.is_so(0.35):
        case.reply(case.one_of(phrases.DONE), mended=case.one_of(case.matter.mended))
        yield case.after(5)
    case.resolve()
    if case.is_so(0.08):
        yield from _refusing(case)
    yield from _closing(case)


def _refusing(case: Case) -> Life:
    """Let the requester say that it is not solved; the agent tries again."""
    yield case.after(240)
    reason = case.matter.refused or case.one_of(phrases.REFUSALS)
    if case.channel == "email" and case.is_so(0.5):
        case.hear(reason)
    else:
        refuse_resolution(case.ticket_id, reason=case.say(reason), by=acting(case.requester))
    yield case.after(120)
    case.begin()
    case.reply(case.one_of(phrases.TAKING))
    yield case.after(400)
    case.outcome = ""
    case.resolve()


def _closing(case: Case) -> Life:
    resolved_at = case.at
    quiet_end = next_close(resolved_at, case.desk.quiet_days)
    if case.is_so(0.46):
        confirmed = case.after(260)
        if confirmed < quiet_end:
            yield confirmed
            confirm_resolution(case.ticket_id, by=acting(case.requester))
            return
    # The task that closes looks every ten minutes.
    yield quiet_end + timedelta(minutes=case.chances.randint(1, 10))
    close_ticket(case.ticket_id, how="quiet", by=SYSTEM)
