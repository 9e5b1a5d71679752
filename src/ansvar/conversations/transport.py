"""Connections to mail servers: protected, verified, and their failures in words."""

import contextlib
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator
from imaplib import IMAP4

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from ansvar.conversations.models import Mailbox

TIMEOUT_SECONDS = 60

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


@contextlib.contextmanager
def imap(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    """Give a connection that is logged in, with the mailbox's folder open.

    Raises: one of ERRORS.
    """
    box = _imap_connection(mailbox)
    try:
        # The short command knows only ASCII.
        plain = (mailbox.imap_user + mailbox.imap_password).isascii()
        log_in = box.login if plain else box.login_utf8
        log_in(mailbox.imap_user, mailbox.imap_password, initial_folder=mailbox.imap_folder)
        yield box
    finally:
        with contextlib.suppress(*ERRORS):
            box.logout()
        with contextlib.suppress(*ERRORS):
            box.client.shutdown()


@contextlib.contextmanager
def smtp(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    """Give a connection that is logged in and ready to take mail.

    Raises: one of ERRORS.
    """
    server = _smtp_connection(mailbox)
    try:
        if mailbox.smtp_user:
            server.login(mailbox.smtp_user, mailbox.smtp_password)
        yield server
    finally:
        with contextlib.suppress(*ERRORS):
            server.quit()
        server.close()


def in_words(error: BaseException, server: str) -> str:
    """Return what went wrong as a sentence for an administrator."""
    if isinstance(error, ssl.SSLCertVerificationError):
        words = _("The certificate of {server} cannot be trusted: {why}.")
        return words.format(server=server, why=error.verify_message)
    if isinstance(error, Unprotected):
        return str(error)
    for kinds, meaning in _WORDS:
        if isinstance(error, kinds):
            return str(meaning).format(server=server)
    said = error.args[-1] if error.args else ""
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return f"{server}: {told or type(error).__name__}"[:480]


def trouble_with(mailbox: Mailbox) -> list[str]:
    """Try both servers of a mailbox and return what is wrong, in sentences."""
    found = []
    try:
        with imap(mailbox):
            pass
    except ERRORS as error:
        found.append(in_words(error, f"{mailbox.imap_host}:{mailbox.imap_port}"))
    try:
        with smtp(mailbox) as server:
            server.noop()
    except ERRORS as error:
        found.append(in_words(error, f"{mailbox.smtp_host}:{mailbox.smtp_port}"))
    return found


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine by its name alone, whatever a name server says."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower().rstrip(".") == "localhost"


def _imap_connection(mailbox: Mailbox) -> BaseMailBox:
    host, port = mailbox.imap_host, mailbox.imap_port
    match mailbox.imap_security:
        case Mailbox.Security.TLS:
            return MailBox(host, port, timeout=TIMEOUT_SECONDS, ssl_context=_verifying())
        case Mailbox.Security.STARTTLS:
            return MailBoxStartTls(host, port, timeout=TIMEOUT_SECONDS, ssl_context=_verifying())
        case _:
            _require_loopback(host)
            return MailBoxUnencrypted(host, port, timeout=TIMEOUT_SECONDS)


def _smtp_connection(mailbox: Mailbox) -> smtplib.SMTP:
    host, port = mailbox.smtp_host, mailbox.smtp_port
    name = mailbox.address.rpartition("@")[2]
    match mailbox.smtp_security:
        case Mailbox.Security.TLS:
            return smtplib.SMTP_SSL(host, port, name, timeout=TIMEOUT_SECONDS, context=_verifying())
        case Mailbox.Security.STARTTLS:
            server = smtplib.SMTP(host, port, name, timeout=TIMEOUT_SECONDS)
            try:
                server.starttls(context=_verifying())
            except BaseException:
                server.close()
                raise
            return server
        case _:
            _require_loopback(host)
            return smtplib.SMTP(host, port, name, timeout=TIMEOUT_SECONDS)


def _verifying() -> ssl.SSLContext:
    return ssl.create_default_context()


def _require_loopback(host: str) -> None:
    if not is_loopback(host):
        raise Unprotected(
            _("A connection without TLS is allowed only to this machine, not to {host}.").format(
                host=host
            )
        )
