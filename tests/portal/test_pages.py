"""Requesters' pages over HTTP, without scripts."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from builders import (
    a_number,
    a_person,
    a_published_script,
    a_service,
    acting,
    an_agent,
    an_agreed_service,
)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from journal_checks import facts_recorded, records_nothing

from ansvar.conversations.commands import post_message, write_reply
from ansvar.conversations.models import Attachment, Message
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.tickets.commands import (
    add_note,
    add_participant,
    close_ticket,
    confirm_resolution,
    hand_over_ticket,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def somebody(**wanted: Any) -> Person:
    return a_person(**{"login": f"requester{a_number()}", **wanted})


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page_of(ticket: Ticket) -> str:
    return f"/portal/tickets/{ticket.reference}/"


def a_report(place: Workplace, **wanted: Any) -> dict[str, Any]:
    return {
        "subject": "Label printer prints half labels",
        "kind": "incident",
        "about": f"desk:{place.desk.pk}",
        "once": str(uuid.uuid4()),
        **wanted,
    }


class TestHome:
    def test_greets_by_first_name_and_shows_open_tickets(self):
        person = somebody(name="Anna Lindqvist")
        ticket = a_ticket(requester=person)
        text = text_of(as_(person).get("/portal/"))
        assert "How can we help, Anna?" in text
        assert ticket.subject in text
        assert "We have it" in text

    def test_without_tickets_it_says_what_one_can_do(self):
        assert "Nothing is open" in text_of(as_(somebody()).get("/portal/"))

    def test_shows_nothing_of_others(self):
        ticket = a_ticket()
        assert ticket.subject not in text_of(as_(somebody()).get("/portal/", {"q": "Matter"}))

    def test_finds_services_and_own_tickets_by_parts_of_words(self):
        person = somebody()
        an_agreed_service(name="Cashier")
        a_service(name="Cashier draft")
        ticket = a_ticket(requester=person, subject="Cashier drawer stuck")
        answer = as_(person).get("/portal/", {"q": "cash"})
        text = text_of(answer)
        assert "Cash ier" in text
        assert "Cashier draft" not in text
        assert ticket.reference in text
        assert b"<mark>Cash</mark>ier" in answer.content

    def test_a_search_is_shown_as_words_not_as_html(self):
        answer = as_(somebody()).get("/portal/", {"q": "<script>alert(1)</script>"})
        assert b"<script>alert" not in answer.content

    def test_everybody_else_is_asked_to_log_in(self):
        answer = Client().get("/portal/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/log-in/")


class TestReport:
    def test_one_line_is_enough(self):
        place, person = a_workplace(), somebody()
        with facts_recorded() as facts:
            answer = as_(person).post("/portal/report/", a_report(place))
        ticket = Ticket.objects.get()
        assert answer["Location"] == page_of(ticket)
        assert (ticket.requester, ticket.reporter, ticket.channel) == (person, None, "portal")
        assert facts == ["ticket.opened"]

    def test_service_details_and_files_come_along(self):
        place, person = a_workplace(), somebody()
        service = an_agreed_service(place.desk)
        report = a_report(
            place,
            about=f"service:{service.pk}",
            kind="request",
            details="At counter 2.\n\nSince lunch.",
            attached=[
                SimpleUploadedFile("label.jpg", b"jpeg", "image/jpeg"),
                SimpleUploadedFile("more.txt", b"text", "text/plain"),
            ],
        )
        client = as_(person)
        client.post("/portal/report/", report)
        ticket = Ticket.objects.get()
        assert (ticket.service, ticket.kind) == (service, "request")
        assert ticket.description == "At counter 2.\n\nSince lunch."
        assert {one.name for one in Attachment.objects.all()} == {"label.jpg", "more.txt"}
        text = text_of(client.get(page_of(ticket)))
        assert "At counter 2." in text
        assert "label.jpg" in text

    def test_the_same_form_sent_twice_makes_one_ticket(self):
        place, client = a_workplace(), as_(somebody())
        report = a_report(place)
        first, second = (
            client.post("/portal/report/", report),
            client.post("/portal/report/", report),
        )
        assert first["Location"] == second["Location"]
        assert Ticket.objects.count() == 1

    @pytest.mark.parametrize(
        ("wanted", "said"),
        [
            ({"subject": " "}, "This field is required."),
            ({"about": ""}, "Choose a service"),
            ({"about": "service:999999"}, "not offered any more"),
            ({"about": "team:1"}, "not offered any more"),
            ({"kind": "alarm"}, "not one of the available choices"),
            ({"colleague": "nobody@example.com"}, "We know nobody with this address"),
            ({"colleague": "no address"}, "address"),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_typed_is_kept(
        self, wanted: dict[str, str], said: str
    ):
        place = a_workplace()
        report = a_report(place, details="Typed with care") | wanted
        answer = as_(somebody()).post("/portal/report/", report)
        assert answer.status_code == 422
        body = answer.content.decode()
        assert said in body
        assert "Typed with care" in body
        assert Ticket.objects.count() == 0

    def test_a_draft_of_a_service_is_not_offered(self):
        place = a_workplace()
        draft = a_service(place.desk)
        assert draft.name not in text_of(as_(somebody()).get("/portal/report/"))
        report = a_report(place, about=f"service:{draft.pk}")
        assert as_(somebody()).post("/portal/report/", report).status_code == 422

    def test_for_a_colleague_it_is_theirs_and_the_reporter_follows_it(self):
        place, person = a_workplace(), somebody()
        colleague = somebody(email="maria@example.com")
        client = as_(person)
        client.post("/portal/report/", a_report(place, colleague="Maria@Example.com"))
        ticket = Ticket.objects.get()
        assert (ticket.requester, ticket.reporter, ticket.owner) == (colleague, person, None)
        assert "Whom it is for" in text_of(client.get(page_of(ticket)))

    def test_too_many_files_are_refused(self):
        files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(11)]
        answer = as_(somebody()).post("/portal/report/", a_report(a_workplace(), attached=files))
        assert answer.status_code == 422
        assert b"at most 10 files" in answer.content

    def test_a_link_can_fill_the_form(self):
        service = an_agreed_service()
        address = f"/portal/report/?service={service.pk}&kind=request&subject=A+new+one"
        body = as_(somebody()).get(address).content.decode()
        assert re.search(rf'value="service:{service.pk}" checked', body)
        assert re.search(r'value="request" checked', body)
        assert 'value="A new one"' in body


class TestQuestions:
    def test_are_asked_after_the_report_and_told_to_the_desk(self):
        place, person = a_workplace(), somebody()
        a_published_script(place.desk)
        client = as_(person)
        there = client.post("/portal/report/", a_report(place))["Location"]
        assert there.endswith("/questions/")
        assert "Who cannot work?" in text_of(client.get(there))
        assert "Can they work in another way?" in text_of(client.get(there, {"a": ["1"]}))
        assert "Is this how it is?" in text_of(client.get(there, {"a": ["1", "0"]}))
        assert Message.objects.count() == 0
        client.post(there, {"a": ["1", "0"]})
        message = Message.objects.get()
        assert "Some people" in message.text
        assert "impact 2" in message.text
        assert Ticket.objects.get().impact is None

    def test_can_be_skipped(self):
        place = a_workplace()
        a_published_script(place.desk)
        ticket = a_ticket(place, requester=(person := somebody()))
        body = as_(person).get(f"{page_of(ticket)}questions/").content.decode()
        assert f'href="{page_of(ticket)}"' in body

    def test_an_answer_that_does_not_exist_is_refused(self):
        place = a_workplace()
        a_published_script(place.desk)
        ticket = a_ticket(place, requester=(person := somebody()))
        answer = as_(person).get(f"{page_of(ticket)}questions/", {"a": ["7"]})
        assert answer.status_code == 422


class TestTickets:
    def test_are_listed_open_and_closed(self):
        place, person = a_workplace(), somebody()
        one = a_ticket(place, requester=person)
        done = a_resolved_ticket(place, requester=person)
        confirm_resolution(done.pk, by=acting(person))
        client = as_(person)
        assert one.reference in (text := text_of(client.get("/portal/tickets/")))
        assert done.reference not in text
        assert done.reference in text_of(client.get("/portal/tickets/?show=closed"))
        assert done.reference in text_of(client.get("/portal/tickets/", {"q": done.reference}))

    def test_come_page_by_page(self):
        place, person = a_workplace(), somebody()
        made = [a_ticket(place, requester=person).reference for _ in range(23)]
        client = as_(person)
        seen, address = [], "/portal/tickets/"
        while address:
            body = client.get(address).content.decode()
            seen += re.findall(r'class="numbers">(D\d+-\d+)<', body)
            more = re.search(r'href="(\?[^"]+)" rel="next"', body)
            address = f"/portal/tickets/{more[1].replace('&amp;', '&')}" if more else ""
        assert seen == made[::-1]

    @pytest.mark.parametrize("after", ["x", "2026-01-01~1", "2026-01-01T00:00:00+00:00~x"])
    def test_a_made_up_place_is_the_beginning(self, after: str):
        assert as_(somebody()).get("/portal/tickets/", {"after": after}).status_code == 200

    def test_others_cannot_be_opened_or_touched(self):
        ticket = a_ticket()
        client = as_(somebody())
        with records_nothing():
            for address in ("", "questions/"):
                assert client.get(page_of(ticket) + address).status_code == 404
            for action in ("say", "confirm", "refuse", "invite", "uninvite/1"):
                answer = client.post(f"{page_of(ticket)}{action}/", {"text": "x", "reason": "x"})
                assert answer.status_code == 404, action

    def test_a_requester_is_not_let_into_the_workbench(self):
        person = somebody()
        ticket = a_ticket(requester=person)
        client = as_(person)
        for address in ("/queue/needs-you/", f"/tickets/{ticket.reference}/", "/people/"):
            assert client.get(address).status_code in {403, 404}, address


class TestTicket:
    def test_shows_nothing_of_the_desks_inside(self):
        place, person = a_workplace(), somebody()
        ticket = a_ticket(place, requester=person)
        add_note(ticket.pk, text="note-secret", by=place.by)
        hand_over_ticket(ticket.pk, team=place.second, reason="reason-secret", by=place.by)
        wait_with_ticket(
            ticket.pk, waiting_for=WaitingFor.SUPPLIER, note="supplier-secret", by=place.by
        )
        text = text_of(as_(person).get(page_of(ticket)))
        for secret in ("secret", place.first.name, place.second.name, "supplier", "impact"):
            assert secret not in text, secret
        assert "We are waiting for something we need." in text

    def test_says_who_answers_for_it_and_what_happens_next(self):
        place, person = a_workplace(), somebody()
        ticket = a_ticket(place, requester=person)
        text = text_of(as_(person).get(page_of(ticket)))
        assert "We have it." in text
        assert place.desk.name in text
        write_reply(ticket.pk, text="On my **way**.", by=place.by)
        answer = as_(person).get(page_of(ticket))
        assert place.agent.name in text_of(answer)
        assert b"<strong>way</strong>" in answer.content

    def test_what_waits_for_me_comes_first_and_says_by_when(self):
        place, person = a_workplace(), somebody()
        ticket = a_ticket(place, requester=person)
        a_ticket(place, requester=person)
        until = clock.now() + timedelta(days=3)
        wait_with_ticket(ticket.pk, waiting_for=WaitingFor.REQUESTER, until=until, by=place.by)
        text = text_of(as_(person).get("/portal/"))
        assert text.index(ticket.reference) < text.index("We have it")
        assert "Please answer by" in text

    def test_words_and_files_are_added(self):
        place, person = a_workplace(), somebody()
        ticket = a_ticket(place, requester=person)
        client = as_(person)
        photo = SimpleUploadedFile("label.jpg", b"jpeg bytes", "image/jpeg")
        with facts_recorded() as facts:
            answer = client.post(
                f"{page_of(ticket)}say/", {"text": "Here it is *now*", "attached": [photo]}
            )
        assert answer["Location"] == page_of(ticket)
        assert facts == ["message.received"]
        shown = client.get(page_of(ticket))
        assert "Here it is *now*" in text_of(shown)
        attachment = Attachment.objects.get()
        loaded = client.get(f"/portal/files/{attachment.pk}/")
        assert b"".join(loaded.streaming_content) == b"jpeg bytes"
        assert loaded["Content-Disposition"] == 'attachment; filename="label.jpg"'
        assert loaded["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in loaded["Content-Security-Policy"]
        assert loaded["Content-Type"] == "application/octet-stream"

    def test_nothing_said_is_refused_on_the_page(self):
        person = somebody()
        ticket = a_ticket(requester=person)
        answer = as_(person).post(f"{page_of(ticket)}say/", {"text": "  "})
        assert answer.status_code == 422
        assert "Write a few words" in answer.content.decode()

    def test_files_of_others_do_not_exist(self):
        person = somebody()
        ticket = a_ticket(requester=person)
        client = as_(person)
        client.post(f"{page_of(ticket)}say/", {"attached": [SimpleUploadedFile("a.txt", b"a")]})
        attachment = Attachment.objects.get()
        assert as_(somebody()).get(f"/portal/files/{attachment.pk}/").status_code == 404
        assert client.get("/portal/files/999999/").status_code == 404

    def test_it_works_closes_it(self):
        person = somebody()
        ticket = a_resolved_ticket(requester=person)
        client = as_(person)
        text = text_of(client.get(page_of(ticket)))
        assert "We think it is mended. Restarted it." in text
        client.post(f"{page_of(ticket)}confirm/")
        ticket.refresh_from_db()
        assert ticket.state == "closed"
        assert "is closed" in text_of(client.get(page_of(ticket)))

    def test_not_solved_needs_a_reason_and_goes_back_to_work(self):
        person = somebody()
        ticket = a_resolved_ticket(requester=person)
        client = as_(person)
        assert client.post(f"{page_of(ticket)}refuse/", {"reason": ""}).status_code == 422
        with facts_recorded() as facts:
            client.post(f"{page_of(ticket)}refuse/", {"reason": "Still half."})
        assert facts == ["message.received", "ticket.reopened"]
        ticket.refresh_from_db()
        assert (ticket.state, ticket.reopen_count) == ("new", 1)
        assert "Still half." in text_of(client.get(page_of(ticket)))

    def test_a_closed_one_comes_back_only_as_long_as_the_desk_allows(self):
        place, person = a_workplace(), somebody()
        ticket = a_resolved_ticket(place, requester=person)
        closed = confirm_resolution(ticket.pk, by=acting(person))
        client = as_(person)
        assert "It came back" in text_of(client.get(page_of(ticket)))
        late = closed.closed_at + timedelta(days=place.desk.reopen_days, seconds=1)
        with clock.at(late):
            assert "Report it anew" in text_of(client.get(page_of(ticket)))
            with records_nothing():
                client.post(f"{page_of(ticket)}refuse/", {"reason": "It is back."})
        client.post(f"{page_of(ticket)}refuse/", {"reason": "It is back."})
        ticket.refresh_from_db()
        assert ticket.is_open

    def test_a_colleague_is_added_and_taken_out(self):
        person, colleague = somebody(), somebody(email="maria@example.com")
        ticket = a_ticket(requester=person)
        client = as_(person)
        wrong = client.post(f"{page_of(ticket)}invite/", {"email": "nobody@example.com"})
        assert wrong.status_code == 422
        client.post(f"{page_of(ticket)}invite/", {"email": "maria@example.com"})
        theirs = as_(colleague)
        assert ticket.subject in text_of(theirs.get(page_of(ticket)))
        client.post(f"{page_of(ticket)}uninvite/{colleague.pk}/")
        assert theirs.get(page_of(ticket)).status_code == 404

    def test_a_participant_reads_and_speaks_but_does_not_decide(self):
        person, colleague = somebody(), somebody()
        ticket = a_resolved_ticket(requester=person)
        add_participant(ticket.pk, person=colleague, by=acting(person))
        client = as_(colleague)
        assert "It works" not in text_of(client.get(page_of(ticket)))
        with records_nothing():
            client.post(f"{page_of(ticket)}confirm/")
            client.post(
                f"{page_of(ticket)}invite/", {"email": colleague.contact_points.get().address}
            )

    def test_parts_are_given_alone_for_live_news(self):
        person = somebody()
        ticket = a_ticket(requester=person)
        post_message(ticket.pk, text="Words", by=acting(person))
        status = as_(person).get(page_of(ticket), {"part": "status"}).content.decode()
        talk = as_(person).get(page_of(ticket), {"part": "talk"}).content.decode()
        assert status.lstrip().startswith('<section class="panel" id="status"')
        assert talk.lstrip().startswith('<ol class="timeline" id="talk"')
        assert "Words" in talk

    def test_what_an_agent_wrote_down_is_not_put_into_the_requesters_mouth(self):
        place, person = a_workplace(), somebody()
        ticket = a_ticket(place, requester=person, description="Anna phones: dark.", by=place.by)
        text = text_of(as_(person).get(page_of(ticket)))
        assert f"{place.agent.name} wrote down what was said" in text
        assert " You " not in text

    def test_html_in_words_is_shown_as_words(self):
        place, person = a_workplace(), somebody()
        ticket = a_ticket(place, requester=person, subject="<b>x</b>", description="<i>y</i>")
        write_reply(ticket.pk, text="<img src=x onerror=alert(1)>", by=place.by)
        body = as_(person).get(page_of(ticket)).content.decode()
        assert "<b>x</b>" not in body
        assert "<i>y</i>" not in body
        assert "<img src=x" not in body

    def test_a_ticket_that_the_desk_closed_reads_as_closed(self):
        place, person = a_workplace(), somebody()
        ticket = a_resolved_ticket(place, requester=person)
        close_ticket(ticket.pk, by=acting(an_agent_who_leads(place)))
        assert "Closed on" in text_of(as_(person).get(page_of(ticket)))


def an_agent_who_leads(place: Workplace) -> Person:
    from builders import somebody_with  # noqa: PLC0415 - only here

    from ansvar.access.decisions import Role  # noqa: PLC0415 - only here

    return somebody_with(Role.TEAM_LEAD, place.desk)


class TestServices:
    def test_are_grouped_by_desk_and_drafts_are_left_out(self):
        one, other = an_agreed_service(name="Cashier"), an_agreed_service(name="Payroll")
        draft = a_service()
        text = text_of(as_(somebody()).get("/portal/services/"))
        assert one.desk.name in text
        assert other.name in text
        assert draft.name not in text

    def test_the_card_answers_five_questions(self):
        service = an_agreed_service(quality="Open 8 to 20.", cost="4 kr a day")
        text = text_of(as_(somebody()).get(f"/portal/services/{service.pk}/"))
        for words in ("What quality do we promise?", "Open 8 to 20.", "4 kr a day"):
            assert words in text

    def test_a_draft_has_no_card_here(self):
        assert as_(somebody()).get(f"/portal/services/{a_service().pk}/").status_code == 404

    def test_agents_may_use_the_portal_too(self):
        agent = an_agent()
        assert "To the workbench" in text_of(as_(agent).get("/portal/"))
