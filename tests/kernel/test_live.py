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

    def hear(self, audience: str, number: int) -> None:
        """Hear what the database says."""
        self.spread(json.dumps({"audience": audience, "kind": "ticket", "id": number}))


class Tab:
    """An open page of somebody."""

    def __init__(self, who: str, at: str) -> None:
        self.sees: list[str] | None = None
        self.pieces: list[list[tuple[str, int | None]]] = []
        """What came at once: the kinds of news and what they are about."""
        self.has_ended = False
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
        piece = message.get("body", b"").decode()
        events = [one.partition("\ndata: ") for one in piece.split("\n\n")]
        heard = []
        for kind, _sep, told in events:
            if kind == "event: looking":
                self.sees = json.loads(told)["names"]
            elif kind.startswith("event: "):
                heard.append((kind.removeprefix("event: "), json.loads(told).get("id")))
        if heard:
            self.pieces.append(heard)
        self.has_ended = message.get("more_body") is False


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
    monkeypatch.setattr(live, "_asked", at_once(lambda _found, find, key: find(key)))
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


def test_news_go_to_those_they_concern_and_the_next_ones_together_after_a_rest(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "PAUSE_PER_READER", 0.05)

    async def hears() -> None:
        ann, bo, guest = Tab("ann", ""), Tab("bo", ""), Tab("guest", "")
        await settled()
        hub.hear("desk:1", 1)
        hub.hear("nobody:1", 1)
        await settled()
        for number in (2, 3, 2):
            hub.hear("desk:1", number)
        hub.hear("person:1", 4)
        await settled()
        # They rest now: two streams were written to.
        assert ann.pieces == bo.pieces == [[("ticket", 1)]]
        async with asyncio.timeout(30):
            while len(bo.pieces) < 2:
                await settled()
        assert ann.pieces[1:] == [[("ticket", 2), ("ticket", 3), ("ticket", 4)]]
        assert bo.pieces[1:] == [[("ticket", 2), ("ticket", 3)]]
        assert guest.pieces == []
        for tab in (ann, bo, guest):
            await tab.close()

    asyncio.run(hears())


def test_whoever_falls_behind_is_told_to_load_anew(hub: Hub):
    async def hears() -> None:
        ann = Tab("ann", "")
        await settled()
        for number in range(live.QUEUE_LENGTH + 1):
            hub.hear("desk:1", number)
        await settled()
        assert ann.pieces == [[("reload", None)]]
        await ann.close()

    asyncio.run(hears())


def test_what_cannot_be_read_is_left_out_and_the_next_news_come(hub: Hub):
    async def hears() -> None:
        ann = Tab("ann", "")
        await settled()
        for payload in ("", "[]", "{", '"words"', '{"kind": "ticket"}'):
            hub.spread(payload)
        hub.hear("desk:1", 7)
        await settled()
        assert ann.pieces == [[("ticket", 7)]]
        await ann.close()

    asyncio.run(hears())


def test_streams_end_with_the_server_instead_of_holding_it_up(hub: Hub):
    async def ends() -> None:
        ann, bo = Tab("ann", "1/A-1"), Tab("bo", "1/A-1")
        await settled()
        hub.end()
        await settled()
        assert ann.has_ended
        assert bo.has_ended
        assert not hub.readers

    asyncio.run(ends())
