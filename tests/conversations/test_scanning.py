import io
import socket
import threading
import zipfile
from collections.abc import Iterator

import pytest
from builders import a_person, acting, an_administrator
from desktops import a_desktop, client_of
from django.core.files.uploadedfile import SimpleUploadedFile
from mails import a_desk_with_mail, a_mail, arrived
from queued_work import run_queued
from scanner import MOST_BYTES, SIGNATURE, Scanner, harmful, scanner  # noqa: F401 - a fixture

from ansvar.conversations import scanning
from ansvar.conversations.commands import (
    CannotRelease,
    NewFile,
    VirusFound,
    post_message,
    release_mail,
    scan_again,
)
from ansvar.conversations.models import Attachment, InboundMail, Message, SenderNotice
from ansvar.conversations.scanner_address import (
    Address,
    ScannerUnreachable,
    address_of,
    ping,
)
from ansvar.conversations.scanning import Scanned, Verdict, scan
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.tickets.models import Ticket
from tickets import a_ticket

NOWHERE = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Let no test rest because of a scanner that did not answer another one."""
    scanning._silent_since.clear()
    yield
    scanning._silent_since.clear()


@pytest.fixture
def scanned(settings, scanner: Scanner) -> Scanner:  # noqa: F811 - the fixture
    """A product that asks the scanner."""
    settings.CLAMAV = str(scanner.address)
    return scanner


def zipped(content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/file.txt", content)
    return held.getvalue()


def a_file(content: bytes, name: str = "list.txt") -> NewFile:
    return NewFile(name=name, media_type="text/plain", content=content)


@pytest.mark.realparts
@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"hello", Verdict.CLEAN),
        (b"", Verdict.CLEAN),
        (harmful(), Verdict.FOUND),
        (zipped(harmful()), Verdict.FOUND),
        (b"a" * (MOST_BYTES + 1), Verdict.TOO_LARGE),
        (b"a" * (40 * MOST_BYTES), Verdict.TOO_LARGE),
    ],
    ids=["clean", "empty", "harmful", "harmful in a zip", "too large", "far too large"],
)
def test_the_scanner_says_what_a_file_is(scanned: Scanner, content: bytes, verdict: Verdict):
    found = scan([content])
    assert found is not None
    assert found.verdict == verdict
    assert (SIGNATURE in found.signature) is (verdict is Verdict.FOUND)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("", None),
        ("tcp://127.0.0.1:3310", Address(host="127.0.0.1", port=3310)),
        ("unix:/run/clamav/clamd.ctl", Address(path="/run/clamav/clamd.ctl")),
    ],
)
def test_an_address_is_a_port_or_a_socket(url: str, address: Address | None):
    assert address_of(url) == address
    assert str(address or "") == url


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1", "127.0.0.1:3310", "unix:run", "http://x:1/", "unix://a/b"]
)
def test_anything_else_is_no_address(url: str):
    with pytest.raises(ValueError):  # noqa: PT011 - the value itself is the message
        address_of(url)


def test_without_a_scanner_nothing_is_said(settings):
    settings.CLAMAV = ""
    assert scan([b"x"]) is None


def test_a_scanner_that_is_away_is_not_waited_for_again(settings):
    settings.CLAMAV = NOWHERE
    with pytest.raises(ScannerUnreachable, match="does not answer"):
        ping(Address(host="127.0.0.1", port=9))
    asked: list[int] = []

    def content() -> Iterator[bytes]:
        asked.append(1)
        yield b"x"

    assert scan([b"x"]) == Scanned(verdict=Verdict.UNSCANNED)
    assert scan(content()) == Scanned(verdict=Verdict.UNSCANNED)
    assert asked == []


@pytest.mark.parametrize(("answer", "verdict"), [(b"", "unscanned"), (b"X ERROR\0", "too_large")])
def test_an_answer_that_says_nothing_is_never_clean(settings, answer: bytes, verdict: str):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMAV = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def serve() -> None:
            connection, _peer = server.accept()
            with connection:
                heard = b""
                while not heard.endswith(bytes(4)):
                    heard += connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        found = scan([b"x"])
        thread.join()
    assert found is not None
    assert found.verdict == verdict


@pytest.mark.realparts
@pytest.mark.django_db
def test_a_harmful_upload_is_refused_and_the_words_stay(scanned: Scanner):
    desk = a_desktop()
    ticket = a_ticket(desk)
    with pytest.raises(VirusFound, match=r"list\.txt"):
        post_message(
            ticket.pk, text="See", attachments=[a_file(harmful())], by=acting(ticket.requester)
        )
    assert not Message.objects.exists()
    clean = post_message(
        ticket.pk, text="See", attachments=[a_file(b"fine")], by=acting(ticket.requester)
    )
    assert clean.attachments.get().scan == Attachment.Scan.CLEAN
    upload = SimpleUploadedFile("bad.zip", zipped(harmful()), "application/zip")
    answer = client_of(desk.agent).post(
        f"/tickets/{ticket.reference}/reply/", {"text": "My long answer", "files": [upload]}
    )
    assert (answer.status_code, Message.objects.count()) == (409, 1)
    page = answer.content.decode()
    assert "bad.zip" in page
    assert "My long answer" in page


@pytest.mark.realparts
@pytest.mark.django_db
def test_a_harmful_mail_is_let_through_only_knowingly_and_its_file_to_nobody(scanned: Scanner):
    mailbox = a_desk_with_mail()
    files = (("bill.zip", "application/zip", zipped(harmful())),)
    inbound = arrived(mailbox, a_mail("Please pay.", files=files))
    assert (inbound.state, Ticket.objects.count()) == (InboundMail.State.QUARANTINED, 0)
    assert "bill.zip" in inbound.reason
    assert SIGNATURE in inbound.reason
    assert not SenderNotice.objects.exists()
    with pytest.raises(CannotRelease, match=SIGNATURE):
        release_mail(inbound.pk, by=SYSTEM)
    admin = client_of(an_administrator(mailbox.desk))
    raw = f"/mail/{inbound.pk}/raw/"
    assert admin.get(raw)["Location"] == f"/mail/{inbound.pk}/"
    assert "harmful file" in admin.get(f"/mail/{inbound.pk}/").content.decode()
    kept = admin.get(raw, {"knowing": "1"})
    assert kept["Content-Type"] == "application/octet-stream"
    assert b"Please pay." in b"".join(kept)
    admin.post(f"/mail/{inbound.pk}/again/", {"knows_harm": "on"})
    run_queued("conversations.read_mail")
    inbound.refresh_from_db()
    assert inbound.ticket is not None, inbound.reason
    attachment = Attachment.objects.get()
    assert attachment.is_blocked
    reference = inbound.ticket.reference
    assert "blocked, it is harmful" in admin.get(f"/tickets/{reference}/").content.decode()
    refused = admin.get(f"/tickets/{reference}/files/{attachment.pk}/")
    assert (refused.status_code, "is blocked" in refused.content.decode()) == (422, True)


@pytest.mark.realparts
@pytest.mark.django_db
def test_what_was_not_scanned_is_looked_at_when_the_scanner_is_back(
    settings,
    scanner: Scanner,  # noqa: F811 - the fixture
):
    settings.CLAMAV = NOWHERE
    desk = a_desktop()
    ticket = a_ticket(desk)
    files = [a_file(harmful(), "bad.txt"), a_file(b"fine")]
    post_message(ticket.pk, text="See", attachments=files, by=acting(ticket.requester))
    bad, fine = Attachment.objects.all()
    assert (bad.scan, fine.scan) == ("unscanned", "unscanned")
    page = f"/tickets/{ticket.reference}/"
    client = client_of(desk.agent)
    assert client.get(page).content.decode().count("not scanned") == 2
    assert scan_again() == 0
    settings.CLAMAV = str(scanner.address)
    assert (scan_again(), scan_again()) == (2, 0)
    bad.refresh_from_db()
    fine.refresh_from_db()
    assert (bad.is_blocked, fine.scan) == (True, "clean")
    assert Entry.objects.filter(fact="message.file_blocked", subject_id=ticket.pk).count() == 1
    assert "blocked, it is harmful" in client.get(page).content.decode()


@pytest.mark.realparts
@pytest.mark.django_db
def test_a_report_with_a_harmful_file_stays_in_its_form(scanned: Scanner):
    desk = a_desktop()
    report = {
        "subject": "It is dead",
        "details": "All of it",
        "kind": "incident",
        "about": f"desk:{desk.desk.pk}",
        "once": "f2b1c1c0-0000-4000-8000-000000000001",
        "attached": [SimpleUploadedFile("bad.txt", harmful(), "text/plain")],
    }
    answer = client_of(a_person()).post("/portal/report/", report)
    assert (answer.status_code, Ticket.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert "bad.txt" in page
    assert "All of it" in page
