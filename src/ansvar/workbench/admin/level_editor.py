"""One level: its draft, putting it in force, ending it, its versions beside each other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import may, require
from ansvar.kernel.telling import tell
from ansvar.people.decisions import BadHours, NeverOpen, WorkingCalendar
from ansvar.people.models import Calendar
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.commands import (
    drop_draft,
    edit_level,
    end_level,
    publish_level,
    save_draft,
    sign_level,
)
from ansvar.servicelevels.commands.levels import DraftFields, Signatory
from ansvar.servicelevels.comparing import differences
from ansvar.servicelevels.decisions.amounts import USUAL_DAY, day_of, typed_amount
from ansvar.servicelevels.decisions.checking import Fault, faults_of
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.documents import validity_in_words
from ansvar.servicelevels.explaining import fault_in_words
from ansvar.servicelevels.models import LevelVersion, ServiceLevel
from ansvar.servicelevels.queries import in_force, levels_with_versions
from ansvar.servicelevels.saying import hours_in_words
from ansvar.ui import render
from ansvar.workbench.admin.calendars import two_weeks
from ansvar.workbench.admin.framing import carried_out, history_of, places_for, shown
from ansvar.workbench.admin.level_choices import choices_for
from ansvar.workbench.admin.level_form import (
    Read,
    Typed,
    TypedTarget,
    edited,
    fingerprint_of,
    read_terms,
    read_typed,
    typed_of,
)
from ansvar.workbench.admin.levels import PLACE
from ansvar.workbench.finding import on_own_desks

TEMPLATE = "workbench/admin/level.html"
VERSIONS_SHOWN = 20
MOMENT = "%Y-%m-%dT%H:%M"


class NameForm(forms.Form):
    """How a level is called, and whom it is agreed with."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    party = forms.CharField(label=gettext_lazy("Agreed with"), max_length=200, required=False)


class SignatoryForm(forms.Form):
    """Somebody who signs; without a name nobody is meant."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    role = forms.CharField(label=gettext_lazy("Role"), max_length=120, required=False)
    party = forms.CharField(label=gettext_lazy("For whom"), max_length=120, required=False)
    signed_on = forms.DateField(
        label=gettext_lazy("Signed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


SignatoriesForm = forms.formset_factory(SignatoryForm, extra=2, max_num=20)


@dataclass(frozen=True, kw_only=True)
class _Sight:
    """What the editor shows beside the stored version: what is typed, and what is said about it."""

    typed: Typed
    read: Read | None = None
    warning: str = ""
    begins: str = ""
    focus: str = ""


@page("GET", "POST", requires="service.read")
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a level, and take one step of writing it."""
    row = level_of(request, pk)
    version = _shown_version(row)
    if request.method != "POST":
        return _editor(request, row, version, sight=_Sight(typed=typed_of(version)))
    require(actor_of(request), "level.edit", row)
    do = request.POST.get("do", "")
    typed = edited(read_typed(request.POST), do)
    kind = LevelKind(row.kind)
    read = read_terms(typed, kind, day=_day(_hours(row, typed.calendar)))
    sight = _Sight(typed=typed, read=read, begins=request.POST.get("begins", ""))
    if request.POST.get("seen") != fingerprint_of(version):
        # Nothing typed is lost: the form comes back as sent, and keeping it again is a decision.
        words = _("Somebody changed this level meanwhile. Keeping yours replaces theirs.")
        return _editor(request, row, version, sight=_warned(sight, words), status=409)
    if read.wrong:
        words = _("Not kept yet: something is to be put right below.")
        return _editor(request, row, version, sight=_warned(sight, words), status=422)
    form = forms.Form(request.POST)
    fields: DraftFields = {
        "terms": read.terms, "words": typed.words, "review_on": read.review_on,
    }  # fmt: skip
    carried_out(form, lambda: save_draft(pk, by=actor_of(request), **fields))
    if not form.errors and do == "publish":
        _publish(request, form, pk, begins=sight.begins)
    if form.errors:
        row = level_of(request, pk)
        words = " ".join(str(error) for error in form.non_field_errors())
        return _editor(request, row, _shown_version(row), sight=_warned(sight, words), status=409)
    if do == "publish":
        return _gone_to(request, pk)
    return _kept(request, pk, do)


