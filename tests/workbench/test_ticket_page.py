import re

import pytest
from builders import acting, somebody_with
from desktops import FRAGMENT, Desktop, client_of
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ansvar.access.decisions import Role
from ansvar.conversations.commands.mailboxes import create_mailbox
from ansvar.conversations.commands.talking import post_message
from ansvar.conversations.models import Message, OutboundMail
from ansvar.kernel.actor import SYSTEM
from ansvar.tickets.commands import add_note, assign_ticket, hand_over_ticket
from ansvar.tickets.models import Draft, Note, Ticket
from tickets import a_resolved_ticket, a_ticket, handed_back


@pytest.fixture
def ticket(desk: Desktop) -> Ticket:
    return a_ticket(
        desk,
        subject="No sound",
        description="It was <b>loud</b> yesterday.",
        service=desk.service,
        site=desk.site,
    )


@pytest.fixture
def mailbox(desk: Desktop) -> None:
    create_mailbox(
        desk=desk.desk,
        address="desk@example.com",
        imap_host="127.0.0.1",
        imap_security="none",
        imap_user="desk",
        smtp_host="127.0.0.1",
        smtp_security="none",
        by=SYSTEM,
    )


def page_of(client: Client, ticket: Ticket) -> str:
    answer = client.get(f"/tickets/{ticket.reference}/")
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, ticket: Ticket, action: str, headers=None, **fields):
    return client.post(f"/tickets/{ticket.reference}/{action}/", fields, headers=headers)


def test_page_tells_the_whole_story(desk: Desktop, client: Client, ticket: Ticket):
    add_note(ticket.pk, text="Cable looks fine.", by=desk.by)
    hand_over_ticket(ticket.pk, team=desk.second, reason="Needs the workshop.", by=desk.by)
    handed_back(ticket, desk.first, reason="Not ours.", by=desk.by)
    page = page_of(client, ticket)
    for words in (
        "No sound",
        "It was &lt;b&gt;loud&lt;/b&gt; yesterday.",
        "Cable looks fine.",
        "Needs the workshop.",
        f"Handed back to {desk.first.name}",
        "1 bounce",
        desk.service.name,
        "3.4 % of the business",
        "nobody has answered the impact script yet",
    ):
        assert words in page, words


def test_small_letters_in_the_address_do_as_well(client: Client, ticket: Ticket):
    assert client.get(f"/tickets/{ticket.reference.lower()}/").status_code == 200


def test_another_desk_finds_nothing(stranger: Client, ticket: Ticket):
    assert stranger.get(f"/tickets/{ticket.reference}/").status_code == 404
    assert send(stranger, ticket, "note", text="Hello").status_code == 404
    assert Note.objects.count() == 0


def test_the_service_owner_reads_but_does_not_write(desk: Desktop, ticket: Ticket):
    owner = desk.service.owner
    somebody = somebody_with(Role.SERVICE_OWNER, desk.desk)
    ticket.service.owner = somebody
    ticket.service.save()
    client = client_of(somebody)
    assert owner != somebody
    assert "your roles do not let you write" in page_of(client, ticket)
    assert send(client, ticket, "note", text="Hello").status_code == 403


def test_parts_are_refreshed_alone(client: Client, ticket: Ticket):
    for part in ("top", "story", "side", "composer"):
        answer = client.get(f"/tickets/{ticket.reference}/parts/{part}/", headers=FRAGMENT)
        assert answer.status_code == 200
        assert "<html" not in answer.content.decode()
    assert client.get(f"/tickets/{ticket.reference}/parts/main/").status_code == 404


def test_a_note_stays_among_agents(client: Client, ticket: Ticket):
    answer = send(client, ticket, "note", headers=FRAGMENT, text="Ask Per first.")
    page = answer.content.decode()
    assert "Ask Per first." in page
    assert 'hx-swap-oob="true"' in page
    assert Note.objects.get().text == "Ask Per first."
    assert Message.objects.count() == 0


def test_without_scripts_a_note_leads_back_to_the_page(client: Client, ticket: Ticket):
    answer = send(client, ticket, "note", text="Ask Per first.")
    assert answer["Location"] == f"/tickets/{ticket.reference}/"
    assert "Your note is kept." in page_of(client, ticket)


