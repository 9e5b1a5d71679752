"""What somebody means by a source: a path, an address of a folder, a connected mailbox."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from ansvar.conversations.loopback import is_loopback
from ansvar.conversations.models import Mailbox
from ansvar.importers.sources.folders import Files, Maildir, is_maildir
from ansvar.importers.sources.imap import Imap
from ansvar.importers.sources.mbox import Mbox, is_mbox
from ansvar.importers.sources.source import Source
from ansvar.kernel.refusal import Refusal

_PORTS = {"imaps": 993, "imap": 143}


class SourceMissing(Refusal):
    """There is no mail where somebody said; the text says what to do."""


def is_address(text: str) -> bool:
    """Tell whether a source is on a mail server."""
    return urlsplit(text).scheme in _PORTS


def source_at(text: str, *, password: str = "") -> Source:
    """Return the source that a path or an address names.

    Raises: SourceMissing.
    """
    if is_address(text):
        return _imap(text, password)
    path = Path(text).expanduser()
    if not path.exists():
        raise SourceMissing(_("There is nothing at {path}.").format(path=path))
    path = path.resolve()
    if is_maildir(path):
        return Maildir(path)
    if path.is_dir():
        return _not_empty(Files(path), path)
    if is_mbox(path):
        return Mbox(path)
    if path.suffix.lower() == ".eml":
        return Files(path)
    raise SourceMissing(
        _(
            "{path} is no mbox: it does not begin with a line “From somebody, date”. A single mail "
            "is named .eml; a Maildir has the folders cur and new."
        ).format(path=path)
    )


def source_of(address: str) -> Source:
    """Return the folder of a connected mailbox, and its folder of sent mail.

    Raises: SourceMissing.
    """
    mailbox = Mailbox.objects.filter(address__iexact=address.strip()).first()
    if mailbox is None or not mailbox.imap_host:
        raise SourceMissing(
            _("No mailbox {address} is connected that is fetched by IMAP.").format(address=address)
        )
    return Imap(mailbox, name=f"mailbox:{mailbox.address}", with_sent=True)


def _not_empty(files: Files, path: Path) -> Files:
    if not files.total:
        raise SourceMissing(_("There is no .eml file in {path}.").format(path=path))
    return files


def _imap(text: str, password: str) -> Source:
    parts = urlsplit(text)
    user, host = unquote(parts.username or ""), parts.hostname or ""
    if not user or not host:
        raise SourceMissing(
            _("Write the address of a folder like imaps://it@example.com@imap.example.com/INBOX.")
        )
    security = Mailbox.Security.TLS
    if parts.scheme == "imap":
        security = Mailbox.Security.NONE if is_loopback(host) else Mailbox.Security.STARTTLS
    folder = unquote(parts.path.strip("/")) or "INBOX"
    # Never saved: it only says how the server is reached.
    mailbox = Mailbox(
        address=user if "@" in user else f"{user}@{host}",
        imap_host=host,
        imap_port=parts.port or _PORTS[parts.scheme],
        imap_security=security,
        imap_user=user,
        imap_password=password,
        imap_folder=folder,
    )
    return Imap(mailbox, name=f"{parts.scheme}://{user}@{host}/{folder}", with_sent=False)
