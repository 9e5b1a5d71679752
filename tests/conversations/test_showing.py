import re
from datetime import timedelta

import pytest
from builders import a_person, acting, an_administrator, an_agent
from mails import a_desk_with_mail, a_mail, arrived

from ansvar.conversations import showing, store
from ansvar.conversations.commands import create_mailbox, edit_mailbox, write_reply
from ansvar.conversations.commands.mailboxes import Unprotected
from ansvar.conversations.models import Mailbox
from ansvar.conversations.queries import (
    mailboxes_for,
    messages_of,
    received_mail,
    received_mails,
    visible_attachment,
    visible_message,
)
from ansvar.conversations.tokens import (
    LinkExpired,
    LinkInvalid,
    read_resolution_token,
    resolution_token,
)
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.tickets.commands import reopen_ticket, resolve_ticket

pytestmark = pytest.mark.django_db

PICTURE = b"\x89PNG\r\n"
WITH_PICTURE = (
    b"From: anna@example.com\r\nSubject: Look\r\n"
    b"Content-Type: multipart/related; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n"
    b'<p>See <img src="cid:one@x"> <img src="cid:gone"> <img src="https://spy.test/p"></p>\r\n'
    b"--x\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <one@x>\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--x--\r\n"
)


def test_a_mails_html_is_a_page_that_fetches_nothing_and_has_its_pictures_inside():
    ticket = arrived(a_desk_with_mail(), WITH_PICTURE).ticket
    message = messages_of(ticket).get()
    page = showing.body_document(message)
    assert 'src="data:image/png;base64,iVBORw0K"' in page
    assert "cid:" not in page
    assert "spy.test" not in page
    assert showing.FRAME_POLICY["img-src"] == "data:"


REMOTE = (
    '<p>Look <img alt="a > b" src="http://pictures.test/one.png"> '
    '<img src="https://spy.test/p" width=1 height=1>'
    '<img src="https://spy.test/q" style="width:1px">'
    '<img src=x data-remote="https://spy.test/r"></p>'
    '<div class="gmail_quote">On 3 May 2026 at 10:02, IT &lt;it@x.test&gt; wrote:'
    '<blockquote type="cite">Which till?</blockquote></div>'
)


def test_pictures_from_elsewhere_are_fetched_only_when_asked_for_and_pixels_never():
    ticket = arrived(a_desk_with_mail(), a_mail(html=REMOTE)).ticket
    message = messages_of(ticket).get()
    assert showing.has_remote_pictures(message)
    assert ' src="http' not in showing.body_document(message, whole=True)
    page = showing.body_document(message, with_remote=True)
    assert 'src="https://pictures.test/one.png"' in page
    assert "spy.test" not in page
    assert showing.REMOTE_POLICY["img-src"] == "data: https:"
    assert {**showing.REMOTE_POLICY, "img-src": "data:"} == showing.FRAME_POLICY


def test_what_a_mail_repeats_is_on_its_page_only_when_asked_for():
    ticket = arrived(a_desk_with_mail(), a_mail(html=REMOTE)).ticket
    message = messages_of(ticket).get()
    assert "Which till?" not in showing.body_document(message)
    whole = showing.body_document(message, whole=True)
    assert whole.index("Look") < whole.index("Which till?")
    message.html = message.quoted_html = ""
    message.quoted = "Which till?"
    assert "Which till?" in showing.body_document(message, whole=True)
    assert not showing.has_remote_pictures(message)


def test_an_agent_asks_for_pictures_and_for_the_quotation_by_plain_links(client):
    ticket = arrived(mailbox := a_desk_with_mail(), a_mail(html=REMOTE)).ticket
    client.force_login(an_agent(mailbox.desk), backend="ansvar.access.backends.PersonBackend")
    page = client.get(f"/tickets/{ticket.reference}/").content.decode()
    address = re.search(r'href="([^"]*html/[?]pictures=1[^"]*)" target="mail-', page)
    assert address
    answer = client.get(address[1].replace("&amp;", "&"))
    assert b"https://pictures.test/one.png" in answer.content
    assert b"Which till?" in answer.content
    assert "img-src data: https:" in answer["Content-Security-Policy"]
    plain = client.get(address[1].partition("?")[0])
    assert b'src="https' not in plain.content
    assert "img-src data:;" in plain["Content-Security-Policy"] + ";"


def test_a_message_without_html_is_shown_as_its_words():
    ticket = arrived(a_desk_with_mail(), a_mail("1 < 2 & <script>")).ticket
    assert "1 &lt; 2 &amp; &lt;script&gt;" in showing.body_document(messages_of(ticket).get())


