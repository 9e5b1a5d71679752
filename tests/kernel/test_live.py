"""Who is looking at the same thing: told by the streams of one process, and to nobody else."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansvar.kernel import live
from ansvar.kernel.live import Listener

PEOPLE: Mapping[str, Listener] = {
    "ann": Listener(name="Ann", audiences=frozenset({"person:1", "desk:1"})),
    "bo": Listener(name="Bo", audiences=frozenset({"person:2", "desk:1"})),
    "guest": Listener(name="Guest", audiences=frozenset({"person:3"})),
}


class Hub(live.Hub):
    """A hub that hears nothing from a database."""

    async def _listen(self) -> None:
        await asyncio.Event().wait()


class Tab:
    """An open page of somebody."""

    def __init__(self, who: str, at: str) -> None:
        self.sees: list[str] | None = None
        self._closing = asyncio.Event()
        cookie = f"sessionid={who}".encode()
        scope = {"headers": [(b"cookie", cookie)], "query_string": f"at={at}".encode()}
        self._stream = asyncio.create_task(live.application(scope, self._receive, self._send))

    async def close(self) -> None:
        self._closing.set()
        await self._stream

    async def _receive(self) -> dict[str, Any]:
        await self._closing.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        event = message.get("body", b"").decode()
        if event.startswith("event: looking"):
            self.sees = json.loads(event.partition("data: ")[2])["names"]


async def settled() -> None:
    """Let every stream say what it knows: nothing of it waits for anything but the others."""
    for _ in range(50):
        await asyncio.sleep(0)


def at_once(asked: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for the thread in which the database would be asked."""

    async def ask(*values: Any) -> Any:
        return asked(*values)

    return ask


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    hub = Hub()
    monkeypatch.setattr(live, "hub", hub)
    monkeypatch.setattr(live, "sync_to_async", lambda _found: at_once(lambda find, key: find(key)))
    monkeypatch.setattr(live, "listeners", {"session": PEOPLE.get})
    return hub


def test_those_at_one_place_hear_of_each_other_until_they_go(hub: Hub):
    async def looks() -> None:
        ann, second, elsewhere = Tab("ann", "1/A-1"), Tab("ann", "1/A-1"), Tab("ann", "1/A-2")
        await settled()
        # Nobody is told of themselves, however many pages they have open.
        assert (ann.sees, second.sees, elsewhere.sees) == ([], [], [])
        bo = Tab("bo", "1/A-1")
        await settled()
        assert (ann.sees, bo.sees, elsewhere.sees) == (["Bo"], ["Ann"], [])
        await bo.close()
        await settled()
        assert ann.sees == []
        for tab in (ann, second, elsewhere):
            await tab.close()
        assert not hub.readers

    asyncio.run(looks())


@pytest.mark.parametrize("at", ["1/A-1", "2/A-1", "1/", "A-1", ""])
def test_whoever_hears_nothing_of_a_desk_is_told_of_nobody_there(at: str):
    async def looks() -> None:
        ann, guest = Tab("ann", "1/A-1"), Tab("guest", at)
        await settled()
        assert (ann.sees, guest.sees) == ([], None)
        await guest.close()
        await ann.close()

    asyncio.run(looks())
