"""Pages for whoever looks after the installation."""

import pytest
from builders import a_desk, a_person, an_administrator, somebody_with
from desktops import Desktop, client_of
from django.test import Client
from mails import a_mail, a_mailbox, arrived
from queued_work import queued

from ansvar.access.decisions import Role
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel import clock
from ansvar.kernel.models import Failure
from ansvar.kernel.work import keep_failure, tasks
from tickets import a_ticket

MAILBOX = {
    "address": "desk@example.com",
    "imap_host": "127.0.0.1",
    "imap_port": "143",
    "imap_security": "none",
    "imap_user": "desk",
    "imap_password": "imap secret",
    "imap_folder": "INBOX",
    "smtp_host": "127.0.0.1",
    "smtp_port": "25",
    "smtp_security": "none",
    "is_active": "on",
}


@pytest.fixture
def admin(desk: Desktop) -> Client:
    return client_of(an_administrator())


@pytest.fixture
def failure(db: None) -> Failure:
    error = RuntimeError("The server did not answer")
    arguments = {"reaction": "x.y", "entry_id": 1}
    return keep_failure(tasks["kernel.run_reaction"], arguments, error=error, attempts=8)


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_nothing_failed_is_said(admin: Client):
    page = text_of(admin, "/admin/failures/")
    assert "Nothing has failed" in page
    assert "tickets.close_quiet" in page


def test_failed_work_is_run_again(admin: Client, failure: Failure):
    assert "The server did not answer" in text_of(admin, "/admin/failures/")
    before = len(queued("kernel.run_reaction"))
    admin.post(f"/admin/failures/{failure.pk}/again/")
    failure.refresh_from_db()
    assert failure.state == Failure.State.RUN_AGAIN
    assert len(queued("kernel.run_reaction")) == before + 1


def test_failed_work_is_let_go(admin: Client, failure: Failure):
    admin.post(f"/admin/failures/{failure.pk}/dismiss/")
    failure.refresh_from_db()
    assert failure.state == Failure.State.DISMISSED
    assert admin.post("/admin/failures/99999/again/").status_code == 404


def test_agents_do_not_look_after_work(client: Client, failure: Failure):
    assert client.get("/admin/failures/").status_code == 403
    assert client.post(f"/admin/failures/{failure.pk}/again/").status_code == 403


def test_journal_is_narrowed_down(desk: Desktop, admin: Client):
    ticket, other = a_ticket(desk), a_ticket(desk)
    page = text_of(admin, f"/admin/journal/?subject={ticket.reference}")
    assert f"/tickets/{ticket.reference}/" in page
    assert f"/tickets/{other.reference}/" not in page
    by = text_of(admin, f"/admin/journal/?fact=ticket.opened&by={other.requester.name}")
    assert f"/tickets/{other.reference}/" in by
    assert f"/tickets/{ticket.reference}/" not in by
    assert "Nothing found" in text_of(admin, "/admin/journal/?subject=XX-1")


