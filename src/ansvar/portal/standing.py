"""How a ticket stands, in the words of whoever asked for it: no team, no holder, no supplier."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from markupsafe import Markup, escape

from ansvar.kernel import clock
from ansvar.servicelevels.promises import hears_by
from ansvar.suppliers.queries import is_supplier_named
from ansvar.tickets.decisions import Kind, State, WaitingFor, next_close
from ansvar.tickets.models import Ticket
from ansvar.ui import wording

Step = tuple[str, Markup | str]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a ticket stands and what happens next."""

    label: str
    icon: str
    tone: str
    headline: str
    """The state in one short sentence."""
    text: str
    next_text: str
    next_when: str
    step: int
    """Which of the four steps it is at, counted from 1."""
    waits_for_you: bool = False
    may_answer: bool = False
    """Whether one can say now that it works, or that it does not."""
    may_return: bool = False
    """Whether a closed one can still be taken up again."""


def standing_of(ticket: Ticket) -> Standing:
    """Return how a ticket stands; *ticket* comes with its desk and owner."""
    state = State(ticket.state)
    if state is State.RESOLVED:
        return _resolved(ticket)
    if state is State.CLOSED:
        return _closed(ticket)
    if state is State.WAITING and ticket.waiting_for == WaitingFor.REQUESTER:
        return _waiting_for_you(ticket)
    if state is State.WAITING:
        return _waiting(ticket)
    if state is State.NEW and ticket.owner is None:
        return _new(ticket)
    return _in_work(ticket)


def awaited_by_name(ticket: Ticket) -> str:
    """Say for whom a ticket waits where its requester may know; nothing otherwise.

    Most desks show one provider; only a supplier whose card allows it is ever named.
    """
    if ticket.state != State.WAITING or ticket.waiting_for != WaitingFor.SUPPLIER:
        return ""
    if ticket.supplier is None or not is_supplier_named(ticket):
        return ""
    return _("%(name)s helps us with it.") % {"name": ticket.supplier.name}


def steps_of(ticket: Ticket, *, taken_up_at: datetime | None) -> list[Step]:
    """Return the four steps of a ticket with when each was, or will be."""
    standing = standing_of(ticket)
    in_work: Markup | str = _at(taken_up_at)
    if ticket.owner is not None:
        in_work = (
            Markup("{}, {}").format(in_work, ticket.owner.name) if in_work else ticket.owner.name
        )
    closes: Markup | str = _at(ticket.closed_at)
    if ticket.resolved_at and not ticket.closed_at:
        day = _day(next_close(ticket.resolved_at, ticket.desk.quiet_days))
        closes = _("%(day)s, if all is quiet") % {"day": day}
    steps = [
        (_("We have it"), _at(ticket.opened_at)),
        (_("In work"), in_work),
        (_mended_check(ticket), _at(ticket.resolved_at)),
        (_("Closed"), closes),
    ]
    return [
        # What lies ahead of the present step may carry a time of an earlier round.
        (label, when if number <= standing.step or number == len(steps) else "")
        for number, (label, when) in enumerate(steps, start=1)
    ]


def solved_by(ticket: Ticket, *, now: datetime) -> Markup | str:
    """Say when it is expected to be solved, or that it takes longer; nothing when nobody said."""
    if ticket.expected_at is None or not ticket.is_open:
        return ""
    if ticket.expected_at < now:
        words = _("We had hoped to have it solved by {when}. It takes longer than we thought.")
    else:
        words = _("We expect it to be solved by {when}.")
    return escape(words).format(when=_at(ticket.expected_at))


def how_pressing(ticket: Ticket) -> str:
    """Return the priority in words."""
    words = {
        1: _("Most pressing: everything else can wait."),
        2: _("Very pressing: work at your place stands or nearly so."),
        3: _("Pressing: work goes on, but slower."),
        4: _("Not so pressing: it hinders a little."),
        5: _("It can wait: nobody is kept from work."),
    }
    return words[ticket.priority]


