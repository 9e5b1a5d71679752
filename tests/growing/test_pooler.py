"""Ansvar through PgBouncer in transaction mode, where no session is anybody's own."""

import contextlib
import smtplib
import threading
from collections.abc import Iterator

import grown
import product
import psycopg
import pytest
from pgbouncer import PgBouncer, program
from small_world import MAILBOX
from waiting import wait_until

from realparts import missing

pytestmark = pytest.mark.realparts

MAIL = "From: anna@example.com\nTo: it@corp.test\nSubject: Through the pooler\n\nHello.\n"
SESSIONS = 6


@pytest.fixture(scope="module")
def pooler(house: grown.House) -> Iterator[PgBouncer]:
    if program() is None:
        missing("PgBouncer")
    with PgBouncer(house.state, house.server) as bouncer:
        yield bouncer


@contextlib.contextmanager
def every_session(pooler: PgBouncer) -> Iterator[list["psycopg.Connection[object]"]]:
    """Give transactions which together hold every session that the pooler has at hand."""
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(SESSIONS):
            connection = psycopg.connect(pooler.url, prepare_threshold=None)
            held.append(stack.enter_context(connection))
            connection.execute("SELECT 1")
        yield held


def test_without_a_way_past_it_it_is_refused_in_words(house: grown.House, pooler: PgBouncer):
    told = product.ansvar(house.data, "check", **house.environment(pooler.url))

    assert told.returncode == 1
    assert "gives each transaction another session" in told.stdout
    assert "ANSVAR_DIRECT_URL" in told.stdout


def test_the_whole_way_of_a_mail_leads_through_it_and_leaves_nothing_in_its_sessions(
    house: grown.House, pooler: PgBouncer
):
    lmtp = product.free_port()
    settings = house.environment(pooler.url, ANSVAR_DIRECT_URL=house.server.url())
    web, worker = grown.Web(settings), grown.Part(settings, "worker")
    entrance = grown.Part(settings, "receive", "--lmtp", str(lmtp))
    told = product.ansvar(house.data, "check", **settings)
    migrated = product.ansvar(house.data, "migrate", **settings)
    with grown.running(web, worker, entrance), web.browser("elin") as client:
        with client.stream("GET", f"{web.url}/live") as stream:
            listens = "SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN ansvar_live'"
            wait_until(lambda: bool(house.server.ask(listens)))
            sending = threading.Thread(target=send, args=[lmtp])
            sending.start()
            assert any(line.startswith("event: ticket") for line in stream.iter_lines())
            sending.join()
        wait_until(lambda: house.jobs() == 0)
        # Often enough that a statement would be prepared, in one session and then another.
        with every_session(pooler):
            pages = [client.get("/queue/", follow_redirects=True) for _ in range(2)]
        pages += [client.get("/queue/", follow_redirects=True) for _ in range(6)]

        assert {page.status_code for page in pages} == {200}
        assert "Through the pooler" in pages[-1].text
        assert house.tickets("Through the pooler") == 1
        with every_session(pooler) as held:
            for connection in held:
                ask = connection.execute
                assert ask("SELECT name FROM pg_prepared_statements").fetchall() == []
                assert ask("SHOW synchronous_commit").fetchone() == ("on",)
                assert ask("SHOW default_transaction_read_only").fetchone() == ("off",)
                assert ask("SHOW TimeZone").fetchone() is not None
        assert house.server.ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []
    assert "through a pooler that gives each transaction another session" in told.stdout
    assert "ANSVAR_DIRECT_URL: answers, past the pooler" in told.stdout
    assert (told.returncode, migrated.returncode) == (0, 0)


def send(lmtp: int) -> None:
    with smtplib.LMTP("127.0.0.1", lmtp) as server:
        assert server.sendmail("anna@example.com", [MAILBOX], MAIL) == {}
