"""Reporting something: one line first, everything else if one likes."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import LOGGED_IN, page
from ansvar.catalogue.decisions import Outcome, parse_tree, walk
from ansvar.catalogue.models import ScriptVersion, Service
from ansvar.catalogue.queries import offered_services, published_script
from ansvar.conversations.commands import VirusFound, post_message
from ansvar.insight.explaining import how_it_is_counted
from ansvar.kernel.given_answers import answer_once
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Desk, Person
from ansvar.people.queries import person_by_email
from ansvar.portal.files import FilesField, new_files
from ansvar.portal.promising import told_on_form
from ansvar.portal.reading import own_ticket, person_of, services_by_desk
from ansvar.tickets.commands import open_ticket
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket
from ansvar.ui import render

KINDS = {
    Kind.INCIDENT: (gettext_lazy("Something does not work"), gettext_lazy("or works badly")),
    Kind.REQUEST: (gettext_lazy("I need something"), gettext_lazy("a thing, a right, a change")),
    Kind.QUESTION: (gettext_lazy("I have a question"), gettext_lazy("how to, who, when")),
    Kind.COMPLAINT: (gettext_lazy("I am not content"), gettext_lazy("with what we do or how")),
}


class ReportForm(forms.Form):
    """What somebody tells the desk."""

    subject = forms.CharField(label=gettext_lazy("In one line: what is it?"), max_length=250)
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of matter is it?"),
        choices=[(kind.value, words[0]) for kind, words in KINDS.items()],
    )
    about = forms.CharField(
        label=gettext_lazy("What is it about?"),
        error_messages={"required": gettext_lazy("Choose a service, or “something else”.")},
    )
    details = forms.CharField(
        label=gettext_lazy("More, if you like"), required=False, max_length=100_000
    )
    attached = FilesField(label=gettext_lazy("Photos or files"), required=False)
    colleague = forms.CharField(
        label=gettext_lazy("Their e-mail address"), required=False, max_length=254
    )
    once = forms.UUIDField()

    def clean_about(self) -> tuple[Desk, Service | None]:
        """Return the desk and the service that were chosen."""
        kind, _separator, number = str(self.cleaned_data["about"]).partition(":")
        pk = int(number) if number.isascii() and number.isdigit() else 0
        if kind == "service":
            service = offered_services().filter(pk=pk).first()
            if service is not None:
                return service.desk, service
        desk = Desk.objects.filter(pk=pk, is_active=True).first() if kind == "desk" else None
        if desk is None:
            raise forms.ValidationError(_("This is not offered any more. Choose another."))
        return desk, None

    def clean_colleague(self) -> Person | None:
        """Return the colleague for whom it is, if it is for one."""
        address = str(self.cleaned_data["colleague"]).strip()
        if not address:
            return None
        try:
            person = person_by_email(address)
        except BadAddress as bad:
            raise forms.ValidationError(str(bad)) from None
        if person is None or not person.is_active:
            raise forms.ValidationError(
                _("We know nobody with this address. Leave it empty and name them in your words.")
            )
        return person


@page("GET", "POST", requires=LOGGED_IN)
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, and take up what was told."""
    if request.method == "POST":
        form = ReportForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                ticket = _taken_up(request, form.cleaned_data)
            except VirusFound as refusal:
                form.add_error("attached", str(refusal))
                return _form_page(request, form, dict(request.POST.items()), status=422)
            messages.success(request, _thanks(ticket))
            has_questions = published_script(ticket.desk_id, ticket.service_id) is not None
            return redirect(
                "portal-questions" if has_questions else "portal-ticket", ticket.reference
            )
        return _form_page(request, form, dict(request.POST.items()), status=422)
    given = {
        "subject": request.GET.get("subject", "")[:250],
        "kind": asked if (asked := request.GET.get("kind")) in KINDS else Kind.INCIDENT.value,
        "about": _about_from(request),
        "once": str(uuid.uuid4()),
    }
    return _form_page(request, ReportForm(), given)


def _about_from(request: HttpRequest) -> str:
    if service := request.GET.get("service", ""):
        return f"service:{service}"
    if desk := request.GET.get("desk", ""):
        return f"desk:{desk}"
    desks = Desk.objects.filter(is_active=True)[:2]
    return f"desk:{desks[0].pk}" if len(desks) == 1 else ""


def _form_page(
    request: HttpRequest, form: ReportForm, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    groups = services_by_desk()
    context = {
        "form": form,
        "given": given,
        "kinds": [(kind.value, *words) for kind, words in KINDS.items()],
        "groups": groups,
        "promises": told_on_form(groups),
        "counted": how_it_is_counted(),
        "person": person_of(request),
    }
    return render.page(request, "portal/report.html", context, status=status)


def _taken_up(request: HttpRequest, told: dict[str, Any]) -> Ticket:
    """Return the ticket of a report; sending the same form twice makes one."""
    actor = actor_of(request)
    me = person_of(request)

    def make() -> tuple[int, Any]:
        desk, service = told["about"]
        ticket = open_ticket(
            desk=desk,
            requester=told["colleague"] or me,
            reporter=me,
            subject=told["subject"],
            description=told["details"].strip(),
            kind=Kind(told["kind"]),
            channel="portal",
            language=me.language,
            service=service,
            by=actor,
        )
        if told["attached"]:
            post_message(ticket.pk, text="", attachments=new_files(told["attached"]), by=actor)
        return 201, {"ticket": ticket.pk}

    (_status, body), _is_repeat = answer_once(
        actor_id=me.pk, key=f"report:{told['once']}", fingerprint="report", make=make
    )
    return Ticket.objects.get(pk=body["ticket"])


def _thanks(ticket: Ticket) -> str:
    return _("Thank you. We have it: %(reference)s.") % {"reference": ticket.reference}


@page("GET", "POST", requires=LOGGED_IN)
def questions(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the impact script; the answers are told to the desk, which decides."""
    ticket = own_ticket(request, reference)
    version = published_script(ticket.desk_id, ticket.service_id)
    if version is None or not ticket.is_open or ticket.is_classified:
        return redirect("portal-ticket", ticket.reference)
    asked = request.POST if request.method == "POST" else request.GET
    answers = [int(one) for one in asked.getlist("a") if one.isascii() and one.isdigit()]
    place = walk(parse_tree(version.tree), answers)
    if request.method == "POST" and isinstance(place, Outcome):
        post_message(ticket.pk, text=_told(place, version), by=actor_of(request))
        messages.success(request, _("Thank you, that helps us to take the right things first."))
        return redirect("portal-ticket", ticket.reference)
    context = {
        "ticket": ticket,
        "answers": answers,
        "path": place.path,
        "place": place,
        "is_end": isinstance(place, Outcome),
    }
    return render.page(request, "portal/questions.html", context)


def _told(outcome: Outcome, version: ScriptVersion) -> str:
    """Return the answers as words on the ticket, with the impact they propose."""
    lines = [f"– {step.question} {step.answer}" for step in outcome.path]
    proposed = _("By %(script)s, version %(number)s, this proposes impact %(impact)s.") % {
        "script": version.script.name,
        "number": version.number,
        "impact": outcome.impact,
    }
    return "\n".join([_("How it is for us:"), *lines, "", proposed])
