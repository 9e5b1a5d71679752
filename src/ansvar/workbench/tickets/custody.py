"""The custody of a ticket in full: every holder with time and cost, who decided what, and why."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ansvar.access.pages import page
from ansvar.insight.custody_ledger import Ledger, ledger_of
from ansvar.insight.decisions.losing import Loss
from ansvar.kernel import clock
from ansvar.servicelevels.clock_words import amount
from ansvar.suppliers.queries import AtSupplier, with_suppliers
from ansvar.tickets.decisions import Because
from ansvar.tickets.explaining import why_hand_over_is_asked
from ansvar.tickets.models import Ticket
from ansvar.ui import render
from ansvar.ui.wording import duration
from ansvar.workbench.custody import strip_of
from ansvar.workbench.insight.asking import sheet
from ansvar.workbench.insight.saying import loss_doubts, money
from ansvar.workbench.tickets.page import ticket_of

TEMPLATE = "workbench/tickets/custody.html"
COLUMNS = (
    "team", "person", "start", "end", "elapsed_minutes", "working_minutes", "bounce", "lost",
    "work_cost", "business_cost", "currency",
)  # fmt: skip
MINUTE = timedelta(minutes=1)


@page(requires="service.read")
def custody(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who held the ticket how long, and what that has cost."""
    ticket = ticket_of(request, reference)
    ledger = ledger_of(ticket)
    context = {
        "ticket": ticket,
        "ledger": ledger,
        "strip": strip_of(ticket),
        "at_suppliers": [(one, _waited(one)) for one in with_suppliers(ticket.pk)],
        "decisions": [(one, _why(one.because, ticket, one.team.name)) for one in ledger.decisions],
        "doubts": loss_doubts(ledger.whole, ledger.currency),
        "working": amount,
        "elapsed": duration,
        "cost": lambda spent: _cost(spent, ledger.currency),
        "percent": lambda spent: _percent(spent, ledger),
    }
    return render.page(request, TEMPLATE, context)


@page(requires="service.read")
def custody_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Hand out the spells as a table for other programs."""
    ticket = ticket_of(request, reference)
    return sheet([COLUMNS, *_rows(ledger_of(ticket))], name=f"custody-{ticket.reference}.csv")


def _waited(stretch: AtSupplier) -> timedelta:
    return (stretch.end or clock.now()) - stretch.start


def _why(because: str, ticket: Ticket, team: str) -> str:
    if because == Because.AFTER:
        # The number it had changed hands by then is not kept with the question.
        return _("It had changed hands as often as the rule of the service lets it.")
    return why_hand_over_is_asked(Because(because), ticket, team=team)


def _cost(spent: Loss, currency: str) -> str:
    return money(spent.cost, currency) if spent.is_priced else "–"


def _percent(spent: Loss, ledger: Ledger) -> int:
    whole = ledger.whole.elapsed
    return round(100 * (spent.elapsed / whole)) if whole else 0


def _rows(ledger: Ledger) -> Iterator[Sequence[object]]:
    for one in ledger.spells:
        yield (
            one.team,
            one.person,
            _iso(one.started_at),
            _iso(one.ended_at),
            one.spent.elapsed // MINUTE,
            one.spent.working // MINUTE,
            "yes" if one.is_bounce else "no",
            "yes" if one.is_lost else "no",
            _number(one.spent.work),
            _number(one.spent.business),
            ledger.currency,
        )


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at is not None else ""


def _number(cost: Decimal) -> str:
    return str(round(cost, 2))
