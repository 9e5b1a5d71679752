"""Heaps of old mail, as a shared inbox holds them: threads in several shapes, and noise."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from ansvar.importers import importing
from ansvar.importers.commands import begin_run
from ansvar.importers.models import ImportRun
from ansvar.importers.sources import Source
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Desk

DESK = "it@corp.test"
BEGIN = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
"""A Monday."""
Import = Callable[..., ImportRun]


def an_old_mail(
    sender: str,
    subject: str,
    *,
    at: datetime,
    own: str = "",
    to: str = DESK,
    answers: Iterable[str] = (),
    text: str = "Please help.",
    files: Iterable[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """Return a raw mail said at a moment; ids are without brackets."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    if own:
        message["Message-ID"] = f"<{own}>"
    references = [f"<{one}>" for one in answers]
    if references:
        message["In-Reply-To"] = references[-1]
        message["References"] = " ".join(references)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def as_mbox(path: Path, mails: Iterable[bytes], *, filed_at: datetime) -> Path:
    """Write mails into one file, as mail programs do."""
    with path.open("wb") as file:
        for raw in mails:
            quoted = re.sub(rb"^(>*From )", rb">\1", raw, flags=re.MULTILINE)
            file.write(f"From x@corp.test {filed_at:%a %b %e %H:%M:%S %Y}\n".encode())
            file.write(quoted + b"\n")
    return path


def a_heap(*, agent: str, now: datetime) -> list[bytes]:
    """Return the mail of a desk's inbox and sent folder: 37 mails, in no good order.

    14 conversations become tickets; 4 of them are fresh and stay open.
    """
    mails: list[bytes] = []
    hour, day = timedelta(hours=1), timedelta(days=1)
    # Eight answered by the agent, by the ids they name; the answers lie before the questions.
    for number in range(8):
        at, who = BEGIN + number * day, f"Anna Berg <anna{number % 4}@corp.test>"
        ask, answer = f"ask{number}@corp.test", f"answer{number}@corp.test"
        subject = f"Printer {number} jams"
        mails += [
            an_old_mail(
                agent, f"SV: {subject}", at=at + hour, own=answer, to=who, answers=[ask],
                text=f"Open the flap.\n\n> Please help with {number}.",
            ),
            an_old_mail(
                who, subject, at=at, own=ask, text=f"From here nothing prints. {number}",
                files=[("photo.jpg", b"jpeg" * number)] if number == 2 else (),
            ),
        ]  # fmt: skip
    bo, eva, far = "bo@corp.test", "eva@corp.test", BEGIN + 9 * day
    # Thanked, twice answered; the second answer from the desk's own address; then he was away.
    mails += [
        an_old_mail(bo, "VPN", at=BEGIN, own="v1@x"),
        an_old_mail(agent, "Re: VPN", at=BEGIN + hour, own="v2@x", to=bo, answers=["v1@x"]),
        an_old_mail(bo, "Re: VPN", at=BEGIN + 2 * hour, own="v3@x", answers=["v1@x", "v2@x"]),
        an_old_mail(DESK, "Re: VPN", at=BEGIN + 3 * hour, own="v4@x", to=bo, answers=["v3@x"]),
        an_old_mail(
            bo, "Automatic reply: VPN", at=BEGIN + 3 * hour + timedelta(minutes=1), own="v5@x",
            answers=["v4@x"], Auto_Submitted="auto-replied",
        ),
    ]  # fmt: skip
    # Never answered, reminded with the same subject, without ids, and a colleague takes part.
    mails += [
        an_old_mail(eva, "No sound", at=far),
        an_old_mail(eva, "No sound", at=far + 2 * day, text="Still none."),
        an_old_mail(
            "per@corp.test", "Re: No sound", at=far + 3 * day, to=f"{DESK}, {eva}", text="Too."
        ),
    ]
    # Fresh: unanswered, answered, one with a clock that says 1970, one without a date.
    mails += [
        an_old_mail(eva, "Screen", at=now - 2 * day, own="s1@x"),
        an_old_mail(bo, "Mouse", at=now - 3 * day, own="m1@x"),
        an_old_mail(agent, "Re: Mouse", at=now - 2 * day, own="m2@x", to=bo, answers=["m1@x"]),
        an_old_mail(
            "kim@corp.test", "Keys", at=datetime(1970, 1, 1, tzinfo=UTC), own="k1@x",
            Received=f"from a by b; {format_datetime(now - day)}",
        ),
        an_old_mail("dan@corp.test", "Lost", at=BEGIN, own="l1@x").replace(b"\nDate:", b"\nX-D:"),
    ]  # fmt: skip
    return [*mails, *_noise(agent)]


def _noise(agent: str) -> list[bytes]:
    """Return what opens no ticket: of programs, of the desk alone, spam, twice, nothing at all."""
    return [
        an_old_mail(
            "zoe@corp.test", "Out of office", at=BEGIN, own="z1@x", Auto_Submitted="auto-replied"
        ),
        an_old_mail(
            "news@shop.test", "Offers", at=BEGIN, own="n1@x", Precedence="bulk",
            List_Unsubscribe="<mailto:x@shop.test>",
        ),
        an_old_mail("MAILER-DAEMON@corp.test", "Undelivered mail", at=BEGIN, own="b1@x"),
        an_old_mail("win@luck.test", "You won", at=BEGIN, own="w1@x", X_Spam_Flag="YES"),
        an_old_mail("noreply@tool.test", "Build failed", at=BEGIN, own="t1@x"),
        an_old_mail(agent, "Order", at=BEGIN, own="o1@x", to="shop@shop.test"),
        an_old_mail("bo@corp.test", "VPN", at=BEGIN, own="v1@x"),
        b"X-Note: nothing else\n\n",
    ]  # fmt: skip


def surveyed(desk: Desk, source: Source, **options: object) -> ImportRun:
    """Look through a source and sort it."""
    wanted = importing.Options(**options)  # type: ignore[arg-type]  # as the test says
    run = begin_run(
        desk=desk, source=source.name, kind=source.kind, options=wanted.stored(), by=SYSTEM
    )
    list(importing.survey(run, source))
    importing.sort(run, source)
    return run
