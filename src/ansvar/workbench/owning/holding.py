"""My services in others' hands: who holds which ticket for how long, and what was agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.kernel.rights import NotPermitted
from ansvar.ownership.commands import remind_holder
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.clock_words import SOON
from ansvar.servicelevels.decisions.choosing import Book
from ansvar.servicelevels.decisions.terms import LevelKind, Measure
from ansvar.servicelevels.running import NextDue, next_due_along, next_due_of
from ansvar.servicelevels.stuck import day_length, stretch_in_words
from ansvar.tickets.commands import MoveNotAllowed
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.models import CustodySpell, Ticket
from ansvar.ui import render
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.owning.whose import Owned, own_services, services_of
from ansvar.workbench.reading import Reader

TEMPLATE = "workbench/owning/board.html"
SHOWN = 10
LOOKED_AT = 300
"""Open tickets, the oldest: what has been held for longest, or too long, is among them."""
AGREED_WITH_HOLDERS = (Measure.HOLD, Measure.SUPPLIER)


@dataclass(frozen=True, kw_only=True)
class HeldTicket:
    """A ticket of one's services that others hold."""

    ticket: Ticket
    holder: str
    person: str
    """Who of the team works on it; empty for nobody, and for suppliers."""
    since: datetime
    worked: timedelta
    day: int
    """Minutes of a usual working day there."""
    due: NextDue | None
    """How far the agreement with the holder is used up, if there is one."""

    @property
    def held(self) -> str:
        """How long it has been held, in working time of the desk."""
        return stretch_in_words(self.worked, self.day)

    @property
    def tone(self) -> str:
        """Whether somebody must act."""
        if self.due is None:
            return ""
        soon = "amber" if self.due.percent >= SOON else ""
        return "red" if self.due.is_late else soon

    @property
    def icon(self) -> str:
        """What goes with the colour."""
        return {"red": "alert-triangle", "amber": "clock"}.get(self.tone, "")

    @property
    def why(self) -> str:
        """What the time is held against."""
        if self.due is None:
            return _("nothing is agreed with them")
        sentences = {
            "red": _("over the %(target)s of %(level)s"),
            "amber": _("soon over the %(target)s of %(level)s"),
            "": _("within the %(target)s of %(level)s"),
        }
        return sentences[self.tone] % {
            "target": stretch_in_words(self.due.target, _DAY),
            "level": self.due.level,
        }

    @property
    def percent(self) -> int | None:
        """How much of the agreed time is used."""
        return self.due.percent if self.due else None


