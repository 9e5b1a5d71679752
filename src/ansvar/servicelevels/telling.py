"""How the journal of a ticket becomes the story its clocks are worked out from."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ansvar.conversations.facts import MessageRecalled, MessageSent
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry
from ansvar.servicelevels.facts import LevelChosen
from ansvar.tickets import facts

_NO_WAITING = {"waiting": "", "supplier": None}


def _opened(fact: facts.TicketOpened, entry: Entry) -> dict[str, Any]:
    parties = {fact.requester_id, fact.reporter_id}
    actor = entry.actor
    return {
        "opened": True,
        "by_desk": actor.person_id is not None and actor.person_id not in parties,
        "state": "new",
        "team": fact.team_id,
        "kind": fact.kind,
        "priority": fact.priority,
        "service": fact.service_id,
        "site": fact.site_id,
    }


def _edited(fact: facts.TicketEdited, _: Entry) -> dict[str, Any]:
    wanted = ("kind", "service", "site")
    return {name: fact.changes[name][1] for name in wanted if name in fact.changes}


_TOLD: Mapping[type[Fact], Callable[[Any, Entry], dict[str, Any]]] = {
    facts.TicketOpened: _opened,
    facts.TicketEdited: _edited,
    facts.TicketClassified: lambda fact, _: {"priority": fact.priority},
    facts.PriorityOverridden: lambda fact, _: {"priority": fact.priority},
    facts.PriorityRecomputed: lambda fact, _: {"priority": fact.priority},
    facts.TicketAssigned: lambda fact, _: {"person": fact.assignee_id, "state": fact.state},
    facts.TicketHandedOver: lambda fact, _: {
        "team": fact.team_id, "person": fact.assignee_id, "state": fact.state,
    },
    facts.WorkStarted: lambda *_: {"state": "in_work", **_NO_WAITING},
    facts.WaitingStarted: lambda fact, _: {
        "state": "waiting", "waiting": fact.waiting_for, "supplier": fact.supplier_id,
    },
    facts.WaitingEnded: lambda fact, _: {"state": fact.state, **_NO_WAITING},
    facts.TicketResolved: lambda *_: {"state": "resolved", **_NO_WAITING},
    facts.TicketClosed: lambda *_: {"state": "closed", **_NO_WAITING},
    facts.TicketReopened: lambda fact, _: {"state": fact.state, **_NO_WAITING},
    MessageSent: lambda fact, _: {"said": fact.message_id, "auto": fact.is_automatic},
    MessageRecalled: lambda fact, _: {"unsaid": fact.message_id},
    LevelChosen: lambda fact, _: {"level": fact.version_id},
}  # fmt: skip
"""What each fact changes for the clocks, in the terms of `decisions.story`."""

HEARD = tuple(_TOLD)
"""The facts that clocks hear of."""
HEARD_NAMES = tuple(fact.name for fact in HEARD)


Moments = list[tuple[datetime, dict[str, Any]]]


def in_time(story: Moments) -> Moments:
    """Return the moments of a story in the order of time, the opening first whatever clocks say.

    Of two commands that ran at once, the one that began later may have been written first.
    """
    return [*story[:1], *sorted(story[1:], key=lambda moment: moment[0])]


def story_of(happened: Iterable[tuple[Fact, Entry]]) -> Moments:
    """Return the moments of a story; changes of one moment are one, but each message is its own."""
    story: Moments = []
    for fact, entry in happened:
        changes = _TOLD[type(fact)](fact, entry)
        if not changes:
            continue
        last = story[-1] if story else None
        if last and last[0] == entry.at and not {"said", "unsaid"} & {*last[1], *changes}:
            last[1].update(changes)
        else:
            story.append((entry.at, changes))
    return story
