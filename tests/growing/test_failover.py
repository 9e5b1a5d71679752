"""A leader that dies under load: what was acknowledged is there, once, and the desk goes on.

Programs open tickets and a mail server hands mail over, each asking again until it hears yes, as
programs and mail servers do. The longest pause between two answers is told.
"""

import smtplib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import grown
import httpx
import product
import psycopg
import pytest
from patroni import PatroniCluster, missing_program
from postgres_server import state_folder
from small_world import MAILBOX
from waiting import wait_until

from realparts import missing

pytestmark = pytest.mark.realparts

ENOUGH = 20
"""Of each kind, before the leader dies and again afterwards."""
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 180
"""A fail-over takes 20 seconds and more where others use the machine, too."""
MAIL = (
    "From: anna@example.com\nTo: it@corp.test\nMessage-ID: <{subject}@example.com>\n"
    "Subject: {subject}\n\nNothing comes out.\n"
)


@dataclass
class Load:
    """Somebody who asks for one thing after another, each until it is acknowledged."""

    name: str
    ask: Callable[[str], bool]
    acknowledged: list[tuple[str, float]] = field(default_factory=list)
    refused: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def has_had(self, count: int, *, since: float = 0) -> bool:
        return sum(at > since for _, at in self.acknowledged) >= count

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number += 1
            subject = f"{self.name}-{number}"
            while not self.ask(subject):
                self.refused += 1
                if self._stopping.wait(PAUSE_SECONDS):
                    return
            self.acknowledged.append((subject, time.monotonic()))


@pytest.fixture
def leaders(cluster: Path) -> Iterator[PatroniCluster]:
    if program := missing_program():
        missing(program)
    with state_folder() as state, PatroniCluster(state, cluster / "data") as running:
        yield running


def test_nothing_acknowledged_is_lost_or_done_twice_when_the_leader_dies(
    leaders: PatroniCluster,
    world: dict[str, Any],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
):
    settings = grown.environment(tmp_path, leaders.url)
    lmtp = product.free_port()
    web, worker = grown.Web(settings), grown.Part(settings, "worker")
    entrance = grown.Part(settings, "receive", "--lmtp", str(lmtp))
    with grown.running(web, worker, entrance), web.program(world["token"]) as program:
        loads = [
            Load("program", opening(program, world)),
            Load("mail", handing_over(lmtp)),
        ]
        for load in loads:
            load.start()
        try:
            wait_until(lambda: all(load.has_had(ENOUGH) for load in loads))
            died = time.monotonic()
            leaders.kill(leaders.leader() or "")
            wait_until(
                lambda: all(load.has_had(ENOUGH, since=died + PAUSE_SECONDS) for load in loads),
                patience=PATIENCE_SECONDS,
            )
        finally:
            for load in loads:
                load.stop()
        for load in loads:
            times = [at for _, at in load.acknowledged]
            gap = max(later - sooner for sooner, later in pairwise(times))
            told = f"{load.name}: {len(times)} acknowledged, none for {gap:.1f} s at most"
            record_property(f"gap_{load.name}", told)
            sys.stdout.write(f"{told}\n")
        assert all(load.refused for load in loads)

        with psycopg.connect(leaders.owners_url, autocommit=True) as asking:
            finish_what_was_begun(asking)
            subjects = [subject for load in loads for subject, _ in load.acknowledged]
            require_each_once(asking, subjects)
        assert [part.process.poll() for part in (web, worker, entrance)] == [None] * 3
    verified = product.ansvar(tmp_path, "verify", **settings)
    assert verified.returncode == 0, verified.stdout


def opening(program: httpx.Client, world: dict[str, Any]) -> Callable[[str], bool]:
    def ask(subject: str) -> bool:
        body = {"desk": world["desk"], "requester": world["requester"], "subject": subject}
        try:
            answer = program.post("/tickets", json=body, headers={"Idempotency-Key": subject})
        except httpx.TransportError:
            return False
        assert answer.status_code in {201, 503}, answer.text
        return answer.status_code == 201

    return ask


def handing_over(lmtp: int) -> Callable[[str], bool]:
    def ask(subject: str) -> bool:
        try:
            with smtplib.LMTP("127.0.0.1", lmtp) as server:
                server.sendmail("anna@example.com", [MAILBOX], MAIL.format(subject=subject))
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, said),) = refused.recipients.values()
            assert code == 451, said
            return False
        except (OSError, smtplib.SMTPException):
            return False
        return True

    return ask


def finish_what_was_begun(asking: "psycopg.Connection[Any]") -> None:
    """Let the jobs end whose worker lost the database while it did them: at once, not in a minute.

    A worker counts as gone after half a minute without a sign of life.
    """
    asking.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    asking.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
        " VALUES ('default', 'kernel.rescue', 'kernel.rescue', '{\"timestamp\": 0}')"
        " ON CONFLICT DO NOTHING"
    )
    left: list[Any] = []

    def is_done() -> bool:
        left[:] = asking.execute(
            "SELECT task_name, status::text, attempts, scheduled_at FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now()"
            " AND task_name <> 'conversations.send_mail'"
            " UNION ALL SELECT 'not read', state, readings, apart_since"
            " FROM conversations_inboundmail WHERE state = 'stored'"
        ).fetchall()
        return not left

    try:
        wait_until(is_done, patience=PATIENCE_SECONDS)
    except AssertionError:
        pytest.fail(f"Left undone: {left}")


def require_each_once(asking: "psycopg.Connection[Any]", subjects: list[str]) -> None:
    found = dict(
        asking.execute("SELECT subject, count(*) FROM tickets_ticket GROUP BY 1").fetchall()
    )
    assert [one for one in subjects if found.get(one) != 1] == []
    assert {number for number in found.values() if number != 1} == set()
    openings = (
        "SELECT t.id FROM tickets_ticket t LEFT JOIN kernel_entry e ON e.subject_type = 'ticket'"
        " AND e.subject_id = t.id AND e.fact = 'ticket.opened' GROUP BY 1 HAVING count(e.id) <> 1"
    )
    assert asking.execute(openings).fetchall() == []
    # There is no server here that would take the desk's own mail.
    failures = "SELECT work, error FROM kernel_failure WHERE work <> 'conversations.send_mail'"
    assert asking.execute(failures).fetchall() == []
    # What looks after the queue may have found no database; it comes again with every minute.
    failed = (
        "SELECT task_name FROM procrastinate_jobs"
        " WHERE status = 'failed' AND task_name <> 'kernel.rescue'"
    )
    assert asking.execute(failed).fetchall() == []
