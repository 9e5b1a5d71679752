"""Who is told what suppliers say: whoever holds the ticket, and whoever asked."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.ownership.addressing import told_of_holder
from ansvar.suppliers.facts import SupplierMailFailed, SupplierWrote
from ansvar.suppliers.models import SupplierTask

KIND = "supplier"

kinds.add(KIND)(
    NoticeKind(
        label=_("what suppliers answer"),
        icon="building",
        sentences={
            "answered": _("{supplier} answered {task}: {about}"),
            "wrote": _("{supplier} wrote about {task}: {about}"),
            "unknown": _("Somebody unknown wrote about {task} at {supplier}: {about}"),
            "failed": _("The mail about {task} did not reach {supplier}: {about}"),
        },
    )
)


@react(SupplierWrote)
def tell_what_supplier_says(fact: SupplierWrote, entry: Entry) -> None:
    """Tell of words, not of what programs write."""
    if fact.is_automatic:
        return
    sentence = "answered" if fact.is_answer else "wrote"
    if not fact.is_of_supplier:
        sentence = "unknown"
    _tell(fact.task_id, sentence, key=f"{fact.message_id}:{sentence}", but=entry.actor.person_id)


@react(SupplierMailFailed)
def tell_what_did_not_reach_supplier(fact: SupplierMailFailed, entry: Entry) -> None:
    """Tell that the supplier knows nothing, as long as somebody believes that it works on it."""
    _tell(
        fact.task_id,
        "failed",
        key=f"{fact.message_id}:failed:{clock.now():%Y%m%d%H%M%S}",
        but=entry.actor.person_id,
    )


def _tell(task_id: int, sentence: str, *, key: str, but: int | None) -> None:
    rows = SupplierTask.objects.select_related("ticket", "supplier__organisation")
    task = rows.get(pk=task_id)
    values: Mapping[str, Any] = {
        "supplier": str(task.supplier),
        "task": task.reference,
        "about": task.subject,
    }
    people = told_of_holder(task.ticket, clock.now()) | {task.asked_by_id}
    tell(
        Telling(
            people={who for who in people if who is not None and who != but},
            kind=KIND,
            sentence=sentence,
            key=f"{KIND}:{key}",
            ticket=task.ticket,
            values=values,
        )
    )
