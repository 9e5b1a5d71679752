"""The signed link of a resolution's mail, opened by whoever has it."""

from datetime import timedelta
from typing import Any

import pytest
from builders import a_person, acting
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from journal_checks import facts_recorded, records_nothing

from ansvar.conversations import tokens
from ansvar.conversations.commands.automatic import resolution_link
from ansvar.conversations.tokens import resolution_token
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.tickets.commands import refuse_resolution, resolve_ticket
from ansvar.tickets.models import Ticket
from tickets import a_resolved_ticket, a_workplace

pytestmark = pytest.mark.django_db


def address_of(ticket: Ticket) -> str:
    return reverse("resolution", args=[resolution_token(ticket)])


def words(answer: Any) -> str:
    return answer.content.decode()


def test_the_mail_carries_the_address_of_the_page():
    ticket = a_resolved_ticket()
    address = resolution_link(ticket)
    assert Client().get(f"/t/{address.rstrip('/').rsplit('/', 1)[-1]}/").status_code == 200


def test_opening_it_shows_what_was_resolved_and_changes_nothing():
    ticket = a_resolved_ticket()
    client = Client()
    with records_nothing():
        # Scanners open each link of a mail, some of them several times.
        for method in (client.get, client.head, client.get, client.options):
            for said in ("yes", "no"):
                method(address_of(ticket), {"answer": said})
        answer = client.get(address_of(ticket), {"answer": "yes"})
    assert ticket.subject in words(answer)
    assert "Restarted it." in words(answer)
    assert answer.status_code == 200
    assert words(answer).count('method="post"') == 2
    assert answer["Cache-Control"] == "private, no-store"


def test_it_works_closes_the_ticket_in_the_requesters_name():
    ticket = a_resolved_ticket()
    client = Client()
    answer = client.post(address_of(ticket), {"answer": "yes"}, follow=True)
    assert "is closed" in words(answer)
    entry = Entry.objects.filter(fact="ticket.closed").get()
    assert entry.actor_id == ticket.requester_id
    with records_nothing():
        client.post(address_of(ticket), {"answer": "yes"})


def test_not_solved_needs_a_reason():
    ticket = a_resolved_ticket()
    with records_nothing():
        answer = Client().post(address_of(ticket), {"answer": "no", "reason": " "})
    assert answer.status_code == 422
    assert "This field is required." in words(answer)


def test_not_solved_takes_it_up_again_and_ends_the_link():
    ticket = a_resolved_ticket()
    address = address_of(ticket)
    client = Client()
    with facts_recorded() as facts:
        answer = client.post(address, {"answer": "no", "reason": "Still half."}, follow=True)
    assert facts == ["message.received", "ticket.reopened"]
    assert "This is being worked on again" in words(answer)
    with records_nothing():
        client.post(address, {"answer": "yes"})


def test_a_link_of_an_earlier_answer_decides_nothing_about_a_later_one():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    old = address_of(ticket)
    refuse_resolution(ticket.pk, reason="No.", by=acting(ticket.requester))
    resolve_ticket(ticket.pk, resolution="Again.", by=place.by)
    with records_nothing():
        Client().post(old, {"answer": "yes"})
    ticket.refresh_from_db()
    assert ticket.state == "resolved"


def test_a_forged_or_broken_link_opens_nothing():
    ticket = a_resolved_ticket()
    good = resolution_token(ticket)
    other_salt = signing.dumps([ticket.pk, ticket.requester_id, 0], salt="other")
    for token in (good[:-3], good[:-1] + "x", other_salt, "x", "a:b:c", good.replace(":", ".")):
        answer = Client().get(f"/t/{token}/")
        if token == good:
            continue
        assert answer.status_code == 404, token
        assert ticket.subject not in words(answer)


def test_an_old_link_says_that_it_is_too_old(monkeypatch: pytest.MonkeyPatch):
    ticket = a_resolved_ticket()
    address = address_of(ticket)
    monkeypatch.setattr(tokens, "GOOD_FOR", timedelta(seconds=-1))
    with records_nothing():
        answer = Client().post(address, {"answer": "yes"})
    assert answer.status_code == 410
    assert "too old" in words(answer)
    assert "Log in to see your ticket, or answer the mail." in words(answer)
    assert reverse("portal-tickets") in words(answer)


def test_long_after_closing_the_link_takes_nothing_up():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    address = address_of(ticket)
    Client().post(address, {"answer": "yes"})
    late = timezone.now() + timedelta(days=place.desk.reopen_days, hours=1)
    with clock.at(late), records_nothing():
        answer = Client().post(address, {"answer": "no", "reason": "Back again."})
    assert answer.status_code == 409


def test_a_link_of_somebody_who_left_opens_nothing():
    person = a_person()
    ticket = a_resolved_ticket(requester=person)
    address = address_of(ticket)
    person.is_active = False
    person.save()
    assert Client().get(address).status_code == 404


def test_a_page_elsewhere_cannot_press_the_button():
    ticket = a_resolved_ticket()
    client = Client(enforce_csrf_checks=True)
    assert client.post(address_of(ticket), {"answer": "yes"}).status_code == 403
