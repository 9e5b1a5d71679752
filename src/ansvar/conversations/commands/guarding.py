"""Files are shown to the virus scanner before they are kept, and once more when it was away."""

from collections.abc import Iterable

from ansvar.conversations import store
from ansvar.conversations.facts import FileBlocked
from ansvar.conversations.models import Attachment, Message
from ansvar.conversations.scanning import Scanned, Verdict, scan
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.tickets.commands.locking import tell_pages

AT_ONCE = 50
"""Files looked at once more in one go."""


class VirusFound(Refusal):
    """A file carries something harmful; nothing of the message was kept."""

    def __init__(self, name: str, signature: str) -> None:
        self.name = name
        self.signature = signature
        super().__init__(
            said("The file “%(name)s” is harmful: the virus scanner found %(signature)s in it."),
            name=name,
            signature=signature,
        )


def let_pass(message: Message, name: str, content: Iterable[bytes]) -> Scanned | None:
    """Show a file that comes with a message to the scanner; nothing when there is none.

    What is harmful passes only with a mail that somebody let through knowing it: then the file is
    kept, and given to nobody.

    Raises: VirusFound.
    """
    scanned = scan(content)
    if scanned is None or scanned.verdict is not Verdict.FOUND:
        return scanned
    inbound = message.inbound
    if inbound is None or not inbound.is_let_through_infected:
        raise VirusFound(name, scanned.signature)
    return scanned


def scan_again() -> int:
    """Look at the files that the scanner has not seen because it was away; returns how many.

    Ends with the first that it does not answer for. What is harmful is blocked.

    Records: FileBlocked.
    """
    waiting = Attachment.objects.filter(scan=Attachment.Scan.UNSCANNED).order_by("pk")
    seen = 0
    for attachment in waiting[:AT_ONCE]:
        scanned = scan(store.pieces_of(attachment.sha256))
        if scanned is None or scanned.verdict is Verdict.UNSCANNED:
            break
        _keep_verdict(attachment.pk, scanned)
        seen += 1
    return seen


@command
def _keep_verdict(attachment_id: int, scanned: Scanned) -> None:
    rows = Attachment.objects.select_for_update(of=("self",)).select_related("message__ticket")
    attachment = rows.filter(pk=attachment_id).first()
    # Its ticket may have been taken away, or another process was faster.
    if attachment is None or attachment.scan != Attachment.Scan.UNSCANNED:
        return
    attachment.scan, attachment.signature = scanned.verdict, scanned.signature
    attachment.save(update_fields=["scan", "signature"])
    if scanned.verdict is Verdict.FOUND:
        record(
            FileBlocked(
                subject_id=attachment.message.ticket_id,
                message_id=attachment.message_id,
                attachment_id=attachment.pk,
                file=attachment.name,
                signature=scanned.signature,
            ),
            by=SYSTEM,
        )
    tell_pages(attachment.message.ticket)
