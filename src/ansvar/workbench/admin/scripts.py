"""The script editor: write, test, publish, compare, restore."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.catalogue.commands import (
    create_script,
    discard_draft,
    edit_script,
    publish_draft,
    restore_version,
    save_draft,
    try_draft,
)
from ansvar.catalogue.decisions import (
    BadAnswer,
    BadTree,
    Outcome,
    Purpose,
    Step,
    Tree,
    check_tree,
    compare_trees,
    parse_tree,
    walk,
)
from ansvar.catalogue.explaining import Explained, explain_faults
from ansvar.catalogue.models import Script, ScriptVersion, Service
from ansvar.catalogue.queries import scripts_visible_to, services_visible_to, version_in
from ansvar.kernel.rights import may, require
from ansvar.people.models import Desk, Team
from ansvar.ui import render
from ansvar.workbench.admin.framing import carried_out, history_of, list_page, places_for, shown
from ansvar.workbench.admin.tree_form import (
    chosen_target,
    edited,
    fingerprint_of,
    read_tree,
    targets,
)

TEMPLATE = "workbench/admin/script.html"
PLACE = "admin-scripts"


class NewScriptForm(forms.Form):
    """A new script."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    purpose = forms.ChoiceField(
        label=gettext_lazy("It leads to"),
        choices=[
            ("impact", gettext_lazy("the impact of a ticket")),
            ("support", gettext_lazy("a remedy, or the right team")),
        ],
    )
    desk = forms.ModelChoiceField(
        Desk.objects.filter(is_active=True), label=gettext_lazy("Desk"), empty_label=None
    )
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Service"),
        required=False,
        empty_label=gettext_lazy("none: the default of the desk"),
    )


@page(requires="service.read")
def scripts(request: HttpRequest) -> HttpResponse:
    """Show the scripts by name."""
    by = actor_of(request)
    rows = scripts_visible_to(by).prefetch_related("versions")
    found = list_page(request, rows, search=("name", "service__name"))
    context = {"found": found, "may_add": may(by, "script.edit")}
    return shown(request, "scripts.html", context, place=PLACE)


@page("GET", "POST", requires="service.read")
def script_new(request: HttpRequest) -> HttpResponse:
    """Begin a script."""
    by = actor_of(request)
    chosen = request.GET.get("service", "")
    service = services_visible_to(by).filter(pk=chosen).first() if chosen.isdecimal() else None
    initial = {"service": service, "desk": service.desk_id if service else None}
    form = NewScriptForm(request.POST or None, initial=initial)
    offered, desks = form.fields["service"], form.fields["desk"]
    assert isinstance(offered, forms.ModelChoiceField)  # noqa: S101 - declared above
    assert isinstance(desks, forms.ModelChoiceField)  # noqa: S101 - declared above
    offered.queryset = services_visible_to(by).exclude(state=Service.State.RETIRED)
    own = desks_where(by.id or 0, "service.read")
    if own is not None:
        desks.queryset = Desk.objects.filter(pk__in=own, is_active=True)
    if request.method == "POST" and form.is_valid():
        wanted = {**form.cleaned_data, "purpose": Purpose(form.cleaned_data["purpose"])}
        made = carried_out(form, lambda: create_script(by=by, **wanted))
        if made is not None:
            return redirect("admin-script", made.pk)
    status = 422 if form.errors else 200
    return shown(request, "script-new.html", {"form": form}, place=PLACE, status=status)


