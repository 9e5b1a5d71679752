"""The page of one task: what was said with the supplier, and what to do next."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations import store
from ansvar.conversations.composing import html_of
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.people.decisions import BadAddress
from ansvar.suppliers.commands import (
    finish_supplier_task,
    note_answer,
    note_their_reference,
    recall_supplier_mail,
    remind_supplier,
    send_draft,
    send_supplier_mail_again,
    take_as_answer,
    withdraw_supplier_task,
    write_to_supplier,
)
from ansvar.suppliers.models import SupplierMessage, SupplierTask
from ansvar.suppliers.queries import file_seen, thread_of
from ansvar.ui.downloads import download
from ansvar.workbench.reading import reader_of
from ansvar.workbench.suppliers.asking import NO_MAIL, new_files, recipients_of
from ansvar.workbench.suppliers.framing import in_frame, promises_of, task_of
from ansvar.workbench.tickets.replying import LARGEST_FILES


class WordsForm(forms.Form):
    """Further words to the supplier."""

    words = forms.CharField(
        label=gettext_lazy("Write to the supplier"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 5, "data-send": True}),
    )
    recipient = forms.ChoiceField(label=gettext_lazy("Goes to"))
    asks_again = forms.BooleanField(
        label=gettext_lazy("It has to act again"),
        required=False,
        help_text=gettext_lazy("Then the ticket waits for it once more."),
    )

    def __init__(self, task: SupplierTask, data: Any = None, **more: Any) -> None:
        initial = {"recipient": task.recipient or NO_MAIL, "asks_again": not task.is_out}
        super().__init__(data, initial=initial, **more)
        recipient = self.fields["recipient"]
        assert isinstance(recipient, forms.ChoiceField)  # noqa: S101 - declared above
        recipient.choices = _recipients(task)
        if task.is_out:
            del self.fields["asks_again"]


class AnsweredForm(forms.Form):
    """What the supplier said otherwise than by mail."""

    words = forms.CharField(
        label=gettext_lazy("What did it say?"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-send": True}),
    )


@page(requires="supplier.read")
def supplier_task(request: HttpRequest, task_reference: str) -> HttpResponse:
    """Show a task with what was said."""
    return _shown(request, task_of(request, task_reference))


def _shown(
    request: HttpRequest,
    task: SupplierTask,
    *,
    words: WordsForm | None = None,
    answered_form: AnsweredForm | None = None,
) -> HttpResponse:
    said = thread_of(task)
    wrong = any(form is not None and form.errors for form in (words, answered_form))
    context = {
        "task": task,
        "ticket": task.ticket,
        "said": [(one, html_of(one.text) if _is_ours(one) else "") for one in said],
        "now": clock.now(),
        "promise": promises_of([task]).get(task.pk),
        "words": words or WordsForm(task),
        "answered_form": answered_form or AnsweredForm(),
        "came": any(one.direction == SupplierMessage.Direction.IN for one in said),
        "rights": {"work": reader_of(request).may("ticket.work", task.ticket)},
    }
    return in_frame(request, "task.html", context, place="", status=422 if wrong else 200)


def _is_ours(message: SupplierMessage) -> bool:
    return message.direction == SupplierMessage.Direction.OUT and message.inbound_id is None


@page("POST", requires="ticket.work")
def write(request: HttpRequest, task_reference: str) -> HttpResponse:
    """Write to the supplier."""
    task = task_of(request, task_reference)
    form = WordsForm(task, request.POST)
    if sum(file.size or 0 for file in request.FILES.getlist("files")) > LARGEST_FILES:
        form.add_error(None, _("The files are larger than 25 MB together."))
    if form.is_valid():
        wanted = form.cleaned_data
        recipient = wanted["recipient"]
        try:
            write_to_supplier(
                task.pk,
                words=wanted["words"],
                files=new_files(request),
                asks_again=wanted.get("asks_again", False),
                recipient="" if recipient == NO_MAIL else recipient or None,
                by=actor_of(request),
            )
        except (Refusal, BadAddress) as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Kept.") if recipient == NO_MAIL else _("It is on its way.")
            return _done(request, task, said)
    return _shown(request, task, words=form)


@page("POST", requires="ticket.work")
def answered(request: HttpRequest, task_reference: str) -> HttpResponse:
    """Write down what the supplier said on the phone."""
    task = task_of(request, task_reference)
    form = AnsweredForm(request.POST)
    if form.is_valid():
        try:
            note_answer(task.pk, words=form.cleaned_data["words"], by=actor_of(request))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, task, _("Kept as its answer."))
    return _shown(request, task, answered_form=form)


def _simple(
    command: Callable[[SupplierTask, HttpRequest, Actor], object], said: Callable[[], str]
) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, task_reference: str) -> HttpResponse:
        task = task_of(request, task_reference)
        command(task, request, actor_of(request))
        return _done(request, task, said())

    return view


send = page("POST", requires="ticket.work")(
    _simple(lambda task, _request, by: send_draft(task.pk, by=by), lambda: _("It is asked."))
)
remind = page("POST", requires="ticket.work")(
    _simple(
        lambda task, _request, by: remind_supplier(task.pk, by=by),
        lambda: _("The supplier is reminded."),
    )
)
take = page("POST", requires="ticket.work")(
    _simple(
        lambda task, _request, by: take_as_answer(task.pk, by=by),
        lambda: _("Taken as its answer."),
    )
)
done = page("POST", requires="ticket.work")(
    _simple(
        lambda task, _request, by: finish_supplier_task(task.pk, by=by),
        lambda: _("Nothing more is asked of it."),
    )
)
withdraw = page("POST", requires="ticket.work")(
    _simple(
        lambda task, request, by: withdraw_supplier_task(
            task.pk,
            why=request.POST.get("why", "")[:500],
            tells=request.POST.get("tells") == "on",
            by=by,
        ),
        lambda: _("It is withdrawn."),
    )
)
their_reference = page("POST", requires="ticket.work")(
    _simple(
        lambda task, request, by: note_their_reference(
            task.pk, theirs=request.POST.get("theirs", "")[:80], by=by
        ),
        lambda: _("Kept."),
    )
)


def _with_message(
    command: Callable[[int, Actor], object], said: Callable[[], str]
) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, task_reference: str, said_id: int) -> HttpResponse:
        task = task_of(request, task_reference)
        if not task.messages.filter(pk=said_id).exists():
            raise Http404
        command(said_id, actor_of(request))
        return _done(request, task, said())

    return view


recall = page("POST", requires="ticket.work")(
    _with_message(
        lambda pk, by: recall_supplier_mail(pk, by=by), lambda: _("Taken back, nothing was sent.")
    )
)
again = page("POST", requires="ticket.work")(
    _with_message(
        lambda pk, by: send_supplier_mail_again(pk, by=by), lambda: _("It is tried once more.")
    )
)


@page(requires="supplier.read")
def file(request: HttpRequest, task_reference: str, sent_file_id: int) -> HttpResponseBase:
    """Hand out a file of a task."""
    found = file_seen(reader_of(request).person, task_reference, sent_file_id)
    if found is None:
        raise Http404
    return download(store.pieces_of(found.sha256), name=found.name, size=found.size)


def _done(request: HttpRequest, task: SupplierTask, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("supplier-task", task.reference)


def _recipients(task: SupplierTask) -> list[tuple[str, str]]:
    offered = recipients_of(task.supplier)
    if task.recipient and task.recipient not in dict(offered):
        offered.insert(0, (task.recipient, task.recipient))
    return offered
