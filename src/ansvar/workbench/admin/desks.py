"""Desks, their teams and who works in them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel.rights import require
from ansvar.people.commands import (
    add_member,
    create_desk,
    create_team,
    edit_desk,
    edit_team,
    remove_member,
    set_lead,
)
from ansvar.people.models import Calendar, Desk, Membership, Team
from ansvar.workbench.admin.framing import carried_out, history_of, list_page, shown
from ansvar.workbench.admin.places import in_use
from ansvar.workbench.choosing import PersonField, found_for
from ansvar.workbench.finding import on_own_desks


class DeskForm(forms.Form):
    """A desk."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    prefix = forms.RegexField(  # type: ignore[assignment]  # a declared field, not Form.prefix
        r"^[A-Z][A-Z0-9]{0,5}$",
        label=gettext_lazy("Prefix of references"),
        help_text=gettext_lazy(
            "Capitals before the number of a ticket, such as IT in IT-1042. References given out"
            " before keep theirs."
        ),
        error_messages={
            "invalid": gettext_lazy("One to six capitals and digits, a capital first.")
        },
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    calendar = forms.ModelChoiceField(
        Calendar.objects.all(), label=gettext_lazy("Calendar"), empty_label=None
    )
    quiet_days = forms.IntegerField(
        label=gettext_lazy("Quiet period, days"),
        min_value=1,
        max_value=90,
        initial=5,
        help_text=gettext_lazy("A resolved ticket closes by itself when nobody objects so long."),
    )
    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Undo sending within, seconds"), min_value=0, max_value=60, initial=8
    )
    closed_reply = forms.ChoiceField(
        label=gettext_lazy("Words on a closed ticket"), choices=Desk.ClosedReply.choices
    )
    reopen_days = forms.IntegerField(
        label=gettext_lazy("Take up again within, days"),
        min_value=0,
        max_value=3650,
        initial=14,
        help_text=gettext_lazy("What comes later opens a new ticket, linked to the old one."),
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=gettext_lazy("Currency"),
        initial="EUR",
        help_text=gettext_lazy("In which costs of work and of outages are reckoned."),
        error_messages={"invalid": gettext_lazy("Three capitals, such as EUR or SEK.")},
    )
    suggest_days = forms.IntegerField(
        label=gettext_lazy("Suggest the same matter within, days"),
        min_value=0,
        max_value=365,
        initial=7,
        help_text=gettext_lazy(
            "A new mail with the subject and people of an open ticket is shown as perhaps belonging"
            " to it. 0: never."
        ),
    )
    is_active = in_use()


class TeamForm(forms.Form):
    """A team of a desk."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    line = forms.TypedChoiceField(
        label=gettext_lazy("Line"),
        coerce=int,
        choices=[
            (1, gettext_lazy("1st: takes what comes in")),
            (2, gettext_lazy("2nd: knows the services")),
            (3, gettext_lazy("3rd: makes or buys them")),
        ],
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.all(),
        label=gettext_lazy("Calendar"),
        required=False,
        empty_label=gettext_lazy("as the desk"),
    )
    hourly_rate = forms.DecimalField(
        label=gettext_lazy("Cost of an hour’s work"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy(
            "Of one person, in the currency of the desk. So that it can be said what hand-overs"
            " have cost."
        ),
    )
    most_taken = forms.IntegerField(
        label=gettext_lazy("Most tickets one person takes at a time"),
        min_value=1,
        max_value=999,
        required=False,
        help_text=gettext_lazy("Counted are those that somebody works on. Empty: no limit."),
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("takes what has no team yet"), required=False
    )
    is_active = in_use()


class MemberForm(forms.Form):
    """Somebody to take into a team."""

    person = PersonField(label=gettext_lazy("Who joins?"))


@page(requires="desk.manage")
def desks(request: HttpRequest) -> HttpResponse:
    """Show the desks by name."""
    rows = Desk.objects.filter(on_own_desks(request, "desk.manage", "pk"))
    found = list_page(request, rows.prefetch_related("teams"))
    return shown(request, "desks.html", {"found": found}, place="admin-desks")


@page("GET", "POST", requires="desk.manage")
def desk_new(request: HttpRequest) -> HttpResponse:
    """Open a desk."""
    form = DeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = carried_out(form, lambda: create_desk(by=actor_of(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(name)s is open. Give it a team.") % {"name": made})
            return redirect("admin-desk", made.pk)
    return _desk_page(request, form, None)


@page("GET", "POST", requires="desk.manage")
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change a desk, with its teams."""
    row = get_object_or_404(Desk, on_own_desks(request, "desk.manage", "pk"), pk=pk)
    initial = {name: getattr(row, name) for name in DeskForm.base_fields}
    form = DeskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = carried_out(form, lambda: edit_desk(pk, by=actor_of(request), **form.cleaned_data))
        if done is not None:
            messages.success(request, _("The change is kept."))
            return redirect("admin-desk", pk)
    return _desk_page(request, form, row)