def test_journal_goes_on_page_by_page(
    desk: Desktop, admin: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ansvar.workbench.running.journal.PAGE_SIZE", 2)
    first, second, third = a_ticket(desk), a_ticket(desk), a_ticket(desk)
    page = text_of(admin, "/admin/journal/?fact=ticket.opened")
    assert third.reference in page
    assert second.reference in page
    assert first.reference not in page
    after = page.split("&amp;after=")[1].split('"')[0]
    assert first.reference in text_of(admin, f"/admin/journal/?fact=ticket.opened&after={after}")


def test_who_reads_the_journal_of_one_desk_sees_nothing_of_another(desk: Desktop):
    ticket, hidden = a_ticket(desk), a_ticket()
    auditor = client_of(somebody_with(Role.AUDITOR, desk.desk))
    page = text_of(auditor, "/admin/journal/")
    assert ticket.reference in page
    assert hidden.reference not in page


def test_connecting_a_mailbox(desk: Desktop, admin: Client):
    answer = admin.post("/admin/mailboxes/new/", {**MAILBOX, "desk": desk.desk.pk})
    assert answer.status_code == 302
    mailbox = Mailbox.objects.get()
    assert (mailbox.desk, mailbox.imap_password) == (desk.desk, "imap secret")
    page = text_of(admin, f"/admin/mailboxes/{mailbox.pk}/")
    assert "imap secret" not in page
    changed = {**MAILBOX, "desk": desk.desk.pk, "imap_password": "", "imap_folder": "Desk"}
    admin.post(f"/admin/mailboxes/{mailbox.pk}/", changed)
    mailbox.refresh_from_db()
    assert (mailbox.imap_folder, mailbox.imap_password) == ("Desk", "imap secret")


def test_a_mailbox_over_an_open_network_is_refused_with_the_reason(desk: Desktop, admin: Client):
    answer = admin.post(
        "/admin/mailboxes/new/",
        {**MAILBOX, "desk": desk.desk.pk, "imap_host": "mail.example.com"},
    )
    assert answer.status_code == 422
    assert not Mailbox.objects.exists()


@pytest.fixture
def aside(desk: Desktop, admin: Client) -> InboundMail:
    admin.post("/admin/mailboxes/new/", {**MAILBOX, "desk": desk.desk.pk})
    return InboundMail.objects.create(
        mailbox=Mailbox.objects.get(),
        uid_validity=1,
        uid=1,
        sha256="0" * 64,
        size=10,
        state=InboundMail.State.QUARANTINED,
        reason="It cannot be read.",
        sender="a@example.com",
        received_at=clock.now(),
    )


def test_mail_put_aside_is_let_through(admin: Client, aside: InboundMail):
    assert "It cannot be read." in text_of(admin, "/admin/mail/")
    admin.post(f"/mail/{aside.pk}/again/")
    aside.refresh_from_db()
    assert aside.state == InboundMail.State.STORED


def test_mail_put_aside_is_discarded(admin: Client, aside: InboundMail):
    admin.post(f"/mail/{aside.pk}/discard/")
    aside.refresh_from_db()
    assert aside.state == InboundMail.State.DISCARDED
    assert "a@example.com" in text_of(admin, "/mail/?show=discarded")
    assert "a@example.com" not in text_of(admin, "/mail/?show=quarantine")
    assert admin.get("/mail/?show=nonsense").status_code == 404


def test_received_mail_is_found_by_sender_subject_and_id(admin: Client, aside: InboundMail):
    InboundMail.objects.filter(pk=aside.pk).update(subject="Cash desk", message_id="1@x.test")
    for words in ("A@EXAMPLE", "cash", "<1@x.test>"):
        assert "a@example.com" in text_of(admin, f"/mail/?show=all&q={words}")
    assert "a@example.com" not in text_of(admin, "/mail/?show=all&q=printer")


def test_a_mail_says_why_it_is_where_it_is_and_what_would_be_decided_now(
    desk: Desktop, admin: Client
):
    inbound = arrived(a_mailbox(desk.desk), a_mail(Precedence="bulk"))
    page = text_of(admin, f"/mail/{inbound.pk}/?anew=1")
    assert page.count("it never opens a ticket") == 2
    assert "Nothing was changed by looking." in page
    admin.post(f"/mail/{inbound.pk}/ticket/")
    inbound.refresh_from_db()
    assert inbound.ticket is not None
    assert inbound.ticket.reference in text_of(admin, f"/mail/{inbound.pk}/")


def test_an_agent_sees_the_mails_of_tickets_and_follows_a_suggestion(desk: Desktop):
    mailbox = a_mailbox(desk.desk)
    first = arrived(mailbox, a_mail(subject="Printer")).ticket
    again = arrived(mailbox, a_mail("Still", subject="printer"))
    agent = client_of(desk.agent)
    assert first is not None
    assert again.ticket is not None
    page = text_of(agent, f"/tickets/{again.ticket.reference}/")
    assert "Perhaps the same matter as" in page
    assert "Why it is here" in page
    assert agent.get(f"/mail/{again.pk}/raw/").status_code == 200
    agent.post(f"/mail/{again.pk}/follow/")
    assert "Still" in text_of(agent, f"/tickets/{first.reference}/")


def test_mail_of_another_desk_is_not_found(aside: InboundMail):
    other = client_of(an_administrator(a_desk()))
    assert "a@example.com" not in text_of(other, "/admin/mail/")
    for action in ("again", "discard", "ticket", "follow", "decline"):
        assert other.post(f"/mail/{aside.pk}/{action}/").status_code == 404
    assert other.get(f"/mail/{aside.pk}/").status_code == 404
    assert other.get(f"/mail/{aside.pk}/raw/").status_code == 404
    assert other.get(f"/admin/mailboxes/{aside.mailbox_id}/").status_code == 404


def test_requesters_see_none_of_it(desk: Desktop):
    client = client_of(a_person())
    for path in (
        "/admin/failures/",
        "/admin/journal/",
        "/admin/mail/",
        "/mail/",
        "/admin/mailboxes/new/",
    ):
        assert client.get(path).status_code == 403
