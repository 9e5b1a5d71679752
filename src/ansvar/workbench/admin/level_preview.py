"""What a ticket would be promised: today, and if a draft were published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.people.models import Desk, Organisation, Site, Team
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.amounts import USUAL_DAY, day_of
from ansvar.servicelevels.decisions.checking import faults_of
from ansvar.servicelevels.decisions.choosing import Book, Verdict, Version
from ansvar.servicelevels.decisions.previewing import (
    Matter,
    Preview,
    Promise,
    preview_of,
    with_draft,
)
from ansvar.servicelevels.decisions.story import Traits
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.models import KIND_NAMES, MEASURE_NAMES, LevelVersion
from ansvar.servicelevels.queries import as_if_published
from ansvar.servicelevels.saying import (
    MEASURE_MEANINGS,
    VERDICT_WORDS,
    Names,
    amount_in_words,
    headed,
    hours_in_words,
    names_in,
    objective_in_words,
    origin_in_words,
    row_in_words,
)
from ansvar.tickets.models import KIND_NAMES as TICKET_KINDS
from ansvar.ui import render
from ansvar.workbench.admin.framing import places_for
from ansvar.workbench.admin.levels import PLACE
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.reading import reader_of

TEMPLATE = "workbench/admin/levels-preview.html"
MOMENT = "%Y-%m-%dT%H:%M"


class MatterForm(forms.Form):
    """A ticket that might be opened."""

    desk = forms.ModelChoiceField(Desk.objects.none(), label=gettext_lazy("Desk"), empty_label=None)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=lambda: [(str(kind), name) for kind, name in TICKET_KINDS.items()],
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), coerce=int, choices=[(p, f"P{p}") for p in range(1, 6)]
    )
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Service"),
        required=False,
        empty_label=gettext_lazy("not known"),
    )
    site = forms.ModelChoiceField(
        Site.objects.filter(is_active=True),
        label=gettext_lazy("Site"),
        required=False,
        empty_label=gettext_lazy("not known"),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team that gets it"),
        required=False,
        empty_label=gettext_lazy("any"),
    )
    supplier = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True),
        label=gettext_lazy("Supplier it waits for"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("Opened at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def __init__(self, *args: Any, desks: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        services = Service.objects.filter(desk__in=desks).exclude(state=Service.State.RETIRED)
        offers: dict[str, Any] = {
            "desk": desks,
            "service": services.order_by("name"),
            "team": Team.objects.filter(desk__in=desks, is_active=True),
        }
        for name, rows in offers.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
            field.queryset = rows

    def matter(self) -> Matter:
        """Return the ticket that was described."""
        given = self.cleaned_data
        return Matter(
            desk_id=given["desk"].pk,
            traits=Traits(
                kind=given["kind"],
                priority=given["priority"],
                service_id=given["service"].pk if given["service"] else None,
                site_id=given["site"].pk if given["site"] else None,
            ),
            at=given["at"],
            team_id=given["team"].pk if given["team"] else None,
            supplier_id=given["supplier"].pk if given["supplier"] else None,
        )


@dataclass(frozen=True, kw_only=True)
class PromiseLine:
    """One measure of the ticket, in words."""

    measure: str
    meaning: str
    amount: str
    objective: str
    origin: str
    level: str
    version_id: int
    row: str
    hours: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Considered:
    """A level that was looked at, and what became of it."""

    level: str
    verdict: str
    applies: bool


@dataclass(frozen=True, kw_only=True)
class Side:
    """What the ticket would get by one book."""

    title: str
    promises: list[PromiseLine]
    considered: list[tuple[str, list[Considered]]]
    """Kinds of levels with those that were looked at."""


@page(requires="service.read")
def levels_preview(request: HttpRequest) -> HttpResponse:
    """Show what a ticket would be promised."""
    desks = Desk.objects.filter(on_own_desks(request, "service.read", "pk"), is_active=True)
    draft = _draft(request)
    asked = request.GET.copy()
    desk = draft.level.desk if draft else reader_of(request).desk or desks.first()
    usual = {
        "desk": str(desk.pk) if desk else "",
        "kind": "incident",
        "priority": "2",
        "at": timezone.localtime(clock.now()).strftime(MOMENT),
    }
    for name, value in usual.items():
        asked.setdefault(name, value)
    form = MatterForm(asked, desks=desks.select_related("calendar"))
    sides = _sides(form.matter(), draft) if form.is_valid() else []
    context = {
        "columns": "left",
        "places": places_for(request, PLACE),
        "form": form,
        "draft": draft,
        "draft_is_ready": draft is not None and not _faults(draft),
        "sides": sides,
        "at": form.cleaned_data.get("at"),
    }
    if render.wants_fragment(request):
        return render.block(request, TEMPLATE, "result", context)
    return render.page(request, TEMPLATE, context)


def promise_lines(preview: Preview, names: Names) -> list[PromiseLine]:
    """Return the promises of a preview in words."""
    return [_promise_line(promise, names) for promise in preview.promises]


def considered_lines(preview: Preview) -> list[tuple[str, list[Considered]]]:
    """Return the levels that were looked at, with the verdict in words, by kind."""
    return [
        (
            headed(KIND_NAMES[kind]),
            [_considered(version, why) for version, why in choice.considered],
        )
        for kind, choice in preview.choices.items()
    ]


def _draft(request: HttpRequest) -> LevelVersion | None:
    """Return the draft of the level that was asked for, if the reader may see it."""
    wanted = request.GET.get("level", "")
    if not wanted.isdecimal():
        return None
    mine = on_own_desks(request, "service.read", "level__desk")
    rows = LevelVersion.objects.filter(mine & Q(level=int(wanted), state=LevelVersion.State.DRAFT))
    return rows.select_related("level__desk__calendar").first()


def _faults(draft: LevelVersion) -> bool:
    return bool(faults_of(draft.agreed, LevelKind(draft.level.kind)))


def _sides(matter: Matter, draft: LevelVersion | None) -> list[Side]:
    book = present_book()
    books = [(_("As things are"), book)]
    # Times of a draft with faults may not even be times.
    if draft is not None and not _faults(draft) and draft.level.desk_id == matter.desk_id:
        changed = with_draft(book, as_if_published(draft, min(clock.now(), matter.at)))
        books.append((_("If the draft were published"), changed))
    return [_side(title, one, matter) for title, one in books]


def _side(title: str, book: Book, matter: Matter) -> Side:
    preview = preview_of(book, matter)
    names = names_in(promise.rule.version.terms for promise in preview.promises)
    return Side(
        title=title,
        promises=promise_lines(preview, names),
        considered=considered_lines(preview),
    )


def _promise_line(promise: Promise, names: Names) -> PromiseLine:
    rule = promise.rule
    rows = rule.version.terms.rows
    calendar = rule.hours.editions[-1][1] if rule.hours else None
    return PromiseLine(
        measure=headed(MEASURE_NAMES[promise.measure]),
        meaning=str(MEASURE_MEANINGS[promise.measure]),
        amount=amount_in_words(rule.target.minutes, day_of(calendar) if calendar else USUAL_DAY),
        objective=objective_in_words(rule.target.objective),
        origin=origin_in_words(rule.target),
        level=f"{rule.version.level} {rule.version.number}",
        version_id=rule.version.id,
        row=_("line %(number)s, %(tickets)s") % {
            "number": rule.row + 1,
            "tickets": row_in_words(rows[rule.row], names, is_only=len(rows) == 1),
        },
        hours=hours_in_words(calendar) if calendar else _("The hours of it are gone."),
        due_at=promise.due_at,
    )  # fmt: skip


def _considered(version: Version, verdict: Verdict) -> Considered:
    return Considered(
        level=_("%(level)s, version %(number)s")
        % {"level": version.level, "number": version.number},
        verdict=str(VERDICT_WORDS[verdict]),
        applies=verdict in {Verdict.APPLIES, Verdict.BY_HAND},
    )
