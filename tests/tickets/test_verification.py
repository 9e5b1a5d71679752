import pytest
from builders import acting, an_agent, somebody_with
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansvar.access.decisions import Role
from ansvar.kernel.journal import as_history
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.verification import verifiers
from ansvar.tickets.commands import (
    assign_ticket,
    change_owner,
    confirm_resolution,
    decide_hand_over,
    edit_ticket,
    hand_over_done_ticket,
    hand_over_ticket,
    override_priority,
    reopen_ticket,
    requester_spoke,
    resolve_ticket,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.decisions import Answer, Kind, WaitingFor
from ansvar.tickets.models import CustodySpell, HandOverRequest, Ticket
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def differences() -> list[str]:
    return [str(found) for step in verifiers["tickets"]() for found in step.differences]


@transaction.atomic
def handed_over_in_the_past(ticket_id: int, place: Workplace) -> None:
    with as_history():
        hand_over_done_ticket(ticket_id, team=place.second, reason="x", by=place.by)


def let_go(ticket_id: int, place: Workplace) -> None:
    """Decide what the desk's supervisor is asked about the ticket, if anything is."""
    for request in HandOverRequest.objects.filter(ticket=ticket_id, answer=""):
        by = acting(somebody_with(Role.SUPERVISOR, place.desk))
        decide_hand_over(request.pk, answer=Answer.GIVE, by=by)


STEPS = {
    "take": lambda t, p: assign_ticket(t, to=p.agent, by=p.by),
    "drop": lambda t, p: assign_ticket(t, to=None, by=p.by),
    "give on": lambda t, p: hand_over_ticket(t, team=p.second, reason="x", by=p.by),
    "give back": lambda t, p: hand_over_ticket(
        t, team=p.first, reason="x", assignee=p.agent, by=p.by
    ),
    "start": lambda t, p: start_work(t, by=p.by),
    "wait": lambda t, p: wait_with_ticket(t, waiting_for=WaitingFor.REQUESTER, by=p.by),
    "answer": lambda t, p: requester_spoke(t, at=Ticket.objects.get(pk=t).opened_at, by=p.by),
    "resume": lambda t, p: resume_ticket(t, why="x", by=p.by),
    "override": lambda t, p: override_priority(t, priority=1, reason="x", by=p.by),
    "resolve": lambda t, p: resolve_ticket(t, resolution="x", by=p.by),
    "confirm": lambda t, p: confirm_resolution(t, by=p.requester),
    "reopen": lambda t, p: reopen_ticket(t, reason="x", by=p.by),
    "let go": let_go,
    "file": lambda t, p: edit_ticket(t, kind=Kind.QUESTION, by=p.by),
    "file anew": lambda t, p: edit_ticket(t, kind=Kind.REQUEST, by=p.by),
    "give on when done": handed_over_in_the_past,
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_happens_rows_and_journal_agree(db, names: list[str]):
    place = a_workplace()
    ticket = a_ticket(place)
    place.requester = acting(ticket.requester)
    for name in names:
        try:
            STEPS[name](ticket.pk, place)
        except Refusal:
            continue
    assert differences() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("state", "resolved"), ("priority", 5), ("reopen_count", 3), ("bounce_count", 1)],
)
def test_a_changed_row_is_reported(field: str, value: object):
    ticket = a_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(**{field: value, "resolution": "x"})
    assert [f"{ticket.reference}: {field} is {value!r}" in found for found in differences()] == [
        True
    ]


def test_a_changed_holder_and_a_changed_spell_are_reported():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    other = an_agent(team=place.first)
    change_owner(ticket.pk, to=other, by=place.by)
    assert differences() == []
    Ticket.objects.filter(pk=ticket.pk).update(assignee=other)
    CustodySpell.objects.filter(ticket=ticket).delete()
    assert len(differences()) == 2
