"""Files are shown to the virus scanner before they are kept, and once more when it was away."""

from collections.abc import Iterable

from django.db.models import QuerySet

from ansvar.conversations import store
from ansvar.conversations.facts import FileBlocked
from ansvar.conversations.models import InboundMail, KeptFile
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


def let_pass(inbound: InboundMail | None, name: str, content: Iterable[bytes]) -> Scanned | None:
    """Show a file to the scanner, with the mail it came in; nothing when there is no scanner.

    What is harmful passes only with a mail that somebody let through knowing it: then the file is
    kept, and given to nobody.

    Raises: VirusFound.
    """
    scanned = scan(content)
    if scanned is None or scanned.verdict is not Verdict.FOUND:
        return scanned
    if inbound is None or not inbound.is_let_through_infected:
        raise VirusFound(name, scanned.signature)
    return scanned


def scan_again() -> int:
    """Look at the files that the scanner has not seen because it was away; returns how many.

    Ends with the first that it does not answer for. What is harmful is blocked.

    Records: FileBlocked.
    """
    seen = 0
    # Files of every kind of message, also of contexts above this one.
    for kind in KeptFile.__subclasses__():
        rows: QuerySet[KeptFile] = kind._default_manager.all()  # noqa: SLF001 - documented
        waiting = rows.filter(scan=KeptFile.Scan.UNSCANNED).order_by("pk")
        for file in waiting[:AT_ONCE]:
            scanned = scan(store.pieces_of(file.sha256))
            if scanned is None or scanned.verdict is Verdict.UNSCANNED:
                return seen
            _keep_verdict(kind, file.pk, scanned)
            seen += 1
    return seen


@command
def _keep_verdict(kind: type[KeptFile], file_id: int, scanned: Scanned) -> None:
    rows: QuerySet[KeptFile] = kind._default_manager.select_for_update()  # noqa: SLF001 - as above
    file = rows.filter(pk=file_id).first()
    # Its ticket may have been taken away, or another process was faster.
    if file is None or file.scan != KeptFile.Scan.UNSCANNED:
        return
    file.scan, file.signature = scanned.verdict, scanned.signature
    file.save(update_fields=["scan", "signature"])
    ticket = file.ticket
    if scanned.verdict is Verdict.FOUND:
        record(
            FileBlocked(
                subject_id=ticket.pk,
                message_id=file.message_id,
                attachment_id=file.pk,
                file=file.name,
                signature=scanned.signature,
            ),
            by=SYSTEM,
        )
    tell_pages(ticket)
