"""Connections to mail servers: protected, verified, and their failures in words."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from imaplib import IMAP4
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from ansvar.conversations.commands.authorising import token_for
from ansvar.conversations.loopback import is_loopback
from ansvar.conversations.models import Mailbox
from ansvar.conversations.oauth import NoToken

Connection = TypeVar("Connection", BaseMailBox, smtplib.SMTP)

TIMEOUT_SECONDS = 60
TRIAL_SECONDS = 10
"""How long somebody who waits in front of a page is kept."""

ERRORS = (OSError, IMAP4.error, ImapToolsError, smtplib.SMTPException)
"""All that a mail server or the way to it can do to us."""

_WORDS: list[tuple[tuple[type[BaseException], ...], Promise]] = [
    (
        (MailboxLoginError, smtplib.SMTPAuthenticationError),
        _("{server} refused the user name or the password."),
    ),
    ((MailboxFolderSelectError,), _("{server} has no such folder.")),
    (
        (ConnectionRefusedError,),
        _("Nobody answers at {server}: is the port right, and the server running?"),
    ),
    ((socket.gaierror,), _("There is no server under the name of {server}.")),
    ((TimeoutError,), _("{server} did not answer in time.")),
]
"""Kinds of trouble to what they mean, the special before the general."""


class Unprotected(OSError):
    """A connection without TLS was wanted to another machine."""


class TokenRefused(OSError):
    """The server does not take a token that was just got for it."""


@contextlib.contextmanager
def imap(mailbox: Mailbox, *, patience: float = TIMEOUT_SECONDS) -> Iterator[BaseMailBox]:
    """Give a connection that is logged in, with the mailbox's folder open.

    Raises: one of ERRORS.
    """
    box = _logged_in(
        mailbox,
        lambda: _imap_connection(mailbox, patience),
        log_in=_log_in_imap,
        leave=_leave,
    )
    try:
        # Most servers tell all they can do only to who is logged in.
        _status, said = box.client.capability()
        if said and isinstance(said[-1], bytes):
            box.client.capabilities = tuple(said[-1].decode("ascii", "replace").upper().split())
        box.folder.set(mailbox.imap_folder)
        yield box
    finally:
        _leave(box)


@contextlib.contextmanager
def smtp(mailbox: Mailbox, *, patience: float = TIMEOUT_SECONDS) -> Iterator[smtplib.SMTP]:
    """Give a connection that is logged in and ready to take mail.

    Raises: one of ERRORS.
    """
    server = _logged_in(
        mailbox,
        lambda: _smtp_connection(mailbox, patience),
        log_in=_log_in_smtp,
        leave=_quit,
    )
    try:
        yield server
    finally:
        _quit(server)


def in_words(error: BaseException, server: str) -> str:
    """Return what went wrong as a sentence for an administrator."""
    if isinstance(error, ssl.SSLCertVerificationError):
        words = _("The certificate of {server} cannot be trusted: {why}.")
        return words.format(server=server, why=error.verify_message)
    if isinstance(error, Unprotected | NoToken):
        return str(error)
    if isinstance(error, TokenRefused):
        words = _(
            "{server} refuses the token: may this client read and send the mail of this address?"
        )
        return words.format(server=server)
    for kinds, meaning in _WORDS:
        if isinstance(error, kinds):
            return str(meaning).format(server=server)
    said = error.args[-1] if error.args else ""
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return f"{server}: {told or type(error).__name__}"[:480]


def trouble_with(mailbox: Mailbox, *, patience: float = TRIAL_SECONDS) -> list[str]:
    """Try both servers of a mailbox and return what is wrong, in sentences."""
    found = []
    if mailbox.entrance == Mailbox.Entrance.IMAP:
        try:
            with imap(mailbox, patience=patience):
                pass
        except ERRORS as error:
            found.append(in_words(error, f"{mailbox.imap_host}:{mailbox.imap_port}"))
    try:
        with smtp(mailbox, patience=patience) as server:
            server.noop()
    except ERRORS as error:
        found.append(in_words(error, f"{mailbox.smtp_host}:{mailbox.smtp_port}"))
    return list(dict.fromkeys(found))


def _logged_in(
    mailbox: Mailbox,
    connect: Callable[[], Connection],
    *,
    log_in: Callable[[Connection, Mailbox, str], None],
    leave: Callable[[Connection], None],
) -> Connection:
    """Connect and log in; with a new token when the server does not take the one in force."""
    is_oauth = mailbox.log_in == Mailbox.LogIn.OAUTH
    token = token_for(mailbox) if is_oauth else ""
    for is_last in (False, True):
        server = connect()
        try:
            log_in(server, mailbox, token)
        except TokenRefused:
            leave(server)
            if is_last:
                raise
            token = token_for(mailbox, refused=token)
        except BaseException:
            leave(server)
            raise
        else:
            return server
    raise AssertionError


def _log_in_imap(box: BaseMailBox, mailbox: Mailbox, token: str) -> None:
    if not token:
        # The short command knows only ASCII.
        plain = (mailbox.imap_user + mailbox.imap_password).isascii()
        log_in = box.login if plain else box.login_utf8
        log_in(mailbox.imap_user, mailbox.imap_password, initial_folder=None)
        return
    first = [_bearer(mailbox.imap_user, token).encode()]
    try:
        # What the server has against a token comes as a further question, answered by nothing.
        box.client.authenticate("XOAUTH2", lambda _said: first.pop() if first else b"")
    except IMAP4.abort:
        raise
    except IMAP4.error as error:
        raise TokenRefused from error


def _log_in_smtp(server: smtplib.SMTP, mailbox: Mailbox, token: str) -> None:
    if not token:
        if mailbox.smtp_user:
            server.login(mailbox.smtp_user, mailbox.smtp_password)
        return
    user = mailbox.smtp_user or mailbox.imap_user or mailbox.address
    server.ehlo_or_helo_if_needed()
    try:
        # As above: first the token, then nothing.
        server.auth("XOAUTH2", lambda said=None: _bearer(user, token) if said is None else "")
    except smtplib.SMTPAuthenticationError as error:
        raise TokenRefused from error


def _bearer(user: str, token: str) -> str:
    return f"user={user}\1auth=Bearer {token}\1\1"


def _leave(box: BaseMailBox) -> None:
    with contextlib.suppress(*ERRORS):
        box.logout()
    with contextlib.suppress(*ERRORS):
        box.client.shutdown()


def _quit(server: smtplib.SMTP) -> None:
    with contextlib.suppress(*ERRORS):
        server.quit()
    server.close()


def _imap_connection(mailbox: Mailbox, patience: float) -> BaseMailBox:
    host, port = mailbox.imap_host, mailbox.imap_port
    match mailbox.imap_security:
        case Mailbox.Security.TLS:
            return MailBox(host, port, timeout=patience, ssl_context=_verifying())
        case Mailbox.Security.STARTTLS:
            return MailBoxStartTls(host, port, timeout=patience, ssl_context=_verifying())
        case _:
            _require_loopback(host)
            return MailBoxUnencrypted(host, port, timeout=patience)


def _smtp_connection(mailbox: Mailbox, patience: float) -> smtplib.SMTP:
    host, port = mailbox.smtp_host, mailbox.smtp_port
    name = mailbox.address.rpartition("@")[2]
    match mailbox.smtp_security:
        case Mailbox.Security.TLS:
            return smtplib.SMTP_SSL(host, port, name, timeout=patience, context=_verifying())
        case Mailbox.Security.STARTTLS:
            server = smtplib.SMTP(host, port, name, timeout=patience)
            try:
                server.starttls(context=_verifying())
            except BaseException:
                server.close()
                raise
            return server
        case _:
            _require_loopback(host)
            return smtplib.SMTP(host, port, name, timeout=patience)


def _verifying() -> ssl.SSLContext:
    return ssl.create_default_context()


def _require_loopback(host: str) -> None:
    if not is_loopback(host):
        raise Unprotected(
            _("A connection without TLS is allowed only to this machine, not to {host}.").format(
                host=host
            )
        )
