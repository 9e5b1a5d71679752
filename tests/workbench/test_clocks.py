"""The clocks of a ticket on its page, explained, and an agreement chosen by hand."""

from builders import an_organisation, somebody_with
from desktops import FRAGMENT, Desktop, client_of
from django.test import Client
from levels import a_level, a_row, the_clock

from ansvar.access.decisions import Role
from ansvar.conversations.commands.talking import write_reply
from ansvar.kernel import clock
from ansvar.servicelevels.decisions.choosing import Scope
from ansvar.tickets.models import Ticket
from tickets import a_ticket


def a_promised_ticket(desk: Desktop) -> Ticket:
    """Return a ticket with an agreement for a quarter of an hour and four hours."""
    a_level(desk.desk, a_row(reaction=15, resolution=240))
    return a_ticket(desk, site=desk.site)


def page_of(client: Client, ticket: Ticket, path: str = "", **headers: str) -> str:
    answer = client.get(f"/tickets/{ticket.reference}/{path}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_ticket_shows_what_is_due_and_who_used_the_time(desk: Desktop, client: Client):
    ticket = a_promised_ticket(desk)
    page = page_of(client, ticket)
    assert "Next update due" in page
    assert "clock-strip" in page
    assert f"/tickets/{ticket.reference}/clocks/reaction/1/" in page


def test_a_ticket_without_any_agreement_says_so(desk: Desktop, client: Client):
    page = page_of(client, a_ticket(desk))
    assert "No agreement: only the policy of the desk holds." in page


def test_times_of_a_ticket_open_over_its_page_and_as_a_page(desk: Desktop, client: Client):
    ticket = a_promised_ticket(desk)
    write_reply(ticket.pk, text="We look at it.", by=desk.by)
    for headers in (FRAGMENT, {}):
        page = page_of(client, ticket, "clocks/", **headers)
        assert ("<html" in page) is not bool(headers)
        assert "First answer by a person" in page
        assert "From message to message" in page
        assert desk.first.name in page


def test_a_clock_is_explained_without_scripts_too(desk: Desktop, client: Client):
    ticket = a_promised_ticket(desk)
    for headers in (FRAGMENT, {}):
        page = page_of(client, ticket, "clocks/resolution/1/", **headers)
        assert ("<html" in page) is not bool(headers)
        assert "Where the figure comes from: assumed by us." in page
        assert "4 h of working time" in page


def test_a_clock_that_does_not_run_is_not_found(desk: Desktop, client: Client):
    ticket = a_ticket(desk)
    assert client.get(f"/tickets/{ticket.reference}/clocks/resolution/1/").status_code == 404
    assert client.get(f"/tickets/{ticket.reference}/clocks/update/9/").status_code == 404


def test_a_lead_chooses_the_agreement_with_a_reason(desk: Desktop):
    ticket = a_promised_ticket(desk)
    strict = a_level(
        desk.desk, a_row(resolution=30), scope=Scope(services=frozenset({desk.service.pk}))
    )
    lead = client_of(somebody_with(Role.TEAM_LEAD, desk.desk))
    address = f"/tickets/{ticket.reference}/level/"
    assert str(strict) in lead.get(address).content.decode()
    refused = lead.post(address, {"level": strict.pk, "reason": " "}, headers=FRAGMENT)
    assert refused.status_code == 422
    answer = lead.post(address, {"level": strict.pk, "reason": "They pay for it"}, headers=FRAGMENT)
    assert answer.status_code == 200
    assert the_clock(ticket.pk, "resolution").version_id == strict.pk
    assert "They pay for it" in lead.get(address).content.decode()
    lead.post(address, {"level": "rule", "reason": "No longer"}, headers=FRAGMENT)
    assert the_clock(ticket.pk, "resolution").version_id != strict.pk


def test_an_agent_chooses_no_agreement(desk: Desktop, client: Client):
    ticket = a_promised_ticket(desk)
    answer = client.post(f"/tickets/{ticket.reference}/level/", {"level": "0", "reason": "x"})
    assert answer.status_code == 403


def test_who_is_waited_for_is_kept_and_shown(desk: Desktop, client: Client):
    ticket, supplier = a_ticket(desk), an_organisation(name="TillWare AB")
    client.post(
        f"/tickets/{ticket.reference}/wait/",
        {"waiting_for": "supplier", "supplier": supplier.pk, "note": "A part", "version": 1},
        headers=FRAGMENT,
    )
    ticket.refresh_from_db()
    assert ticket.supplier == supplier
    assert "TillWare AB" in page_of(client, ticket)


def test_the_queue_tells_what_is_left_and_what_is_late(desk: Desktop, client: Client):
    ticket = a_promised_ticket(desk)
    page = client.get("/queue/due/").content.decode()
    assert f"row-{ticket.reference}" in page
    assert "of working time left; due at" in page
    due_at = the_clock(ticket.pk, "reaction").due_at
    assert due_at is not None
    with clock.at(due_at + (due_at - ticket.opened_at)):
        Ticket.objects.filter(pk=ticket.pk).update(update_due_at=ticket.opened_at)
        page = client.get("/queue/overdue/").content.decode()
    assert "late; it was due at" in page
    assert "Next update is late by" in page
