"""What can happen with suppliers: on a ticket, and to what is known of a supplier."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.facts import Changes, Fact, Ref
from ansvar.suppliers.decisions import TaskState

SupplierId = Annotated[int, Ref("supplier")]
TaskId = Annotated[int, Ref("supplier_task")]
TicketId = Annotated[int, Ref("ticket")]


@dataclass(frozen=True, kw_only=True)
class SupplierRegistered(
    Fact, name="supplier.registered", wording=_("made {title} known as a supplier")
):
    """An organisation became a supplier of the desks."""

    title: str


@dataclass(frozen=True, kw_only=True)
class SupplierChanged(Fact, name="supplier.changed", wording=_("changed {changes}")):
    """What is known of a supplier changed: how it is reached, what is agreed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class SupplierTaskDrafted(
    Fact,
    name="ticket.supplier_task_drafted",
    wording=_("wrote a draft of what {supplier} is to be asked ({task})"),
):
    """What a supplier is to be asked was written down, or changed, and not sent yet."""

    task_id: TaskId
    supplier_id: SupplierId


@dataclass(frozen=True, kw_only=True)
class SupplierAsked(
    Fact, name="ticket.supplier_asked", wording=_("asked {supplier}: {title} ({task})")
):
    """A supplier got a task, or got one back that it had answered."""

    task_id: TaskId
    supplier_id: SupplierId
    title: str
    holds_ticket: bool
    message_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class SupplierTold(
    Fact, name="ticket.supplier_told", wording=_("wrote to {supplier} about {task}")
):
    """The desk said something more to a supplier about its task."""

    task_id: TaskId
    supplier_id: SupplierId
    message_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierReminded(
    Fact, name="ticket.supplier_reminded", wording=_("reminded {supplier} of {task}")
):
    """A supplier was reminded of a task it has not answered."""

    task_id: TaskId
    supplier_id: SupplierId
    message_id: int
    count: int


@dataclass(frozen=True, kw_only=True)
class SupplierWrote(
    Fact, name="ticket.supplier_wrote", wording=_("{supplier} wrote about {task}{manner}")
):
    """Something came in on the task of a supplier; an answer ends its turn."""

    task_id: TaskId
    supplier_id: SupplierId
    message_id: int
    is_answer: bool
    is_automatic: bool = False
    is_of_supplier: bool = True
    """False when the sender is not known to write for the supplier."""

    @override
    def words(self) -> dict[str, str]:
        if self.is_automatic:
            return {"manner": str(_(", by a program"))}
        if not self.is_of_supplier:
            return {"manner": str(_(", from an address that is not known as its own"))}
        return {"manner": ""}


@dataclass(frozen=True, kw_only=True)
class SupplierReferenceNoted(
    Fact,
    name="ticket.supplier_reference_noted",
    wording=_("noted that {task} is {theirs} at {supplier}"),
):
    """The number under which a supplier keeps a task came to be known."""

    task_id: TaskId
    supplier_id: SupplierId
    theirs: str


@dataclass(frozen=True, kw_only=True)
class SupplierTaskEnded(
    Fact, name="ticket.supplier_task_ended", wording=_("ended {task} with {supplier}: {how}")
):
    """What a supplier was asked is done, or was withdrawn."""

    task_id: TaskId
    supplier_id: SupplierId
    state: str
    why: str = ""

    @override
    def words(self) -> dict[str, str]:
        names = {TaskState.DONE: _("done"), TaskState.WITHDRAWN: _("withdrawn")}
        name = str(names.get(TaskState(self.state), self.state))
        return {"how": f"{name}. {self.why}".removesuffix(". ")}


@dataclass(frozen=True, kw_only=True)
class SupplierMailRecalled(
    Fact,
    name="ticket.supplier_mail_recalled",
    wording=_("took the mail to {supplier} about {task} back before it was sent"),
):
    """A mail to a supplier was taken back before it left."""

    task_id: TaskId
    supplier_id: SupplierId


@dataclass(frozen=True, kw_only=True)
class SupplierMailFailed(
    Fact,
    name="ticket.supplier_mail_failed",
    wording=_("the mail about {task} to {recipient} could not be delivered: {error}"),
):
    """A mail to a supplier did not reach it."""

    task_id: TaskId
    supplier_id: SupplierId
    message_id: int
    recipient: str
    error: str


@dataclass(frozen=True, kw_only=True)
class SupplierMailSentAgain(
    Fact,
    name="ticket.supplier_mail_sent_again",
    wording=_("sends the mail to {supplier} about {task} once more"),
):
    """Somebody tries once more to send a mail to a supplier that failed."""

    task_id: TaskId
    supplier_id: SupplierId
    message_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierTaskMoved(
    Fact, name="ticket.supplier_task_moved", wording=_("goes on with {task} of {previous}")
):
    """What a supplier was asked goes on with the ticket that a duplicate was merged into."""

    task_id: TaskId
    supplier_id: SupplierId
    previous_id: TicketId