def _new(ticket: Ticket) -> Standing:
    return Standing(
        label=_("We have it"),
        icon="inbox",
        tone="",
        headline=_("We have it."),
        text=_("%(desk)s sees it in its queue, the most pressing matters first.")
        % {"desk": ticket.desk.name},
        next_text=_("Somebody takes it up and answers for it until it is closed."),
        next_when=hears_by(ticket, now=clock.now()) or _("You get a message then."),
        step=1,
    )


def _in_work(ticket: Ticket) -> Standing:
    return Standing(
        label=_("In work"),
        icon="tool",
        tone="",
        headline=_("We are working on it."),
        text=_("%(name)s answers for it.") % {"name": _owner(ticket)},
        next_text=_("%(name)s writes to you when there is news.") % {"name": _owner(ticket)},
        next_when=hears_by(ticket, now=clock.now()) or _("Ask here at any time."),
        step=2,
    )


def _waiting_for_you(ticket: Ticket) -> Standing:
    until = ticket.waiting_until
    return Standing(
        label=_("Waiting for you"),
        icon="hand-stop",
        tone="amber",
        headline=_("We need something from you."),
        text=_("You find the question below; work goes on as soon as you have answered."),
        next_text=_("We need your answer to go on."),
        next_when=_("Please answer by %(day)s") % {"day": _day(until)}
        if until
        else _("Please answer"),
        step=2,
        waits_for_you=True,
    )


def _waiting(ticket: Ticket) -> Standing:
    until = ticket.waiting_until
    look = _("We look again on %(day)s") % {"day": _day(until)} if until else ""
    return Standing(
        label=_("Waiting"),
        icon="clock-pause",
        tone="",
        headline=_("We are waiting for something we need."),
        text=_("%(name)s keeps an eye on it.") % {"name": _owner(ticket)},
        next_text=_("We go on as soon as it is there."),
        next_when=hears_by(ticket, now=clock.now()) or look,
        step=2,
    )


def _resolved(ticket: Ticket) -> Standing:
    closes = next_close(ticket.resolved_at or clock.now(), ticket.desk.quiet_days)
    mended = ticket.kind in {Kind.INCIDENT, Kind.ALARM}
    return Standing(
        label=_("Mended, please check") if mended else _("Done, please check"),
        icon="circle-check",
        tone="accent",
        headline=_("We think it is mended.") if mended else _("We think it is done."),
        text=ticket.resolution,
        next_text=_("Tell us whether it works. Without an answer we close it."),
        next_when=_("Closes on %(day)s") % {"day": _day(closes)},
        step=3,
        may_answer=True,
    )


def _closed(ticket: Ticket) -> Standing:
    closed_at = ticket.closed_at or ticket.changed_at
    days = ticket.desk.reopen_days
    until = closed_at + timedelta(days=days)
    may_return = ticket.may_be_taken_up(clock.now())
    return Standing(
        label=_("Closed"),
        icon="checks",
        tone="",
        headline=_("Closed on %(day)s.") % {"day": _day(closed_at)},
        text=ticket.resolution,
        next_text=_("It came back? You can take it up again until %(day)s.") % {"day": _day(until)}
        if may_return
        else ngettext(
            "It was closed more than %(n)s day ago. If it came back, report it anew.",
            "It was closed more than %(n)s days ago. If it came back, report it anew.",
            days,
        )
        % {"n": days},
        next_when="",
        step=4,
        may_return=may_return,
    )


def _mended_check(ticket: Ticket) -> str:
    if ticket.kind in {Kind.INCIDENT, Kind.ALARM}:
        return _("Mended, you check")
    return _("Done, you check")


def _owner(ticket: Ticket) -> str:
    return ticket.owner.name if ticket.owner else ticket.desk.name


def _at(moment: datetime | None) -> Markup | str:
    return wording.moment(moment, pgettext("date format", "D j M H:i")) if moment else ""


def _day(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return formats.date_format(timezone.localtime(moment), pgettext("date format", "D j M"))
