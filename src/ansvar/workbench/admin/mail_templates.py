"""The words of the mails that Ansvar writes by itself, desk by desk and language by language."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from markupsafe import Markup

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations.commands import reset_mail_template, set_mail_template
from ansvar.conversations.composing import html_of, plain_of
from ansvar.conversations.models import MailTemplate
from ansvar.conversations.templates import (
    KINDS,
    LONGEST,
    MEANINGS,
    Kind,
    built_in,
    check_template,
    example_values,
    filled,
    template_for,
)
from ansvar.people.models import Desk
from ansvar.workbench.admin.framing import history_of, shown
from ansvar.workbench.finding import on_own_desks

PLACE = "admin-mail-templates"


class TemplateForm(forms.Form):
    """The words of one mail in one language."""

    text = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "true"}),
        help_text=gettext_lazy(
            "Markdown: **strong**, - for lists, [words]({link}). A line whose place has nothing to "
            "say is left out."
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A mail filled with an example, in both forms in which it is sent."""

    plain: str
    html: Markup


@page(requires="mailbox.manage")
def mail_templates(request: HttpRequest) -> HttpResponse:
    """Go to the mails of the desk, or choose the desk."""
    own = Desk.objects.filter(on_own_desks(request, "mailbox.manage", "pk"), is_active=True)
    desks = list(own)
    if len(desks) == 1:
        return redirect("admin-desk-mails", desks[0].pk)
    return shown(request, "mail-templates.html", {"desks": desks}, place=PLACE)


@page(requires="mailbox.manage")
def desk_mails(request: HttpRequest, desk_id: int) -> HttpResponse:
    """List the mails that a desk sends by itself, with whose words they have in each language."""
    desk = _desk(request, desk_id)
    own = set(MailTemplate.objects.filter(desk=desk).values_list("kind", "language"))
    rows = [
        (key, kind, [(code, str(name), (key, code) in own) for code, name in settings.LANGUAGES])
        for key, kind in KINDS.items()
    ]
    context = {"desk": desk, "rows": rows, "told": history_of("desk", desk.pk)}
    return shown(request, "desk-mails.html", context, place=PLACE)


@page("GET", "POST", requires="mailbox.manage")
def desk_mail(request: HttpRequest, *, desk_id: int, kind: str, language: str) -> HttpResponse:
    """Show and change a mail; `preview` fills in an example and keeps nothing."""
    desk = _desk(request, desk_id)
    about = KINDS.get(kind)
    if about is None or language not in dict(settings.LANGUAGES):
        raise Http404
    own = MailTemplate.objects.filter(desk=desk, kind=kind, language=language).first()
    if "reset" in request.POST:
        reset_mail_template(desk.pk, kind=kind, language=language, by=actor_of(request))
        messages.success(request, _("The built-in words are in use again."))
        return redirect("admin-desk-mail", desk.pk, kind, language)
    text = own.text if own else _offered(desk, kind, language)
    form = TemplateForm(request.POST or None, initial={"text": text})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if _is_right(form, kind) and "preview" not in request.POST:
            set_mail_template(
                desk.pk, kind=kind, language=language, text=text, by=actor_of(request)
            )
            messages.success(request, _("These words are used from the next mail on."))
            return redirect("admin-desk-mail", desk.pk, kind, language)
    context = {
        "desk": desk,
        "kind": about,
        "language": dict(settings.LANGUAGES)[language],
        "form": form,
        "is_own": own is not None,
        "preview": None if form.errors else preview_of(text, language),
        "is_draft": "preview" in request.POST,
        "placeholders": _placeholders(about),
    }
    status = 422 if form.errors else 200
    return shown(request, "desk-mail.html", context, place=PLACE, status=status)


def preview_of(text: str, language: str) -> Preview:
    """Return how a mail looks with an example in it."""
    with override(language):
        words = filled(text, example_values())
    # html_of leaves nothing in it that could run.
    return Preview(plain=plain_of(words), html=Markup(html_of(words)))  # noqa: S704


def _desk(request: HttpRequest, desk_id: int) -> Desk:
    return get_object_or_404(Desk, on_own_desks(request, "mailbox.manage", "pk"), pk=desk_id)


def _offered(desk: Desk, kind: str, language: str) -> str:
    """Return what there is to begin with: the built-in words, or those used in their stead."""
    return built_in(kind, language) or template_for(desk, kind, language).text


def _is_right(form: TemplateForm, kind: str) -> bool:
    try:
        check_template(kind, form.cleaned_data["text"])
    except ValidationError as error:
        form.add_error("text", error.message_dict["text"])
    return form.is_valid()


def _placeholders(kind: Kind) -> list[tuple[str, str, bool]]:
    return [
        (f"{{{name}}}", str(meaning), name in kind.required)
        for name, meaning in MEANINGS.items()
        if name in kind.allowed
    ]
