from datetime import timedelta

import pytest
from builders import an_administrator, an_agent, somebody_with
from desktops import client_of

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.leaving import what_is_left
from ansvar.rota.commands import note_presence, plan_turns
from ansvar.rota.decisions import Duty, PlannedTurn
from ansvar.tickets.commands import assign_ticket
from ansvar.tickets.models import Note, Passing
from ansvar.workbench.rota import shift as shift_page
from tickets import a_ticket


@pytest.fixture
def tickets(desk):
    """Three tickets that the desk's agent answers for."""
    found = [a_ticket(desk, service=desk.service) for _ in range(3)]
    for ticket in found:
        assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    return found


def owner_of(ticket):
    ticket.refresh_from_db()
    return ticket.owner


def test_a_shift_is_handed_over_with_a_note_and_taken_back(desk, client, tickets, budget):
    note_presence(desk.colleague.pk)
    with budget("shift"):
        page = client.get("/shift/").text
    assert f"<b>{desk.colleague.name}</b><small>is here</small>" in page
    typed = {
        "to": desk.colleague.pk,
        "words": "All quiet.",
        "ticket": [tickets[0].pk, tickets[1].pk],
        f"line-{tickets[0].pk}": "Call back at nine.",
    }
    done = client.post("/shift/", typed, follow=True)
    act = Passing.objects.get()
    assert done.redirect_chain == [(f"/shift/{act.pk}/", 302)]
    assert [owner_of(ticket) for ticket in tickets] == [desk.colleague] * 2 + [desk.agent]
    assert Note.objects.filter(text="Call back at nine.\n\nAll quiet.").count() == 1
    with budget("shift handed over"):
        assert "Take it back" in client.get(f"/shift/{act.pk}/").text
    theirs = client_of(desk.colleague).get(f"/shift/{act.pk}/").text
    assert "Call back at nine." in theirs
    assert "Take it back" not in theirs
    assert f"From {desk.agent.name}" in client_of(desk.colleague).get("/shift/").text
    client.post(f"/shift/{act.pk}/back/")
    assert {owner_of(ticket) for ticket in tickets} == {desk.agent}


def test_who_is_on_duty_next_is_proposed_before_who_is_only_here(desk, client, tickets):
    following, now = an_agent(desk.desk, name="Zoe Night"), clock.now()
    note_presence(desk.colleague.pk)
    begin = now + timedelta(hours=2)
    turn = PlannedTurn(person_id=following.pk, starts_at=begin, ends_at=begin + timedelta(hours=8))
    plan_turns(desk.desk.pk, Duty.SHIFT, [turn], by=SYSTEM)
    page = client.get("/shift/").text
    assert "shift leader next, not seen lately" in page
    assert page.index("Zoe Night</b>") < page.index(f"{desk.colleague.name}</b>")


def test_nothing_is_handed_over_to_nobody_or_of_others(desk, client, tickets):
    assert client.post("/shift/", {"ticket": [tickets[0].pk]}).status_code == 422
    assert client.post("/shift/", {"to": desk.colleague.pk}).status_code == 422
    other = a_ticket(desk)
    assign_ticket(other.pk, to=desk.colleague, by=SYSTEM)
    third = an_agent(desk.desk)
    assert client.post("/shift/", {"to": third.pk, "ticket": [other.pk]}).status_code == 422
    assert owner_of(other) == desk.colleague
    assert "Nothing to hand over" in client_of(third).get("/shift/").text


def test_of_very_many_all_go_together(desk, client, tickets, monkeypatch):
    monkeypatch.setattr(shift_page, "SHOWN", 2)
    assert "All 3, not only the 2 that are shown" in client.get("/shift/").text
    client.post("/shift/", {"other": desk.colleague.pk, "everything": "yes"})
    assert {owner_of(ticket) for ticket in tickets} == {desk.colleague}


def test_what_was_handed_over_is_nobody_elses_business(desk, client, tickets):
    client.post("/shift/", {"to": desk.colleague.pk, "ticket": [tickets[0].pk]})
    act = Passing.objects.get()
    assert client_of(an_agent(desk.desk)).get(f"/shift/{act.pk}/").status_code == 404
    lead = somebody_with(Role.TEAM_LEAD, desk.desk)
    assert client_of(lead).get(f"/shift/{act.pk}/").status_code == 200
    assert client_of(desk.colleague).post(f"/shift/{act.pk}/back/").status_code == 409


def test_who_leaves_is_shown_with_what_is_left_until_heirs_are_chosen(desk, tickets):
    administrator = client_of(an_administrator())
    address = f"/admin/people/{desk.agent.pk}"
    answer = administrator.post(f"{address}/activity", {"active": "no"})
    assert answer["Location"] == f"/people/{desk.agent.pk}/leaving/"
    page = administrator.get(answer["Location"]).text
    assert "Open tickets they answer for" in page
    assert administrator.post(answer["Location"], {}).status_code == 422
    chosen = {"owned-tickets": desk.colleague.pk}
    assert administrator.post(answer["Location"], chosen).status_code == 302
    desk.agent.refresh_from_db()
    assert not desk.agent.is_active
    assert what_is_left(desk.agent.pk) == {}
    tickets[0].refresh_from_db()
    assert (tickets[0].owner, tickets[0].assignee) == (desk.colleague, None)


def test_the_last_role_asks_for_heirs_too(desk, tickets):
    administrator = client_of(an_administrator())
    grant = desk.agent.role_grants.get()
    answer = administrator.post(f"/admin/people/{desk.agent.pk}/roles/{grant.pk}/take")
    assert answer["Location"] == f"/people/{desk.agent.pk}/leaving/?role={grant.pk}"
    chosen = {"owned-tickets": desk.colleague.pk, "assigned-tickets": desk.colleague.pk}
    assert "last role" in administrator.get(answer["Location"]).text
    assert administrator.post(answer["Location"], chosen).status_code == 302
    assert not desk.agent.role_grants.exists()
    desk.agent.refresh_from_db()
    assert desk.agent.is_active
    assert owner_of(tickets[0]) == desk.colleague
