"""Mail that is handed over instead of fetched: by LMTP (RFC 2033), or on standard input.

Whoever hands a mail over keeps it until we say that it is safe; so "yes" comes after the commit,
and what we cannot take now is refused for now and comes again.
"""

import asyncio
import contextlib
import re
import socket
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import getaddresses
from functools import partial
from typing import Any, AnyStr

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope
from django.db import Error as DatabaseTrouble
from django.db import connection
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.conversations.commands import Arrival, keep_mails
from ansvar.conversations.models import Mailbox

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Mails that are stored at the same time."""
IDLE_SECONDS = 300
LARGEST_MB = 200
"""Before it is known for whom a mail is."""
_MEGABYTE = 1024 * 1024
_LONGEST_HEAD = 256 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

TAKEN = "250 2.0.0 Safe"
UNKNOWN = "550 5.1.1 No mailbox of this desk"
SWITCHED_OFF = "450 4.2.1 This mailbox is switched off"
TOO_LARGE = "552 5.3.4 The mail is larger than this mailbox takes"
EMPTY = "554 5.6.0 The mail is empty"
NOT_NOW = "451 4.3.0 The mail cannot be kept just now; try again later"


class NoSuchMailbox(Exception):
    """Nothing says to which of our mailboxes a mail belongs."""


class SwitchedOff(Exception):
    """The mailbox takes no mail for the time being."""


class NotTaken(Exception):
    """The mail is empty, or larger than its mailbox takes."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """A mailbox as somebody sees it who hands mail over."""

    mailbox_id: int
    address: str
    largest: int
    is_open: bool


def door_of(address: str) -> Door | None:
    """Return the mailbox that an address leads to: its own, or with something after a plus."""
    wanted = address.strip().strip("<>").lower()
    local, at, domain = wanted.rpartition("@")
    found = _door(wanted)
    if found is None and at and "+" in local:
        found = _door(f"{local.partition('+')[0]}@{domain}")
    return found


def with_envelope(raw: bytes, *, sender: str, recipients: Iterable[str]) -> bytes:
    """Return a mail with what the envelope said on top, as a delivering server writes it."""
    end = b"\r\n" if b"\r\n" in raw[:1000] else b"\n"
    lines = [f"Return-Path: <{sender.strip('<>')}>"]
    lines += [f"Delivered-To: {one.strip('<>')}" for one in recipients]
    said = [_CONTROL.sub("", line).encode("utf-8", "surrogateescape") for line in lines]
    return end.join(said) + end + raw


def take_from_pipe(
    raw: bytes, *, address: str = "", environment: Mapping[str, str] | None = None
) -> Door:
    """Keep a mail that came on standard input, and return to which mailbox.

    Without an *address* the *environment* that mail servers give says it, and then the mail.

    Raises: NoSuchMailbox; SwitchedOff; NotTaken. Whatever else comes out means "not now".
    """
    environment = environment or {}
    # Local delivery puts the line of mailbox files before a mail.
    raw = re.sub(rb"\AFrom [^\n]*\n", b"", raw)
    wanted = [address] if address else [*_named_by(environment), *_named_in(raw)]
    found = next(((one, door) for one in wanted if (door := door_of(one))), None)
    if found is None:
        raise NoSuchMailbox(address)
    recipient, door = found
    if not door.is_open:
        raise SwitchedOff(door.address)
    if not raw.strip():
        raise NotTaken(_("The mail is empty."))
    if len(raw) > door.largest:
        words = _("The mail is larger than {limit} MB.")
        raise NotTaken(words.format(limit=door.largest // _MEGABYTE))
    sender = environment.get("SENDER")
    if sender is not None:
        raw = with_envelope(raw, sender=sender, recipients=[recipient])
    keep_mails(door.mailbox_id, [Arrival(raw=raw)])
    return door


def run(stop: threading.Event, taking: socket.socket) -> None:
    """Take mail by LMTP on a bound socket until told to stop."""
    asyncio.run(_serve(stop, taking))


async def _serve(stop: threading.Event, taking: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="lmtp") as pool:
        make = partial(Conversation, Entrance(pool), loop=loop)
        # A copy: the socket itself stays open for when this part is started again.
        server = await loop.create_server(make, sock=taking.dup())
        try:
            await asyncio.to_thread(stop.wait)
        finally:
            server.close()


class Conversation(LMTP):
    """One connection; says for each recipient by itself what became of the mail."""

    # Lines are a matter of mail programs; a mail with endless ones is read like any other.
    line_length_limit = LARGEST_MB * _MEGABYTE

    def __init__(self, entrance: "Entrance", *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            entrance,
            data_size_limit=LARGEST_MB * _MEGABYTE,
            enable_SMTPUTF8=True,
            # Its own look-up of the name may ask a name server.
            hostname=socket.gethostname(),
            ident="Ansvar",
            timeout=IDLE_SECONDS,
            loop=loop,
        )

    @override
    async def push(self, status: AnyStr) -> None:
        text = status if isinstance(status, str) else ""
        if self.envelope is not None and text.startswith(("552 Error: Too much", "500 Line too")):
            # The library answers once for all; LMTP wants an answer for each.
            await super().push(_for_each(TOO_LARGE, self.envelope))
            return
        await super().push(status)


class Entrance:
    """What the connections ask: whether a recipient is ours, and to keep a mail."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool

    async def handle_RCPT(  # noqa: N802, PLR0917 - the library's signature
        self,
        server: Conversation,
        _session: Any,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Say at once who is no mailbox of ours, so that the sender hears of it."""
        try:
            door = await self._apart(door_of, address)
        except DatabaseTrouble as error:
            log.warning("lmtp_without_database", error=str(error))
            return NOT_NOW
        if door is None:
            return UNKNOWN
        if not door.is_open:
            return SWITCHED_OFF
        if not envelope.rcpt_tos:
            server.data_size_limit = door.largest
        # The largest of them: who takes less says so when the mail is there.
        server.data_size_limit = max(server.data_size_limit or 0, door.largest)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: Conversation, _session: Any, envelope: Envelope
    ) -> str:
        """Keep the mail for each mailbox and say for each recipient whether it is safe."""
        raw = envelope.content
        assert isinstance(raw, bytes)  # noqa: S101 - the connection does not decode
        sender = envelope.mail_from or ""
        answers = await self._apart(_keep_for_each, raw, sender, list(envelope.rcpt_tos))
        return "\r\n".join(answers)

    async def _apart(self, function: Any, *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _with_database, function, *arguments)


def _keep_for_each(raw: bytes, sender: str, recipients: list[str]) -> list[str]:
    doors = {}
    with contextlib.suppress(DatabaseTrouble):
        doors = {one: door_of(one) for one in recipients}
    groups: dict[int, list[str]] = {}
    for one, door in doors.items():
        if door is not None:
            groups.setdefault(door.mailbox_id, []).append(one)
    said: dict[str, str] = {}
    for group in groups.values():
        door = doors[group[0]]
        answer = _kept(door, with_envelope(raw, sender=sender, recipients=group), raw)
        said |= dict.fromkeys(group, answer)
    return [said.get(one, NOT_NOW) for one in recipients]


def _kept(door: Door | None, mail: bytes, raw: bytes) -> str:
    if door is None:
        return UNKNOWN
    if not raw.strip():
        return EMPTY
    if len(raw) > door.largest:
        return TOO_LARGE
    try:
        keep_mails(door.mailbox_id, [Arrival(raw=mail)])
    except (DatabaseTrouble, OSError) as error:
        log.warning("mail_not_stored", mailbox=door.address, error=str(error))
        return NOT_NOW
    except Exception:
        log.exception("mail_not_stored", mailbox=door.address)
        return NOT_NOW
    return TAKEN


def _with_database(function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    finally:
        # A thread that waits holds no connection to the database.
        with contextlib.suppress(DatabaseTrouble):
            connection.close()


def _door(address: str) -> Door | None:
    rows = Mailbox.objects.filter(address__iexact=address)
    row = rows.values_list("pk", "address", "largest_mb", "is_active").first()
    if row is None:
        return None
    pk, own, largest_mb, is_open = row
    return Door(mailbox_id=pk, address=own, largest=largest_mb * _MEGABYTE, is_open=is_open)


def _for_each(answer: str, envelope: Envelope) -> str:
    return "\r\n".join([answer] * max(1, len(envelope.rcpt_tos)))


def _named_by(environment: Mapping[str, str]) -> list[str]:
    """Return the recipients that Postfix and Exim name to a program they start."""
    return [
        environment[name] for name in ("ORIGINAL_RECIPIENT", "RECIPIENT") if environment.get(name)
    ]


def _named_in(raw: bytes) -> list[str]:
    head = message_from_bytes(raw[:_LONGEST_HEAD], policy=policy.compat32)
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To")
    found = [str(one) for name in names for one in head.get_all(name, ())]
    return [address for _name, address in getaddresses(found) if address]
