"""Notices for tests: a kind of their own, and what somebody reads."""

from collections.abc import Iterator
from typing import Any

import pytest

from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.notices.queries import Said, unseen_notices
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import viewer_of

KIND = NoticeKind(
    label="Rain",
    icon="bell",
    sentences={"rain": "It rains on {reference} since {hour}", "sun": "The sun shines"},
    path=lambda: "/queue/",
)


@pytest.fixture
def a_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let there be a kind of notices for the time of a test."""
    monkeypatch.setitem(kinds._items, "weather", KIND)
    return "weather"


def told(*people: Person, ticket: Ticket | None = None, key: str = "k", **wanted: Any) -> int:
    fields = {"sentence": "rain" if ticket else "sun", "values": {"hour": 9}, **wanted}
    return tell(
        Telling(people=[one.pk for one in people], kind="weather", key=key, ticket=ticket, **fields)
    )


def unseen(person: Person) -> list[Said]:
    return unseen_notices(viewer_of(person.pk))
