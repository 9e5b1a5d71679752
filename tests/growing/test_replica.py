"""Figures read from a streaming copy, and from the database itself when the copy falls short."""

import json
from collections.abc import Iterator

import grown
import httpx
import product
import pytest
from postgres_server import PostgresServer
from waiting import wait_until

pytestmark = pytest.mark.realparts


@pytest.fixture(scope="module")
def copy(house: grown.House) -> Iterator[PostgresServer]:
    follower = PostgresServer(house.state, "follower")
    follower.follow(house.server)
    follower.start()
    yield follower
    follower.stop()


def figures(house: grown.House, copy: PostgresServer, *, lag: int) -> int:
    """Return how many tickets a report on the terminal counts."""
    settings = house.environment(
        ANSVAR_REPORTS_URL=copy.url(), ANSVAR_REPORTS_LAG=str(lag), ANSVAR_LOG_LEVEL="error"
    )
    done = product.ansvar(house.data, "report", "handovers", "--json", **settings)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    cases: int = report["cases"]
    return cases


def test_figures_come_from_the_copy_while_it_keeps_up(house: grown.House, copy: PostgresServer):
    settings = house.environment(ANSVAR_REPORTS_URL=copy.url(), ANSVAR_REPORTS_LAG="3600")
    web = grown.Web(settings)
    world = house.world
    body = {"desk": world["desk"], "requester": world["requester"], "subject": "After the pause"}
    with (
        grown.running(web),
        web.browser("petra") as client,
        web.program(world["token"]) as program,
        web.program(world["supervisor"]) as reader,
    ):
        before = counted(reader, world["desk"])
        copy.ask("SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        wait_until(lambda: copy.ask(paused) == [(True,)])
        assert program.post("/tickets", json=body).status_code == 201

        assert counted(reader, world["desk"]) == before
        # What somebody does is never looked for in the copy.
        assert "After the pause" in program.get("/tickets").text
        # A report that allows less lag than there is now counts in the database itself.
        late = "SELECT clock_timestamp() - pg_last_xact_replay_timestamp() > interval '1.2 s'"
        wait_until(lambda: copy.ask(late) == [(True,)])
        assert figures(house, copy, lag=3600) == before
        assert figures(house, copy, lag=1) == before + 1
        told = product.ansvar(house.data, "check", **settings | {"ANSVAR_REPORTS_LAG": "1"})
        assert "figures are read from the database itself" in told.stdout

        copy.stop()
        assert counted(reader, world["desk"]) == before + 1
        assert client.get("/insight/handovers/").status_code == 200
        health = httpx.get(f"{web.url}/health", timeout=60).json()
        assert health["status"] == "degraded"
        assert "not from its copy: it does not answer" in " ".join(health["warnings"])

        copy.start()
        wait_until(lambda: httpx.get(f"{web.url}/health").json()["warnings"] == [])
    told = product.ansvar(house.data, "check", **settings)
    assert "ANSVAR_REPORTS_URL: a copy" in told.stdout


def counted(reader: httpx.Client, desk: int) -> int:
    answer = reader.get(f"/insight/desks/{desk}/handovers")
    assert answer.status_code == 200, answer.text
    cases: int = answer.json()["cases"]
    return cases
