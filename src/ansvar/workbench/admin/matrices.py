"""The priority matrix and the weight rule, with what they would change for today's tickets."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.commands import set_matrix
from ansvar.catalogue.decisions import Cells, check_matrix, priority_of, weigh
from ansvar.catalogue.explaining import explain_matrix_fault
from ansvar.catalogue.models import Matrix
from ansvar.catalogue.queries import matrix_in_force
from ansvar.people.models import Desk
from ansvar.tickets.decisions import ASSUMED_IMPACT
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.workbench.admin.framing import carried_out, history_of, shown
from ansvar.workbench.finding import on_own_desks

STEPS = range(1, 5)
PRIORITIES = [(number, f"P{number}") for number in range(1, 6)]


class MatrixForm(forms.Form):
    """Sixteen cells and the weight rule."""

    raise_from_weight = forms.DecimalField(
        label=gettext_lazy("Raise the impact by one from a site weight of, %"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=3,
        help_text=gettext_lazy("Empty: the weight of a site changes nothing."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for impact in STEPS:
            for urgency in STEPS:
                self.fields[f"cell_{impact}_{urgency}"] = forms.TypedChoiceField(
                    label=_("Impact %(impact)s, urgency %(urgency)s")
                    % {"impact": impact, "urgency": urgency},
                    coerce=int,
                    choices=PRIORITIES,
                    widget=forms.Select(attrs={"class": "input"}),
                )

    @property
    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The cells, a row for each impact."""
        return [
            (impact, [self[f"cell_{impact}_{urgency}"] for urgency in STEPS]) for impact in STEPS
        ]

    @property
    def cells(self) -> Cells:
        """The cells as sent."""
        return [
            [self.cleaned_data[f"cell_{impact}_{urgency}"] for urgency in STEPS] for impact in STEPS
        ]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How many of today's open tickets would go from one priority to another."""

    before: int
    after: int
    count: int


def shifts(desk_id: int, cells: Cells, raise_from: Decimal | None) -> list[Shift]:
    """Weigh today's open tickets anew and return what would change; nothing is written.

    Priorities set by hand stay out: they would not follow.
    """
    groups = (
        Ticket.objects.filter(desk=desk_id, state__in=OPEN_STATES, is_overridden=False)
        .values_list(
            "impact",
            "urgency",
            "priority",
            "priority_basis__was_raised",
            "site__business_weight",
        )
        .annotate(count=Count("pk"))
        .order_by()
    )
    found: Counter[tuple[int, int]] = Counter()
    for impact, urgency, before, was_raised, share, count in groups:
        weighed = ASSUMED_IMPACT
        if impact is not None:
            plain = impact + 1 if was_raised else impact
            weighed, _raised = weigh(plain, share or 0, raise_from)
        after = priority_of(weighed, urgency, cells)
        if after != before:
            found[before, after] += count
    return [
        Shift(before=before, after=after, count=count)
        for (before, after), count in sorted(found.items())
    ]


@page(requires="matrix.edit")
def matrices(request: HttpRequest) -> HttpResponse:
    """Go to the matrix of the desk, or choose the desk."""
    own = list(Desk.objects.filter(on_own_desks(request, "matrix.edit", "pk"), is_active=True))
    if len(own) == 1:
        return redirect("admin-matrix", own[0].pk)
    return shown(request, "matrices.html", {"desks": own}, place="admin-matrices")


@page("GET", "POST", requires="matrix.edit")
def matrix(request: HttpRequest, desk_id: int) -> HttpResponse:
    """Show and change the matrix of a desk; `preview` says what would change, and keeps nothing."""
    desk = get_object_or_404(Desk, on_own_desks(request, "matrix.edit", "pk"), pk=desk_id)
    present = matrix_in_force(desk.pk)
    form = MatrixForm(request.POST or None, initial=_initial(present))
    faults: list[str] = []
    changed: list[Shift] | None = None
    if request.method == "POST" and form.is_valid():
        weight = form.cleaned_data["raise_from_weight"]
        faults = [explain_matrix_fault(fault) for fault in check_matrix(form.cells)]
        if "preview" in request.POST:
            changed = shifts(desk.pk, form.cells, weight)
        elif not faults:
            done = carried_out(
                form,
                lambda: set_matrix(
                    desk.pk, cells=form.cells, raise_from_weight=weight, by=actor_of(request)
                ),
            )
            if done is not None:
                messages.success(
                    request, _("Matrix %(number)s is in force.") % {"number": done.number}
                )
                return redirect("admin-matrix", desk.pk)
    context = {
        "desk": desk,
        "present": present,
        "form": form,
        "faults": faults,
        "shifts": changed,
        "versions": desk.matrices.all()[:10],
        "told": history_of("desk", desk.pk),
    }
    status = 422 if form.errors or faults else 200
    return shown(request, "matrix.html", context, place="admin-matrices", status=status)


def _initial(present: Matrix) -> dict[str, Any]:
    cells = {
        f"cell_{impact}_{urgency}": priority_of(impact, urgency, present.cells)
        for impact in STEPS
        for urgency in STEPS
    }
    weight = present.raise_from_weight
    return {**cells, "raise_from_weight": "" if weight is None else f"{weight.normalize():f}"}
