"""Writing what a supplier is asked: who, in which words, with which files."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations.commands import NewFile
from ansvar.conversations.models import Attachment, Mailbox
from ansvar.conversations.templates import as_words, filled, template_for
from ansvar.kernel.refusal import Refusal
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Desk
from ansvar.suppliers.commands import Errand, ask_supplier, change_draft
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.models import Supplier, SupplierMessage, SupplierTask
from ansvar.suppliers.queries import suppliers_for
from ansvar.suppliers.wording import TASK
from ansvar.tickets.models import Ticket
from ansvar.workbench.suppliers.framing import in_frame, task_of
from ansvar.workbench.tickets.page import ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of
from ansvar.workbench.tickets.replying import LARGEST_FILES

NO_MAIL = "-"


class ErrandForm(forms.Form):
    """What one supplier is asked."""

    subject = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=200,
        help_text=gettext_lazy("The subject of the mail: no names of people."),
    )
    words = forms.CharField(
        label=gettext_lazy("What is it to do?"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 12, "data-send": True}),
        help_text=gettext_lazy("It reads these words and the files you choose; nothing else."),
    )
    recipient = forms.ChoiceField(label=gettext_lazy("Goes to"))
    copied = forms.MultipleChoiceField(
        label=gettext_lazy("Files of the ticket that go along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    holds_ticket = forms.BooleanField(
        label=gettext_lazy("The ticket waits meanwhile"),
        required=False,
        initial=True,
        help_text=gettext_lazy("The time at the supplier counts by its contract."),
    )

    def __init__(
        self, supplier: Supplier, files: Iterable[Attachment], data: Any = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        recipient, copied = self.fields["recipient"], self.fields["copied"]
        assert isinstance(recipient, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(copied, forms.MultipleChoiceField)  # noqa: S101 - as above
        recipient.choices = recipients_of(supplier)
        copied.choices = [(str(one.pk), one.name) for one in files]


@page("GET", "POST", requires="ticket.work")
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose a supplier and write what it is asked."""
    ticket = ticket_of(request, reference)
    offered = list(suppliers_for(ticket.desk_id))
    chosen = request.POST.get("supplier") or request.GET.get("supplier", "")
    supplier = next((one for one in offered if str(one.pk) == chosen), None)
    if supplier is None and len(offered) == 1:
        supplier = offered[0]
    if supplier is None:
        return _choose(request, ticket, offered)
    files = list(_files_of(ticket))
    is_draft = "draft" in request.POST

    def command(wanted: dict[str, Any]) -> None:
        errand = _errand(request, supplier, wanted)
        ask_supplier(
            ticket.pk,
            errand=errand,
            is_draft=is_draft,
            version=version_of(request),
            by=actor_of(request),
        )

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Ask %(supplier)s") % {"supplier": supplier},
            "form": form,
            "supplier": supplier,
            "several": len(offered) > 1,
            "has_mailbox": _has_mailbox(now.desk),
            "wide": True,
        }
        return panel(request, "ask-supplier", now, context, status=status)

    if request.method != "POST":
        initial = {"words": words_for(supplier, ticket.desk)}
        if not _has_mailbox(ticket.desk):
            initial["recipient"] = NO_MAIL
        return show(ticket, ErrandForm(supplier, files, initial=initial))
    said = _("The draft is kept.") if is_draft else _("%(name)s is asked.") % {"name": supplier}
    form = ErrandForm(supplier, files, request.POST)
    return carry_out(request, reference, _sized(form, request), command, said=said, show=show)


@page("GET", "POST", requires="ticket.work")
def draft(request: HttpRequest, task_reference: str) -> HttpResponse:
    """Go on writing a draft."""
    task = task_of(request, task_reference)
    if not task.is_draft:
        return redirect("supplier-task", task.reference)
    files = list(_files_of(task.ticket))
    form = ErrandForm(task.supplier, files, request.POST or None, initial=_of_draft(task))
    if request.method == "POST" and _sized(form, request).is_valid():
        try:
            errand = _errand(request, task.supplier, form.cleaned_data)
            change_draft(task.pk, errand=errand, by=actor_of(request))
        except (Refusal, BadAddress) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("supplier-task", task.reference)
    context = {"task": task, "form": form, "has_mailbox": _has_mailbox(task.ticket.desk)}
    status = 422 if form.errors else 200
    return in_frame(request, "draft.html", context, place="suppliers", status=status)


def _choose(request: HttpRequest, ticket: Ticket, offered: list[Supplier]) -> HttpResponse:
    out = SupplierTask.objects.filter(state=TaskState.WITH_SUPPLIER, supplier__in=offered)
    counts: dict[int, int] = {}
    for pk in out.values_list("supplier_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    context = {
        "title": _("Which supplier?"),
        "offered": [(one, counts.get(one.pk, 0)) for one in offered],
    }
    return panel(request, "choose-supplier", ticket, context)


def recipients_of(supplier: Supplier) -> list[tuple[str, str]]:
    """Return where a task can go: the supplier's address, its people, or nowhere by mail."""
    found = [(supplier.address, supplier.address)] if supplier.address else []
    found += [
        (one.address, f"{one.name}, {one.address}")
        for one in supplier.contacts.all()
        if one.address and one.address != supplier.address
    ]
    return [*found, (NO_MAIL, _("no mail: asked by phone or on its portal"))]


def words_for(supplier: Supplier, desk: Desk) -> str:
    """Return the words a task begins with: the desk's, in the supplier's language."""
    template = template_for(desk, TASK, supplier.language)
    with override(template.language):
        name = as_words(supplier.organisation.name)
        return filled(template.text, {"name": name, "desk": desk.name})


def new_files(request: HttpRequest) -> list[NewFile]:
    """Return the files that a form brings."""
    return [_new(file) for file in request.FILES.getlist("files")]


def _new(file: "UploadedFile[Any]") -> NewFile:
    return NewFile(
        name=file.name or "file",
        media_type=file.content_type or "application/octet-stream",
        content=file,
    )


def _errand(request: HttpRequest, supplier: Supplier, wanted: dict[str, Any]) -> Errand:
    recipient = wanted["recipient"]
    return Errand(
        supplier=supplier,
        subject=wanted["subject"],
        words=wanted["words"],
        recipient="" if recipient == NO_MAIL else recipient or None,
        holds_ticket=wanted["holds_ticket"],
        files=new_files(request),
        copied=[int(one) for one in wanted["copied"]],
    )


def _sized(form: ErrandForm, request: HttpRequest) -> ErrandForm:
    """Refuse files that no mail server lets through."""
    if sum(file.size or 0 for file in request.FILES.getlist("files")) > LARGEST_FILES:
        form.add_error(None, _("The files are larger than 25 MB together."))
    return form


def _files_of(ticket: Ticket) -> Iterable[Attachment]:
    rows = Attachment.objects.filter(
        message__ticket=ticket, content_id="", is_signature=False
    ).exclude(scan=Attachment.Scan.FOUND)
    return rows.order_by("pk")


def _has_mailbox(desk: Desk) -> bool:
    return Mailbox.objects.filter(desk=desk, is_active=True).exists()


def _of_draft(task: SupplierTask) -> dict[str, Any]:
    message = task.messages.get(purpose=SupplierMessage.Purpose.TASK)
    return {
        "subject": task.subject,
        "words": message.text,
        "recipient": task.recipient or NO_MAIL,
        "holds_ticket": task.holds_ticket,
    }