@page("GET", "POST", requires="service.read")
def script(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a script, and take one step of editing it."""
    row = _script_of(request, pk)
    version = _shown_version(row)
    tree = parse_tree(version.tree)
    if request.method != "POST":
        return _editor(request, row, tree, version=version)
    require(actor_of(request), "script.edit", row.service or row.desk)
    sent = read_tree(request.POST)
    if request.POST.get("seen") != fingerprint_of(tree):
        # Nothing typed is lost: the form comes back as sent, and keeping it again is a decision.
        words = _("Somebody changed this script meanwhile. Keeping yours replaces theirs.")
        return _editor(request, row, sent, version=version, warning=words, status=409)
    try:
        result = edited(sent, request.POST.get("do", ""))
    except BadTree as fault:
        return _editor(request, row, sent, version=version, warning=str(fault), status=422)
    version = save_draft(pk, result.tree.stored(), by=actor_of(request))
    if render.wants_fragment(request):
        tree = parse_tree(version.tree)
        return _editor(request, row, tree, version=version, focus=result.focus)
    anchor = f"#question-{result.focus}" if result.focus else ""
    return redirect(reverse("admin-script", args=[pk]) + anchor)


@page("POST", requires="service.read")
def script_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Walk the draft one answer on; at an end the draft counts as tested."""
    row = _script_of(request, pk)
    version = _shown_version(row)
    answers = [int(part) for part in request.POST.get("path", "").split(".") if part.isdecimal()]
    if request.POST.get("answer", "").isdecimal():
        answers.append(int(request.POST["answer"]))
    run = _run(parse_tree(version.tree), answers)
    mine = may(actor_of(request), "script.edit", row.service or row.desk)
    is_draft = version.state == ScriptVersion.State.DRAFT
    if is_draft and mine and isinstance(run["here"], Outcome):
        try_draft(pk, answers, by=actor_of(request))
    version = _shown_version(row)
    context = _context(request, row, parse_tree(version.tree), version=version, run=run)
    if render.wants_fragment(request):
        context["swapped_too"] = ["publishing"]
        return render.blocks(request, TEMPLATE, ["trying", "publishing"], context)
    return render.page(request, TEMPLATE, context)


@page("POST", requires="service.read")
def script_step(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Publish the draft, or throw it away."""
    row = _script_of(request, pk)
    steps: dict[str, Callable[..., Any]] = {"publish": publish_draft, "discard": discard_draft}
    if what not in steps:
        raise Http404
    form = forms.Form(request.POST)
    carried_out(form, lambda: steps[what](pk, by=actor_of(request)) or True)
    if form.errors:
        version = _shown_version(row)
        warning = " ".join(str(error) for error in form.non_field_errors())
        tree = parse_tree(version.tree)
        return _editor(request, row, tree, version=version, warning=warning, status=409)
    if what == "publish":
        messages.success(request, _("Published. Tickets use it from now on."))
        return redirect("admin-script", pk)
    messages.success(request, _("The draft is thrown away."))
    return redirect("admin-script", pk) if row.versions.exists() else redirect(PLACE)


@page("GET", "POST", requires="service.read")
def script_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a script another name."""
    row = _script_of(request, pk)
    form = NewScriptForm(request.POST or None, initial={"name": row.name})
    for name in ("purpose", "desk", "service"):
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["name"]
        done = carried_out(form, lambda: edit_script(pk, name=wanted, by=actor_of(request)))
        if done is not None:
            return redirect("admin-script", pk)
    context = {"form": form, "row": row}
    status = 422 if form.errors else 200
    return shown(request, "script-new.html", context, place=PLACE, status=status)


@page("GET", "POST", requires="service.read")
def script_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Compare a version with the one shown in the editor; POST copies it into the draft."""
    row = _script_of(request, pk)
    old = get_object_or_404(row.versions, number=number)
    if request.method == "POST":
        restore_version(old.pk, by=actor_of(request))
        messages.success(
            request, _("Version %(number)s is in the draft now. Test it.") % {"number": number}
        )
        return redirect("admin-script", pk)
    other = _shown_version(row)
    context = {
        "row": row,
        "old": old,
        "other": other,
        "changes": compare_trees(parse_tree(old.tree), parse_tree(other.tree)),
        "tree": parse_tree(old.tree),
        "may_edit": may(actor_of(request), "script.edit", row.service or row.desk),
    }
    return shown(request, "script-version.html", context, place=PLACE)


def _script_of(request: HttpRequest, pk: int) -> Script:
    return get_object_or_404(scripts_visible_to(actor_of(request)), pk=pk)


def _shown_version(row: Script) -> ScriptVersion:
    """Return the draft, else what is in force, else nothing but an empty tree."""
    draft = version_in(row, ScriptVersion.State.DRAFT)
    found = draft or version_in(row, ScriptVersion.State.PUBLISHED) or row.versions.first()
    return found or ScriptVersion(script=row, number=1, tree={"start": "", "nodes": {}})


def _run(tree: Tree, answers: list[int]) -> dict[str, Any]:
    """Return where a walk stands; a path that is no longer there begins anew."""
    try:
        here: Step | Outcome | None = walk(tree, answers)
    except BadAnswer:
        answers, here = [], None
    except BadTree:
        here = None
    if here is None and not answers and tree.start in tree.nodes:
        here = Step(node=tree.nodes[tree.start])
    steps = [
        (said, ".".join(str(number) for number in answers[:at]))
        for at, said in enumerate(here.path if here else ())
    ]
    team = None
    if isinstance(here, Outcome) and here.team_id is not None:
        team = Team.objects.filter(pk=here.team_id).first()
    return {
        "here": here,
        "is_end": isinstance(here, Outcome),
        "steps": steps,
        "path": ".".join(str(number) for number in answers),
        "team": team,
    }


def _context(
    request: HttpRequest,
    row: Script,
    tree: Tree,
    *,
    version: ScriptVersion,
    run: dict[str, Any] | None = None,
    warning: str = "",
    focus: str = "",
) -> dict[str, Any]:
    purpose = Purpose(row.purpose)
    stored = parse_tree(version.tree)
    teams = list(Team.objects.filter(desk=row.desk_id, is_active=True))
    faults: dict[str, list[Explained]] = defaultdict(list)
    for fault in explain_faults(check_tree(tree, purpose), tree):
        faults[fault.node].append(fault)
    return {
        "swapped_too": [],
        "columns": "left",
        "places": places_for(request, PLACE),
        "row": row,
        "tree": tree,
        "nodes": list(tree.nodes.values()),
        "targets": {
            node.id: targets(tree, node, purpose=purpose, teams=teams)
            for node in tree.nodes.values()
        },
        "chosen_target": chosen_target,
        "wants_remedy": purpose is Purpose.SUPPORT,
        "faults": faults,
        "has_faults": any(faults.values()),
        "version": version,
        "is_draft": version.state == ScriptVersion.State.DRAFT,
        "versions": row.versions.all()[:20],
        "seen": fingerprint_of(stored),
        "run": run or _run(stored, []),
        "warning": warning,
        "focus": focus,
        "may_edit": may(actor_of(request), "script.edit", row.service or row.desk),
        "told": history_of("script", row.pk),
    }


def _editor(
    request: HttpRequest,
    row: Script,
    tree: Tree,
    *,
    version: ScriptVersion,
    warning: str = "",
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _context(request, row, tree, version=version, warning=warning, focus=focus)
    if render.wants_fragment(request):
        names = ["editor", "trying", "publishing"]
        context["swapped_too"] = names[1:]
        return render.blocks(request, TEMPLATE, names, context, status=status)
    return render.page(request, TEMPLATE, context, status=status)