def test_a_reply_can_be_taken_back_and_is_in_the_box_again(
    client: Client, ticket: Ticket, mailbox: None
):
    answer = send(client, ticket, "reply", headers=FRAGMENT, text="We are on it.")
    assert OutboundMail.objects.get().state == OutboundMail.State.QUEUED
    undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"])
    assert undo
    assert client.post(undo[1]).status_code == 302
    page = page_of(client, ticket)
    assert OutboundMail.objects.get().state == OutboundMail.State.RECALLED
    assert re.search(r'id="write-reply"[^>]*>We are on it.</textarea>', page)


def test_a_reply_with_a_file(client: Client, ticket: Ticket):
    file = SimpleUploadedFile("how to.txt", b"Turn it on.", content_type="text/html")
    send(client, ticket, "reply", text="See the file.", files=[file])
    attachment = Message.objects.get().attachments.get()
    answer = client.get(f"/tickets/{ticket.reference}/files/{attachment.pk}/")
    assert b"".join(answer.streaming_content) == b"Turn it on."
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]


def test_files_and_mails_are_found_only_on_their_own_ticket(
    desk: Desktop, client: Client, stranger: Client, ticket: Ticket
):
    file = SimpleUploadedFile("a.txt", b"x")
    send(client, ticket, "reply", text="See the file.", files=[file])
    attachment = Message.objects.get().attachments.get()
    other = a_ticket(desk)
    assert client.get(f"/tickets/{other.reference}/files/{attachment.pk}/").status_code == 404
    assert stranger.get(f"/tickets/{ticket.reference}/files/{attachment.pk}/").status_code == 404


def test_an_empty_reply_is_refused_and_nothing_typed_is_lost(client: Client, ticket: Ticket):
    answer = send(client, ticket, "reply", headers=FRAGMENT, text="   ")
    assert answer.status_code == 422
    assert answer["HX-Reswap"] == "none"
    assert Message.objects.count() == 0