def test_files_are_for_the_people_of_the_ticket_and_its_desk_only():
    mailbox = a_desk_with_mail()
    ticket = arrived(mailbox, a_mail(files=(("a.txt", "text/plain", b"1"),))).ticket
    message = ticket.messages.get()
    pk = message.attachments.get().pk
    for person, sees in (
        (ticket.requester, True),
        (an_agent(mailbox.desk), True),
        (a_person(), False),
        (an_agent(), False),
    ):
        assert bool(visible_attachment(person, pk)) is sees
        assert bool(visible_message(person, message.pk)) is sees
    assert visible_attachment(ticket.requester, pk + 1) is None


def test_the_requester_sees_no_file_of_an_answer_that_can_still_be_taken_back():
    from ansvar.conversations.commands import NewFile  # noqa: PLC0415

    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    files = [NewFile(name="a.txt", media_type="text/plain", content=b"1")]
    message = write_reply(ticket.pk, text="Hi", attachments=files, by=SYSTEM)
    assert visible_attachment(ticket.requester, message.attachments.get().pk) is None


def test_mail_put_aside_is_for_who_looks_after_its_desk():
    mailbox = a_desk_with_mail()
    inbound = arrived(mailbox, b"nonsense")
    ours, theirs = an_administrator(mailbox.desk), an_administrator(a_desk_with_mail().desk)
    assert list(received_mails(ours)) == [inbound]
    assert not received_mails(theirs)
    assert received_mail(ours, inbound.pk) == inbound
    assert received_mail(theirs, inbound.pk) is None
    assert mailbox in mailboxes_for(ours)
    assert mailbox not in mailboxes_for(theirs)


def test_content_is_kept_once_and_by_its_hash():
    first, second = store.put(b"same"), store.put(b"same")
    assert first == second
    assert b"".join(store.pieces_of(first.sha256)) == b"same"
    with pytest.raises(store.ContentMissing):
        store.read("0" * 64)
    with pytest.raises(ValueError, match="SHA-256"):
        store.read("../../etc/passwd")


def test_a_resolution_link_is_good_for_one_resolution():
    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    resolve_ticket(ticket.pk, resolution="Done", by=SYSTEM)
    link = read_resolution_token(resolution_token(ticket))
    assert link.is_current(ticket)
    reopen_ticket(ticket.pk, reason="No", by=SYSTEM)
    ticket.refresh_from_db()
    assert not link.is_current(ticket)


def test_a_resolution_link_made_elsewhere_or_too_old_is_refused(monkeypatch):
    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    token = resolution_token(ticket)
    for wrong in ("", "nonsense", token[:-1], token + "x"):
        with pytest.raises(LinkInvalid):
            read_resolution_token(wrong)
    monkeypatch.setattr("ansvar.conversations.tokens.GOOD_FOR", timedelta(seconds=-1))
    with pytest.raises(LinkExpired):
        read_resolution_token(token)


def test_passwords_of_a_mailbox_are_encrypted_and_never_told():
    mailbox = a_desk_with_mail()
    edit_mailbox(mailbox.pk, imap_password="geheim", smtp_password="geheim", by=SYSTEM)
    edit_mailbox(mailbox.pk, imap_password="", display_name="IT", by=SYSTEM)
    mailbox.refresh_from_db()
    assert mailbox.imap_password == "geheim"
    told = Entry.objects.filter(subject_type="mailbox").values_list("payload", flat=True)
    assert "geheim" not in str(list(told))
    stored = Mailbox.objects.raw("SELECT id, imap_password AS kept FROM conversations_mailbox")
    assert "geheim" not in stored[0].kept


def test_a_mailbox_elsewhere_needs_a_protected_connection():
    mailbox = a_desk_with_mail()
    for host in ("mail.corp.test", "10.0.0.1", "localhost.corp.test"):
        with pytest.raises(Unprotected):
            edit_mailbox(mailbox.pk, imap_host=host, by=SYSTEM)
    edit_mailbox(mailbox.pk, imap_host="mail.corp.test", imap_security="tls", by=SYSTEM)


def test_another_folder_is_looked_at_from_its_beginning():
    mailbox = a_desk_with_mail()
    Mailbox.objects.filter(pk=mailbox.pk).update(uid_validity=5, last_uid=9)
    edit_mailbox(mailbox.pk, display_name="x", by=SYSTEM)
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.last_uid) == (5, 9)
    edit_mailbox(mailbox.pk, imap_folder="Help", by=SYSTEM)
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.last_uid) == (None, 0)


def test_only_who_may_sets_up_mailboxes():
    from ansvar.access.queries import NotPermitted  # noqa: PLC0415

    desk = a_desk_with_mail().desk
    with pytest.raises(NotPermitted):
        create_mailbox(desk=desk, address="x@y.test", by=acting(an_agent(desk)))