def _desk_page(request: HttpRequest, form: DeskForm, row: Desk | None) -> HttpResponse:
    teams = row.teams.prefetch_related("memberships__person") if row else Team.objects.none()
    context = {
        "form": form,
        "row": row,
        "teams": teams,
        "told": history_of("desk", row.pk) if row else [],
    }
    status = 422 if form.errors else 200
    return shown(request, "desk.html", context, place="admin-desks", status=status)


@page("GET", "POST", requires="desk.manage")
def team_new(request: HttpRequest, desk_id: int) -> HttpResponse:
    """Add a team to a desk."""
    row = get_object_or_404(Desk, on_own_desks(request, "desk.manage", "pk"), pk=desk_id)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = carried_out(
            form, lambda: create_team(desk=row, by=actor_of(request), **form.cleaned_data)
        )
        if made is not None:
            messages.success(request, _("%(name)s is there. Add its members.") % {"name": made})
            return redirect("admin-team", made.pk)
    return _team_page(request, row, None, form=form, joining=MemberForm())


@page("GET", "POST", requires="desk.manage")
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change a team, with its members."""
    row = _team_of(request, pk)
    initial = {name: getattr(row, name) for name in TeamForm.base_fields}
    form = TeamForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = carried_out(form, lambda: edit_team(pk, by=actor_of(request), **form.cleaned_data))
        if done is not None:
            messages.success(request, _("The change is kept."))
            return redirect("admin-team", pk)
    return _team_page(request, row.desk, row, form=form, joining=MemberForm())


@page("POST", requires="desk.manage")
def team_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody into a team, or search for whom."""
    row = _team_of(request, pk)
    searching = "find" in request.POST
    form = MemberForm(None if searching else request.POST)
    if not searching and form.is_valid():
        person = form.cleaned_data["person"]
        done = carried_out(form, lambda: add_member(pk, person.pk, by=actor_of(request)))
        if done is not None:
            messages.success(request, _("%(name)s is in the team.") % {"name": person})
            return redirect("admin-team", pk)
    initial = {name: getattr(row, name) for name in TeamForm.base_fields}
    return _team_page(request, row.desk, row, form=TeamForm(initial=initial), joining=form)


@page("POST", requires="desk.manage")
def team_leave(request: HttpRequest, pk: int, person_id: int) -> HttpResponse:
    """Let somebody leave a team."""
    remove_member(_team_of(request, pk).pk, person_id, by=actor_of(request))
    return redirect("admin-team", pk)


@page("POST", requires="desk.manage")
def team_lead(request: HttpRequest, pk: int, person_id: int) -> HttpResponse:
    """Let a member lead the team, or no longer."""
    row = _team_of(request, pk)
    get_object_or_404(Membership, team=row, person=person_id)
    is_lead = request.POST.get("lead") == "yes"
    set_lead(row.pk, person_id, is_lead=is_lead, by=actor_of(request))
    return redirect("admin-team", pk)


def _team_of(request: HttpRequest, pk: int) -> Team:
    row = get_object_or_404(Team.objects.select_related("desk"), pk=pk)
    require(actor_of(request), "desk.manage", row)
    return row


def _team_page(
    request: HttpRequest, desk: Desk, row: Team | None, *, form: TeamForm, joining: MemberForm
) -> HttpResponse:
    members: Any = []
    if row is not None:
        members = row.memberships.select_related("person__site").order_by("person__name")
    context = {
        "form": form,
        "row": row,
        "desk": desk,
        "members": members,
        "joining": joining,
        "found": found_for(request, "person"),
        "told": history_of("team", row.pk) if row else [],
    }
    status = 422 if form.errors or joining.errors else 200
    return shown(request, "team.html", context, place="admin-desks", status=status)
