"""Writing on a ticket: answers to the requester, notes among agents, drafts, files."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations import store
from ansvar.conversations.commands.talking import (
    NewFile,
    recall_message,
    send_again,
    write_reply,
)
from ansvar.conversations.models import Message, OutboundMail
from ansvar.conversations.queries import visible_attachment, visible_message
from ansvar.conversations.showing import FRAME_POLICY, REMOTE_POLICY, body_document
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.tickets.commands import add_note, discard_draft, save_draft
from ansvar.ui import errors, render
from ansvar.ui.downloads import download
from ansvar.ui.middleware import content_policy
from ansvar.workbench.finding import ticket_id_of
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.gathering import TABS, draft_place
from ansvar.workbench.tickets.page import changed

LARGEST_FILES = 25 * 1024 * 1024
"""All files of one message together: what most mail servers let through."""
COMPOSED = ("composer", "top", "story", "side")


class TextForm(forms.Form):
    """Words."""

    text = forms.CharField(required=False, max_length=100_000, strip=False)


@page("POST", requires="ticket.reply")
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Write to the requester; the answer goes out when the time to undo has passed."""
    pk = ticket_id_of(request, reference)
    text, files = _text(request), request.FILES.getlist("files")
    if sum(file.size or 0 for file in files) > LARGEST_FILES:
        why = _("The files are larger than 25 MB together.")
        return _not_sent(request, reference, why=why, text=text)
    try:
        message = reply_with(pk, text=text, files=files, by=actor_of(request))
    except Refusal as refusal:
        return _not_sent(request, reference, why=str(refusal), text=text)
    undo = ""
    if OutboundMail.objects.filter(message=message, state=OutboundMail.State.QUEUED).exists():
        undo = reverse("message-recall", args=[reference, message.pk])
    said = _("Your answer is on its way.") if undo else _("Your answer is in the portal.")
    return changed(request, reference, said, undo_url=undo, parts=COMPOSED)


@page("POST", requires="ticket.note")
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Write among agents."""
    pk = ticket_id_of(request, reference)
    text = _text(request)
    try:
        is_attempt = request.POST.get("is_attempt") == "yes"
        add_note(pk, text=text, is_attempt=is_attempt, by=actor_of(request))
    except Refusal as refusal:
        return _not_sent(request, reference, why=str(refusal), text=text)
    discard_draft(person_id=reader_of(request).person.pk, place=draft_place(pk, "note"))
    return changed(request, reference, _("Your note is kept."), parts=COMPOSED)


@page("POST", requires="service.read")
def draft(request: HttpRequest, reference: str, tab: str) -> HttpResponse:
    """Keep what is being typed."""
    if tab not in TABS:
        raise Http404
    pk = ticket_id_of(request, reference)
    place = draft_place(pk, tab)
    save_draft(person_id=reader_of(request).person.pk, place=place, text=_text(request))
    return HttpResponse(status=204)


@page("POST", requires="ticket.reply")
def recall(request: HttpRequest, reference: str, message_id: int) -> HttpResponse:
    """Take an answer back before it is sent; its words are in the box again."""
    pk = ticket_id_of(request, reference)
    if not Message.objects.filter(pk=message_id, ticket=pk).exists():
        raise Http404
    recall_message(message_id, by=actor_of(request))
    said = _("Taken back. Your words are in the box again.")
    return changed(request, reference, said, parts=COMPOSED)


@page("POST", requires="ticket.reply")
def message_send_again(request: HttpRequest, reference: str, message_id: int) -> HttpResponse:
    """Try once more to send an answer that could not be sent."""
    pk = ticket_id_of(request, reference)
    if not Message.objects.filter(pk=message_id, ticket=pk).exists():
        raise Http404
    send_again(message_id, by=actor_of(request))
    return changed(request, reference, _("It is tried once more."))


@page(requires="service.read")
def message_html(request: HttpRequest, reference: str, message_id: int) -> HttpResponse:
    """Answer with a mail as it was written, for a frame in which nothing can run.

    Pictures from elsewhere and what was said before are in it when the reader asks.
    """
    ticket_id_of(request, reference)
    message = visible_message(reader_of(request).person, message_id)
    if message is None or message.ticket.reference != reference.upper() or not message.html:
        raise Http404
    with_remote = request.GET.get("pictures") == "1"
    page = body_document(message, with_remote=with_remote, whole=request.GET.get("whole") == "1")
    policy = REMOTE_POLICY if with_remote else FRAME_POLICY
    return content_policy(HttpResponse(page), policy)


@page(requires="service.read")
def ticket_file(request: HttpRequest, reference: str, file_id: int) -> HttpResponseBase:
    """Hand out a file that came with a message."""
    ticket_id_of(request, reference)
    found = visible_attachment(reader_of(request).person, file_id)
    if found is None or found.message.ticket.reference != reference.upper():
        raise Http404
    return download(store.pieces_of(found.sha256), name=found.name, size=found.size)


def reply_with(
    ticket_id: int, *, text: str, files: "Iterable[UploadedFile[Any]]", by: Actor
) -> Message:
    """Write to the people of a ticket, with files as a form brings them."""
    return write_reply(ticket_id, text=text, attachments=[_new(file) for file in files], by=by)


def _new(file: "UploadedFile[Any]") -> NewFile:
    return NewFile(
        name=file.name or "file",
        media_type=file.content_type or "application/octet-stream",
        content=file,
    )


def _text(request: HttpRequest) -> str:
    form = TextForm(request.POST)
    form.is_valid()
    return str(form.cleaned_data.get("text", ""))


def _not_sent(request: HttpRequest, reference: str, *, why: str, text: str) -> HttpResponse:
    """Say why nothing was sent; the words stay in the box, or in the draft without scripts."""
    if render.wants_fragment(request):
        answer = HttpResponse(status=422, headers={"HX-Reswap": "none"})
        return render.toast(answer, why, tone="red")
    back = reverse("ticket", args=[reference])
    return errors.stale_form(request, changes=[why], retry=back, typed=text)
