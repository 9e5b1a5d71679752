"""Two web and two worker processes around one PostgreSQL behave like one."""

import smtplib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import grown
import httpx
import product
import psycopg
import pytest
from small_world import MAILBOX
from waiting import wait_until

pytestmark = pytest.mark.realparts

MAIL = (
    "From: anna@example.com\nTo: it@corp.test\nMessage-ID: <{number}@example.com>\n"
    "Subject: {subject}\n\nNothing comes out.\n"
)


@dataclass(kw_only=True)
class Desk:
    house: grown.House
    webs: tuple[grown.Web, grown.Web]
    workers: dict[str, grown.Part]
    lmtp: int

    def open_ticket(self, subject: str, *, at: int = 0) -> None:
        world = self.house.world
        body = {"desk": world["desk"], "requester": world["requester"], "subject": subject}
        with self.webs[at].program(world["token"]) as program:
            assert program.post("/tickets", json=body).status_code == 201

    def hand_over(self, subject: str) -> None:
        mail = MAIL.format(subject=subject, number=subject.replace(" ", "-"))
        with smtplib.LMTP("127.0.0.1", self.lmtp) as server:
            assert server.sendmail("anna@example.com", [MAILBOX], mail) == {}


@pytest.fixture(scope="module")
def desk(house: grown.House) -> Iterator[Desk]:
    lmtp = product.free_port()
    webs = (grown.Web(house.environment()), grown.Web(house.environment()))
    workers = {
        name: grown.Part(house.environment(house.server.url(application_name=name)), "worker")
        for name in ("one", "other")
    }
    entrance = grown.Part(house.environment(), "receive", "--lmtp", str(lmtp))
    with grown.running(*webs, *workers.values(), entrance):
        yield Desk(house=house, webs=webs, workers=workers, lmtp=lmtp)


def is_heard(desk: Desk, client: httpx.Client, subject: str) -> bool:
    """Tell whether a page that is open at the first process hears of what the second one does."""
    server = desk.house.server
    with client.stream("GET", f"{desk.webs[0].url}/live") as stream:
        assert stream.status_code == 200
        # The stream begins before the process has begun to listen to the database.
        wait_until(
            lambda: bool(
                server.ask("SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN ansvar_live'")
            )
        )
        opening = threading.Thread(target=desk.open_ticket, args=[subject], kwargs={"at": 1})
        opening.start()
        heard = any(line.startswith("event: ticket") for line in stream.iter_lines())
        opening.join()
    return heard


def test_who_has_logged_in_at_one_works_at_the_other_and_hears_of_both(desk: Desk):
    with desk.webs[0].browser("elin") as client:
        there = client.get(f"{desk.webs[1].url}/queue/", follow_redirects=True)
        assert there.status_code == 200
        assert "Elin" in there.text

        assert is_heard(desk, client, "Seen at the first")


def test_two_workers_do_every_job_once(desk: Desk):
    for number in range(12):
        desk.open_ticket(f"Many {number}", at=number % 2)
    wait_until(lambda: desk.house.jobs() == 0)

    ask = desk.house.server.ask
    started = "SELECT job_id FROM procrastinate_events WHERE type = 'started' GROUP BY 1"
    assert len(ask(started)) >= 12
    assert ask(f"{started} HAVING count(*) > 1") == []
    assert desk.house.jobs("failed") == 0


def test_the_jobs_of_a_killed_worker_are_done_by_the_other(desk: Desk):
    house = desk.house
    with psycopg.connect(house.server.url()) as holding:
        # The job that reads the mail has begun, and cannot end before this does.
        holding.execute("LOCK TABLE tickets_ticket IN SHARE ROW EXCLUSIVE MODE")
        desk.hand_over("Half done")
        waits = "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait_until(lambda: bool(house.server.ask(waits)))
        ((name,),) = house.server.ask(waits)
        # The job that reads this one waits for the first.
        desk.hand_over("Next in line")
        desk.workers[name].kill()
    assert house.tickets("Half done") == 0

    # Half a minute without a sign of life, and the next full minute: both are now.
    house.server.ask(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id IN"
        " (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing')"
    )
    house.server.ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
        " VALUES ('default', 'kernel.rescue', 'kernel.rescue', '{\"timestamp\": 0}')"
        " ON CONFLICT DO NOTHING"
    )

    wait_until(lambda: house.tickets("Next in line") == 1 and house.jobs() == 0)
    assert house.tickets("Half done") == 1


def test_a_database_that_is_away_is_said_and_comes_back_by_itself(desk: Desk):
    web, server = desk.webs[0], desk.house.server
    words = "A long description which nobody would like to write a second time."
    with web.browser("elin") as client, web.program(desk.house.world["token"]) as program:
        server.kill()
        page = client.get("/queue/")
        sent = web.send(client, "/tickets/new", {"subject": "Away", "description": words})
        answer = program.get("/tickets")
        try:
            with smtplib.LMTP("127.0.0.1", desk.lmtp) as lmtp:
                lmtp.sendmail("anna@example.com", [MAILBOX], MAIL)
        except smtplib.SMTPRecipientsRefused as refused:
            (refusal,) = refused.recipients.values()
        server.start()

        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "The database is being switched" in page.text
        assert (sent.status_code, words in sent.text) == (503, True)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json()["type"] == "urn:ansvar:refusal:database-away"
        assert refusal[0] == 451
        wait_until(lambda: client.get("/queue/").status_code in {200, 302})
        assert is_heard(desk, client, "After it came back")
    desk.hand_over("Taken again")
    wait_until(lambda: desk.house.tickets("Taken again") == 1)
    assert all(part.process.poll() is None for part in desk.webs)
