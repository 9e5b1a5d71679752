"""Mails as a desk gets them: half of them plain, the rest with HTML, files, or in answer."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

_SUBJECTS = ("Cash desk", "Screen", "VPN", "Password", "Kassan", "Scanner", "Order", "Licence")
_WORDS = (
    "the", "a", "since", "this", "morning", "nothing", "works", "when", "I", "start", "it",
    "says", "error", "please", "help", "we", "cannot", "go", "on", "customers", "wait", "thank",
    "you", "room", "third", "floor", "again", "yesterday", "update", "network", "slow",
    "kassan", "skärmen", "funkar", "inte", "längre", "сканер", "не", "читает", "Drucker",
    "geht", "nicht", "mehr",
)  # fmt: skip
_KINDS = {"plain": 45, "html": 20, "file": 15, "answer": 20}
_SMALLEST_FILE = 20_000
_LARGEST_FILE_TIMES = 50
_NEWCOMERS = 0.05
_REMEMBERED = 200


def letters(count: int, *, to: str, senders: Sequence[str], seed: str) -> Iterator[bytes]:
    """Yield mails to an address, most from known *senders*; another *seed*, other mails."""
    luck = random.Random(seed)  # noqa: S311  # the same mails every time, no secret
    sent: list[tuple[str, str, str]] = []
    for number in range(count):
        (kind,) = luck.choices(list(_KINDS), list(_KINDS.values()))
        message = EmailMessage()
        sender = luck.choice(senders)
        if luck.random() < _NEWCOMERS:
            sender = f"new.{seed}.{number}@customer.example"
        subject = f"{luck.choice(_SUBJECTS)} {number}"
        if kind == "answer" and sent:
            sender, subject, earlier = luck.choice(sent[-_REMEMBERED:])
            message["In-Reply-To"] = message["References"] = earlier
            subject = f"Re: {subject}"
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = f"<{seed}.{number}@customer.example>"
        message["Date"] = format_datetime(datetime.now(tz=UTC))
        _fill(message, kind, luck)
        sent.append((sender, subject.removeprefix("Re: "), message["Message-ID"]))
        yield message.as_bytes()


def _fill(message: EmailMessage, kind: str, luck: random.Random) -> None:
    words = " ".join(luck.choices(_WORDS, k=luck.randrange(20, 300)))
    quoted = f"\n\nOn Monday somebody wrote:\n> {words[:400]}" if kind == "answer" else ""
    message.set_content(words + quoted)
    if kind in {"html", "answer"}:
        message.add_alternative(f"<html><body><p>{words}</p></body></html>", subtype="html")
    if kind == "file":
        size = int(_SMALLEST_FILE * _LARGEST_FILE_TIMES ** luck.random())
        message.add_attachment(
            luck.randbytes(size), maintype="image", subtype="png", filename="screen.png"
        )