@page("POST", requires="level.edit")
def level_step(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Throw the draft away, or end the level."""
    row = level_of(request, pk)
    by = actor_of(request)
    steps = {"drop": lambda: drop_draft(pk, by=by) or True, "end": lambda: end_level(pk, by=by)}
    if what not in steps:
        raise Http404
    form = forms.Form(request.POST)
    carried_out(form, steps[what])
    if form.errors:
        version = _shown_version(row)
        words = " ".join(str(error) for error in form.non_field_errors())
        sight = _Sight(typed=typed_of(version), warning=words)
        return _editor(request, row, version, sight=sight, status=409)
    said = {
        "drop": _("The draft is thrown away."),
        "end": _("Ended: it holds for nothing that begins from now on."),
    }
    messages.success(request, said[what])
    return redirect("admin-level", pk)


@page("GET", "POST", requires="level.edit")
def level_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a level otherwise, or say whom it is agreed with."""
    row = level_of(request, pk)
    form = NameForm(request.POST or None, initial={"name": row.name, "party": row.party})
    if request.method == "POST" and form.is_valid():
        done = carried_out(form, lambda: edit_level(pk, by=actor_of(request), **form.cleaned_data))
        if done is not None:
            return redirect("admin-level", pk)
    context = {"form": form, "row": row}
    status = 422 if form.errors else 200
    return shown(request, "level-new.html", context, place=PLACE, status=status)


@page("GET", "POST", requires="service.read")
def level_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show a version beside the one before; POST notes who signed it, or makes it the new draft."""
    row = level_of(request, pk)
    version = get_object_or_404(row.versions.all(), number=number)
    version.level = row
    before = row.versions.filter(number__lt=number).order_by("-number").first()
    if before is not None:
        before.level = row
    signing = SignatoriesForm(request.POST or None, initial=_signed(version))
    if request.method == "POST":
        answer = _version_changed(request, version, signing)
        if answer is not None:
            return answer
    entries = Entry.objects.filter(
        subject_type="level", subject_id=pk, payload__version_id=version.pk
    )
    context = {
        "row": row,
        "version": version,
        "before": before,
        "changes": differences(before, version) if before else [],
        "validity": validity_in_words(version),
        "signing": signing,
        "told": tell(entries.order_by("-pk")[:VERSIONS_SHOWN]),
        "may_edit": may(actor_of(request), "level.edit", row),
    }
    status = 422 if signing.is_bound else 200
    return shown(request, "level-version.html", context, place=PLACE, status=status)


def level_of(request: HttpRequest, pk: int) -> ServiceLevel:
    """Return a level of the reader's desks with its versions.

    Raises: Http404.
    """
    rows = levels_with_versions(on_own_desks(request, "service.read"))
    return get_object_or_404(rows, pk=pk)


def _version_changed(
    request: HttpRequest, version: LevelVersion, signing: Any
) -> HttpResponse | None:
    """Carry out what a version's page was asked for; nothing when the form has faults."""
    by, pk = actor_of(request), version.level_id
    if request.POST.get("do") == "draft":
        save_draft(pk, by=by, terms=version.agreed, words=version.words,
                   review_on=version.review_on)  # fmt: skip
        words = _("Version %(number)s is in the draft now. Nothing has changed for tickets yet.")
        messages.success(request, words % {"number": version.number})
        return redirect("admin-level", pk)
    if not signing.is_valid():
        return None
    signatories: list[Signatory] = [
        {
            "name": one["name"],
            "role": one["role"],
            "party": one["party"],
            "signed_on": one["signed_on"].isoformat() if one["signed_on"] else "",
        }
        for one in signing.cleaned_data
        if one.get("name")
    ]
    sign_level(version.pk, signatories=signatories, by=by)
    messages.success(request, _("Noted who signs."))
    return redirect("admin-level-version", pk, version.number)


def _signed(version: LevelVersion) -> list[dict[str, Any]]:
    return [{**one, "signed_on": one["signed_on"] or None} for one in version.signatories]


def _publish(request: HttpRequest, form: forms.Form, pk: int, *, begins: str) -> None:
    """Put the draft in force, now or from the moment that was typed; refusals go to *form*."""
    valid_from = None
    if begins:
        try:
            naive = datetime.strptime(begins, MOMENT)  # noqa: DTZ007 - made aware below
        except ValueError:
            form.add_error(None, _("Write the beginning as day and time."))
            return
        valid_from = timezone.make_aware(naive)
    done = carried_out(form, lambda: publish_level(pk, valid_from=valid_from, by=actor_of(request)))
    if done is not None:
        words = _("Version %(number)s is published. Running tickets keep what they began with.")
        messages.success(request, words % {"number": done.number})


def _gone_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the level's page as a whole."""
    if render.wants_fragment(request):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("admin-level", args=[pk])
        return answer
    return redirect("admin-level", pk)


def _kept(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Answer with what was kept, the eyes on the line that was touched."""
    what, _sep, number = do.partition(":")
    focus = ""
    verb, _sep, noun = what.partition("-")
    if noun in {"row", "step"} and verb != "delete":
        row = level_of(request, pk)
        terms = _shown_version(row).agreed
        last = len(terms.rows if noun == "row" else terms.steps) - 1
        at = int(number) if number.isdecimal() else last
        moved = {"raise": -1, "lower": 1, "copy": 1}.get(verb, 0)
        focus = f"{noun}-{min(last, max(0, at + moved))}"
    if not render.wants_fragment(request):
        return redirect(reverse("admin-level", args=[pk]) + (f"#{focus}" if focus else ""))
    row = level_of(request, pk)
    version = _shown_version(row)
    return _editor(request, row, version, sight=_Sight(typed=typed_of(version), focus=focus))


def _warned(sight: _Sight, words: str) -> _Sight:
    return _Sight(typed=sight.typed, read=sight.read, warning=words, begins=sight.begins)


def _shown_version(row: ServiceLevel) -> LevelVersion:
    """Return the draft, else what is in force or comes, else the latest, else an empty one."""
    versions = list(row.versions.all())
    draft = next((one for one in versions if one.state == LevelVersion.State.DRAFT), None)
    found = draft or in_force(versions, clock.now()) or (versions[0] if versions else None)
    shown_one = found or LevelVersion(level=row, number=1, made_at=clock.now())
    shown_one.level = row
    return shown_one


def _hours(row: ServiceLevel, calendar_id: str) -> WorkingCalendar | None:
    """Return the hours that would be used; nothing of a calendar that is broken."""
    calendar = row.desk.calendar
    if calendar_id.isdecimal():
        calendar = Calendar.objects.filter(pk=calendar_id).first() or calendar
    try:
        return working_calendar(calendar)
    except BadHours:
        return None


def _day(hours: WorkingCalendar | None) -> int:
    return day_of(hours) if hours else USUAL_DAY


def _never_open(hours: WorkingCalendar | None) -> str:
    """Say why nothing could be counted by the hours, if so."""
    if hours is None:
        return _("The hours of this calendar cannot be read. Put them right first.")
    try:
        hours.next_opening(clock.now())
    except NeverOpen as refusal:
        return str(refusal)
    return ""


def _by_place(faults: Sequence[Fault]) -> dict[str, list[str]]:
    """Return faults in words by where they are: `row-0`, `step-1`, or "" for the whole."""
    found: dict[str, list[str]] = defaultdict(list)
    for fault in faults:
        place = ""
        if fault.row is not None:
            place = f"row-{fault.row}"
        elif fault.step is not None:
            place = f"step-{fault.step}"
        found[place].append(fault_in_words(fault))
    return found


def _context(
    request: HttpRequest, row: ServiceLevel, version: LevelVersion, *, sight: _Sight
) -> dict[str, Any]:
    kind = LevelKind(row.kind)
    hours = _hours(row, sight.typed.calendar)
    read = sight.read or read_terms(sight.typed, kind, day=_day(hours))
    faults = _by_place(faults_of(read.terms, kind))
    never_open = _never_open(hours)
    versions = list(row.versions.all())
    return {
        "swapped_too": [],
        "columns": "left",
        "places": places_for(request, PLACE),
        "row": row,
        "kind": kind.value,
        "version": version,
        "is_draft": version.state == LevelVersion.State.DRAFT and version.pk is not None,
        "present": in_force(versions, clock.now()),
        "validity": validity_in_words(version),
        "versions": versions[:VERSIONS_SHOWN],
        "typed": sight.typed,
        "no_target": TypedTarget(),
        "choices": choices_for(row.desk, kind, sight.typed),
        "wrong": read.wrong,
        "faults": faults,
        "has_faults": bool(faults) or bool(never_open),
        "warning": sight.warning,
        "focus": sight.focus,
        "begins": sight.begins,
        "seen": fingerprint_of(version),
        "day_words": typed_amount(_day(hours)),
        "hours_words": hours_in_words(hours) if hours else "",
        "days": two_weeks(hours) if hours and not never_open else [],
        "never_open": never_open,
        "may_edit": may(actor_of(request), "level.edit", row),
        "told": history_of("level", row.pk),
    }


def _editor(
    request: HttpRequest,
    row: ServiceLevel,
    version: LevelVersion,
    *,
    sight: _Sight,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, row, version, sight=sight)
    if render.wants_fragment(request):
        names = ["editor", "publishing", "hours"]
        context["swapped_too"] = names[1:]
        return render.blocks(request, TEMPLATE, names, context, status=status)
    return render.page(request, TEMPLATE, context, status=status)
