"""Which mails belong to the tasks of suppliers: by the thread, by our reference, by theirs.

A thread counts whoever writes in it, since nobody guesses its ids. A reference can be written by
anybody, so it counts only from an address that is known to be the supplier's; every other mail goes
the usual way.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from ansvar.conversations.claiming import Claim, Claimant, claimants
from ansvar.conversations.decisions import Way
from ansvar.conversations.models import OUR_IDS
from ansvar.conversations.parsing import Incoming
from ansvar.people.models import Desk
from ansvar.suppliers.commands.receiving import take_in
from ansvar.suppliers.decisions import task_references_in, their_reference_in
from ansvar.suppliers.models import Supplier, SupplierMessage, SupplierTask
from ansvar.suppliers.small_tables import WRITERS

OUR_SUPPLIER_IDS = f"{OUR_IDS}supplier."
"""How the Message-IDs of mails to suppliers begin."""


class MailOfSuppliers:
    """Finds the task that a mail belongs to."""

    def sent(self, message_id: str) -> bool:
        """Tell whether a mail to a supplier has this id."""
        if not message_id.startswith(OUR_SUPPLIER_IDS):
            return False
        ours = SupplierMessage.objects.filter(message_id=message_id)
        return ours.filter(direction=SupplierMessage.Direction.OUT, inbound=None).exists()

    def claim(self, mail: Incoming, *, desk: Desk, sender: str) -> Claim | None:
        """Return the task of a mail, if it belongs to one."""
        task = _by_id([*(one.message_id for one in mail.bounces), *mail.references], desk)
        if task is not None:
            return _claim(task, Way.MESSAGE_ID)
        suppliers = suppliers_at(sender)
        if not suppliers:
            return None
        task = _by_reference(mail.subject, suppliers, desk) or _by_theirs(
            mail.subject, suppliers, desk
        )
        return _claim(task, Way.REFERENCE) if task is not None else None


def suppliers_at(sender: str) -> list[Supplier]:
    """Return the suppliers for whom somebody with this address writes."""
    if not sender.rpartition("@")[2]:
        return []
    ids = [one.supplier_id for one in WRITERS.present() if one.is_behind(sender)]
    return list(Supplier.objects.filter(pk__in=ids).order_by("pk")) if ids else []


def _by_id(ids: Iterable[str], desk: Desk) -> SupplierTask | None:
    wanted = [one for one in ids if one]
    if not wanted:
        return None
    rows = SupplierMessage.objects.filter(message_id__in=wanted, task__desk=desk)
    by_id = {one.message_id: one.task for one in rows.select_related("task").order_by("-pk")}
    return next((by_id[one] for one in wanted if one in by_id), None)


def _by_reference(subject: str, suppliers: list[Supplier], desk: Desk) -> SupplierTask | None:
    named = task_references_in(subject)
    if not named:
        return None
    return _sent(desk).filter(supplier__in=suppliers, reference__in=named).first()


def _by_theirs(subject: str, suppliers: list[Supplier], desk: Desk) -> SupplierTask | None:
    """Return the latest task that the subject names by the supplier's own reference."""
    for supplier in suppliers:
        theirs = their_reference_in(subject, supplier.pattern, ours="")
        if theirs:
            rows = _sent(desk).filter(supplier=supplier, their_reference__iexact=theirs)
            task = rows.order_by("-drafted_at", "-pk").first()
            if task is not None:
                return task
    return None


def _sent(desk: Desk) -> QuerySet[SupplierTask]:
    return SupplierTask.objects.filter(desk=desk, sent_at__isnull=False)


def _claim(task: SupplierTask, way: Way) -> Claim:
    return Claim(
        reference=task.reference,
        ticket_id=task.ticket_id,
        way=way,
        take=lambda inbound, mail, *, by: take_in(task.pk, inbound, mail, by=by),
    )


_ours: Claimant = MailOfSuppliers()
claimants.add("suppliers")(_ours)