def test_a_refused_reply_without_scripts_shows_what_was_typed(
    client: Client, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ansvar.workbench.tickets.replying.LARGEST_FILES", 2)
    file = SimpleUploadedFile("a.txt", b"xxx")
    answer = send(client, ticket, "reply", text="Long words", files=[file])
    assert answer.status_code == 409
    assert "Long words" in answer.content.decode()


def test_drafts_are_kept_per_person_and_box(desk: Desktop, client: Client, ticket: Ticket):
    assert send(client, ticket, "drafts/note", text="Half a sen").status_code == 204
    assert "Half a sen" in page_of(client, ticket)
    assert "Half a sen" not in page_of(client_of(desk.colleague), ticket)
    send(client, ticket, "note", text="Half a sentence")
    assert Draft.objects.count() == 0


def test_the_mail_as_written_runs_nothing(desk: Desktop, client: Client, ticket: Ticket):
    message = post_message(ticket.pk, text="Hello", by=acting(ticket.requester))
    message.html = '<p>Hello <img src="cid:unknown"></p>'
    message.save()
    answer = client.get(f"/tickets/{ticket.reference}/messages/{message.pk}/html/")
    policy = answer["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "cid:" not in answer.content.decode()


def test_assigning_to_a_colleague(desk: Desktop, client: Client, ticket: Ticket):
    panel = client.get(f"/tickets/{ticket.reference}/assign/", headers=FRAGMENT)
    assert "<dialog" in panel.content.decode()
    assert "Take it myself" in panel.content.decode()
    assert "holds nothing" in panel.content.decode()
    assert panel.content.decode().count("suggested") == 1
    answer = send(client, ticket, "assign", headers=FRAGMENT, person=desk.colleague.pk)
    assert f"▸ {desk.colleague.name}" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.assignee == desk.colleague


def test_assigning_as_a_page_without_scripts(client: Client, ticket: Ticket):
    page = client.get(f"/tickets/{ticket.reference}/assign/").content.decode()
    assert "<html" in page
    assert 'id="panel"' not in page


def test_a_stale_form_keeps_what_was_typed_and_says_what_is_new(
    desk: Desktop, client: Client, ticket: Ticket
):
    version = ticket.version
    assign_ticket(ticket.pk, to=desk.colleague, by=desk.by)
    answer = send(
        client,
        ticket,
        "hand-over",
        headers=FRAGMENT,
        team=desk.second.pk,
        reason="A long reason",
        tried="Nothing yet",
        version=version,
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A long reason" in page
    assert f"assigned the ticket to {desk.colleague.name}" in page
    ticket.refresh_from_db()
    assert ticket.team == desk.first
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again
    assert int(again[1]) == ticket.version


def test_waiting_and_going_on(client: Client, ticket: Ticket):
    refused = send(client, ticket, "wait", waiting_for="date", note="", until="")
    assert refused.status_code == 422
    assert "Choose the date" in refused.content.decode()
    send(client, ticket, "wait", waiting_for="supplier", note="Order 4711")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_note) == ("waiting", "Order 4711")
    assert "Order 4711" in page_of(client, ticket)
    send(client, ticket, "resume")
    ticket.refresh_from_db()
    assert ticket.state != "waiting"


def test_beginning_work(client: Client, ticket: Ticket):
    send(client, ticket, "start-work")
    ticket.refresh_from_db()
    assert ticket.state == "in_work"


def test_resolving_needs_words_and_may_send_them(client: Client, ticket: Ticket):
    assert send(client, ticket, "resolve", resolution=" ").status_code == 422
    send(client, ticket, "resolve", resolution="Plugged it in.", as_reply="on")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.resolution) == ("resolved", "Plugged it in.")
    assert Message.objects.get().text == "Plugged it in."
    assert "Closes by itself" in page_of(client, ticket)


def test_reopening_needs_a_reason(desk: Desktop, client: Client):
    ticket = a_resolved_ticket(desk)
    assert send(client, ticket, "reopen", reason="").status_code == 422
    send(client, ticket, "reopen", reason="It is silent again.")
    ticket.refresh_from_db()
    assert ticket.is_open
    assert "It is silent again." in page_of(client, ticket)


def test_closing_early_is_for_leads(desk: Desktop, client: Client):
    ticket = a_resolved_ticket(desk)
    assert send(client, ticket, "close").status_code == 403
    lead = client_of(somebody_with(Role.TEAM_LEAD, desk.desk))
    assert send(lead, ticket, "close").status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "closed"


def test_the_owner_passes_the_ticket_on(desk: Desktop, client: Client, ticket: Ticket):
    assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    send(client, ticket, "owner", owner=desk.colleague.pk)
    ticket.refresh_from_db()
    assert ticket.owner == desk.colleague


def test_editing_what_it_is_about(desk: Desktop, client: Client, ticket: Ticket):
    send(
        client,
        ticket,
        "edit",
        subject="No sound at all",
        requester=ticket.requester_id,
        kind="question",
        service="",
        site=desk.site.pk,
    )
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.kind, ticket.service) == ("No sound at all", "question", None)


def test_searching_for_a_requester_without_scripts(desk: Desktop, client: Client, ticket: Ticket):
    answer = client.post(
        f"/tickets/{ticket.reference}/edit/",
        {"find": "requester", "requester-search": desk.colleague.name},
    )
    assert f'value="{desk.colleague.pk}"' in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.requester != desk.colleague


def test_participants_come_and_go(desk: Desktop, client: Client, ticket: Ticket):
    send(client, ticket, "participants", person=desk.colleague.pk)
    assert ticket.participants.get().person == desk.colleague
    send(client, ticket, "participants/remove", person=desk.colleague.pk)
    assert not ticket.participants.exists()


def test_linking_by_number(desk: Desktop, client: Client, ticket: Ticket):
    other = a_ticket(desk, subject="The other matter")
    missing = send(client, ticket, "links", relation="related", other="XX-1")
    assert missing.status_code == 422
    send(client, ticket, "links", relation="duplicate", other=other.reference.lower())
    link = ticket.links.get()
    assert "The other matter" in page_of(client, ticket)
    assert "has the duplicate" in page_of(client, other)
    send(client, ticket, f"links/{link.pk}/remove")
    assert not ticket.links.exists()


def test_no_link_to_a_ticket_one_cannot_see(client: Client, ticket: Ticket):
    hidden = a_ticket()
    answer = send(client, ticket, "links", relation="related", other=hidden.reference)
    assert answer.status_code == 422
    assert not ticket.links.exists()