_DAY = 8 * 60
"""Minutes of a day in words of agreements."""


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What others hold of some services."""

    shown: list[HeldTicket]
    more: int
    """Further ones that were looked at."""
    is_all: bool
    late: int
    soon: int

    @property
    def count(self) -> str:
        """How many they are, as far as was looked."""
        whole = len(self.shown) + self.more
        return str(whole) if self.is_all else f"{whole}+"

    @property
    def sentence(self) -> str:
        """What of it needs a word, in one sentence; empty when nothing does."""
        parts = []
        if self.late:
            parts.append(
                ngettext(
                    "%(n)s is over what was agreed with its holder.",
                    "%(n)s are over what was agreed with their holders.",
                    self.late,
                )
                % {"n": self.late}
            )
        if self.soon:
            parts.append(
                ngettext("%(n)s soon will be.", "%(n)s soon will be.", self.soon) % {"n": self.soon}
                if self.late
                else ngettext(
                    "%(n)s is soon over what was agreed with its holder.",
                    "%(n)s are soon over what was agreed with their holders.",
                    self.soon,
                )
                % {"n": self.soon}
            )
        return " ".join(parts)


def in_others_hands(owned: Owned) -> Hands:
    """Return what others than the services' own teams hold: what is late first, then the longest.

    A service without a team of its own is wholly in others' hands, and so is what waits for a
    supplier.
    """
    now = clock.now()
    rows = list(_held_by_others(owned).order_by("opened_at")[: LOOKED_AT + 1])
    book = present_book()
    found = [_held(ticket, book, now) for ticket in rows[:LOOKED_AT]]
    found.sort(key=lambda one: (_WORST_FIRST[one.tone], -one.worked))
    return Hands(
        shown=found[:SHOWN],
        more=len(found[SHOWN:]),
        is_all=len(rows) <= LOOKED_AT,
        late=sum(one.tone == "red" for one in found),
        soon=sum(one.tone == "amber" for one in found),
    )


_WORST_FIRST = {"red": 0, "amber": 1, "": 2}


@page("POST", requires="service.read")
def holder_remind(request: HttpRequest) -> HttpResponse:
    """Ask whoever holds a ticket, or each late one of a board, how it stands."""
    whose = request.POST.get("whose", "")
    owned = services_of(request, int(whose)) if whose.isdigit() else own_services(request)
    reference = request.POST.get("ticket", "")
    if reference:
        ids = list(tickets_seen(request).filter(reference=reference).values_list("pk", flat=True))
        if not ids:
            raise Http404
    else:
        hands = in_others_hands(owned)
        ids = [one.ticket.pk for one in hands.shown if one.tone]
    said = _said(_remind(ids, owned.reader), wanted=len(ids))
    if not render.wants_fragment(request):
        messages.success(request, said)
        return redirect("owned-by", owned.person.pk) if whose else redirect("owner-board")
    context = {"hands": in_others_hands(owned), "owned": owned}
    return render.toast(render.block(request, TEMPLATE, "hands", context), said)


def _remind(ids: Sequence[int], reader: Reader) -> int:
    count = 0
    for pk in ids:
        try:
            count += remind_holder(pk, by=reader.actor)
        except MoveNotAllowed:
            # Done in this moment: nobody has to be reminded.
            continue
        except NotPermitted:
            if len(ids) == 1:
                raise
    return count


def _said(reminded: int, *, wanted: int) -> str:
    if not wanted:
        return _("Nothing is late.")
    if not reminded:
        return _("They were reminded within the last hour; once is enough.")
    return ngettext(
        "The holder of %(n)s ticket was reminded.",
        "The holders of %(n)s tickets were reminded.",
        reminded,
    ) % {"n": reminded}


SAID_OF_IT = (
    "desk_id", "reference", "subject", "priority", "state", "site_id", "opened_at",
    "team__name", "assignee__name", "service__name", "supplier__name",
)  # fmt: skip
"""Of hundreds that are looked at only a few are shown: their words and paths stay where they are.
"""


def _held_by_others(owned: Owned) -> QuerySet[Ticket]:
    at_supplier = Q(state=State.WAITING, waiting_for=WaitingFor.SUPPLIER)
    theirs = Q(service__team=None) | ~Q(team=F("service__team"))
    return (
        owned.tickets()
        .filter(theirs | at_supplier)
        .select_related("team", "assignee", "service", "supplier")
        .only(*SAID_OF_IT)
        .annotate(held_since=_since(), **next_due_along(AGREED_WITH_HOLDERS))
    )


def _since() -> Any:
    """Return since when the present team holds a ticket, whoever of it works on it."""
    others = CustodySpell.objects.filter(ticket=OuterRef("pk")).exclude(team=OuterRef("team"))
    return Coalesce(Subquery(others.order_by("-ended_at").values("ended_at")[:1]), F("opened_at"))


def _held(ticket: Ticket, book: Book, now: datetime) -> HeldTicket:
    brought: Any = ticket
    supplier = ticket.supplier if ticket.state == State.WAITING else None
    since = brought.held_since
    hours = book.hours_of_desk(ticket.desk_id, now)
    worked = hours.between(since, now) if hours else now - since
    day = day_length(hours)
    due = next_due_of(ticket, now=now)
    if due is not None and (due.kind is LevelKind.UC) != (supplier is not None):
        due = None
    return HeldTicket(
        ticket=ticket,
        holder=supplier.name if supplier else ticket.team.name,
        person="" if supplier or ticket.assignee is None else ticket.assignee.name,
        since=since,
        worked=worked,
        day=day,
        due=due,
    )
