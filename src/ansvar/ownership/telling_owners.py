"""Telling people that they answer for tickets now, because somebody passed them on."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.tickets.facts import OwnerChanged, OwnershipPassed
from ansvar.tickets.models import Passing, Ticket

KIND = "owner"


def _words(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the values of a notice in words of its reader."""
    count = int(values.get("count", 1))
    tickets = ngettext("%(n)s ticket", "%(n)s tickets", count) % {"n": count}
    return {"giver": str(values.get("giver", "")), "tickets": tickets}


kinds.add(KIND)(
    NoticeKind(
        label=gettext_lazy("Tickets that others let you answer for"),
        icon="user-check",
        sentences={
            "one": gettext_lazy("{giver} let you answer for {reference} {subject}"),
            "many": gettext_lazy("{giver} let you answer for {tickets}; there is a note on each"),
        },
        words=_words,
        path=lambda: reverse("shift"),
    )
)


@react(OwnerChanged)
def tell_new_owner(fact: OwnerChanged, entry: Entry) -> None:
    """Tell somebody to whom a single ticket was passed; who takes one up knows it."""
    if fact.previous_id is None or entry.actor.person_id == fact.owner_id:
        return
    if entry.request_id and Passing.objects.filter(request_id=entry.request_id).exists():
        # Of many in one act they are told once, see below.
        return
    tell(
        Telling(
            people=[fact.owner_id],
            kind=KIND,
            sentence="one",
            key=f"owner:{fact.subject_id}:{fact.previous_id}:{entry.at.isoformat()}",
            ticket=Ticket.objects.get(pk=fact.subject_id),
            values={"giver": entry.actor_label},
        )
    )


@react(OwnershipPassed)
def tell_who_takes_over(fact: OwnershipPassed, entry: Entry) -> None:
    """Tell once of many tickets that were passed on in one act; of a single one, of that."""
    if entry.actor.person_id == fact.to_id:
        return
    passing = Passing.objects.get(pk=fact.passing_id)
    single = passing.tickets.select_related("ticket").get() if fact.count == 1 else None
    tell(
        Telling(
            people=[fact.to_id],
            kind=KIND,
            sentence="one" if single else "many",
            key=f"passing:{passing.pk}",
            ticket=single.ticket if single else None,
            values={"giver": entry.actor_label, "count": fact.count},
        )
    )
