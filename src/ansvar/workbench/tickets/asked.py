"""What is asked about a ticket, as whoever reads its page sees it: what falls to them or others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from ansvar.tickets.asked import Asked, Wish, asked_on, teams_along, wish_on
from ansvar.tickets.deciding import decide_now
from ansvar.tickets.explaining import why_hand_over_is_asked
from ansvar.tickets.models import HandOverRequest, Ticket
from ansvar.workbench.reading import Reader


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A hand-over that waits, as the reader of the page sees it."""

    wish: Wish
    title: str
    why: str
    is_late: bool
    """The owners have let their time pass: the supervisors may decide, too."""
    may_decide: bool
    may_take_back: bool


def pending_on(reader: Reader, ticket: Ticket, *, now: datetime) -> Pending | None:
    """Return the hand-over of a ticket that waits for a decision, if one does."""
    wish = wish_on(ticket)
    if wish is None:
        return None
    may_decide = _decides(reader, ticket, wish, now=now)
    mine = {"team": wish.team, "who": names_in_words(wish.owners)}
    if may_decide:
        title = _("You decide whether %(team)s gets it") % mine
    elif wish.owners:
        title = _("%(who)s decides whether %(team)s gets it") % mine
    else:
        title = _("The supervisors decide whether %(team)s gets it") % mine
    return Pending(
        wish=wish,
        title=title,
        why=why_hand_over_is_asked(wish.because, ticket, team=wish.team),
        is_late=bool(wish.owners) and now >= wish.opens_at,
        may_decide=may_decide,
        may_take_back=reader.may("ticket.hand_over", ticket),
    )


def _decides(reader: Reader, ticket: Ticket, wish: Wish, *, now: datetime) -> bool:
    if reader.person.pk in wish.owner_ids:
        return True
    if not wish.falls_to_supervisors(now):
        return False
    if reader.may("ticket.decide_hand_over", ticket):
        return True
    # On a desk without supervisors it falls to those who set it up; only they are asked twice.
    return reader.may("desk.manage", ticket) and reader.person.pk in decide_now(
        HandOverRequest.objects.select_related("service").get(pk=wish.id), now
    )


def names_in_words(names: tuple[str, ...] | list[str]) -> str:
    """Say several names as those of people of whom one is enough."""
    return get_text_list(list(names), _("or"))


@dataclass(frozen=True, kw_only=True)
class Around:
    """What others were asked about a ticket, as the reader of its page sees it."""

    of_me: list[Asked]
    """Open, and the reader's or a team's of theirs to answer."""
    of_others: list[Asked]
    """Open, for others to answer."""
    answered: list[Asked]
    me: int

    @property
    def open_count(self) -> int:
        """How many wait for an answer."""
        return len(self.of_me) + len(self.of_others)

    def may_credit(self, asked: Asked) -> bool:
        """Tell whether the reader may say whether an answer helped: not of their own."""
        return asked.answered_by_id is not None and asked.answered_by_id != self.me

    @staticmethod
    def may_take(asked: Asked) -> bool:
        """Tell whether the reader may take what a team of theirs was asked."""
        return asked.person_id is None


def around(reader: Reader, ticket: Ticket) -> Around:
    """Return what others were asked about a ticket read by `ticket_of`."""
    me, teams = reader.person.pk, teams_along(ticket)
    asked = asked_on(ticket)
    waiting = [one for one in asked if one.is_open]
    return Around(
        of_me=[one for one in waiting if one.is_for(me, teams)],
        of_others=[one for one in waiting if not one.is_for(me, teams)],
        answered=[one for one in asked if one.answered_by_id is not None],
        me=me,
    )


def names_along(ticket: Ticket) -> Iterable[tuple[tuple[str, int], str]]:
    """Return whom the questions on a ticket name, so that nobody asks for their names again."""
    wish = wish_on(ticket)
    if wish is not None:
        yield ("team", wish.team_id), wish.team
        if wish.asked_by_id is not None:
            yield ("person", wish.asked_by_id), wish.asked_by
    for asked in asked_on(ticket):
        named = (
            ("team", asked.team_id, asked.team),
            ("person", asked.person_id, asked.person),
            ("person", asked.asked_by_id, asked.asked_by),
            ("person", asked.answered_by_id, asked.answered_by),
        )
        yield from (((noun, pk), name) for noun, pk, name in named if pk is not None)
