"""A desk with a past, and its import step by step."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import an_agent
from mails import a_desk_with_mail
from old_mail import DESK, Import, a_heap, as_mbox, surveyed

from ansvar.conversations.commands import edit_mailbox
from ansvar.conversations.models import Mailbox
from ansvar.importers import importing
from ansvar.importers.models import ImportRun
from ansvar.importers.sources import source_at
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Desk, Person

NOW = datetime(2026, 2, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def now(db: None) -> Iterator[datetime]:
    """Set the clock to half a year after the heap."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def mailbox(now: datetime) -> Mailbox:
    """Give the mailbox of the desk to which the heap was written."""
    made = a_desk_with_mail()
    edit_mailbox(made.pk, address=DESK, by=SYSTEM)
    made.refresh_from_db()
    return made


@pytest.fixture
def desk(mailbox: Mailbox) -> Desk:
    return mailbox.desk


@pytest.fixture
def agent(desk: Desk) -> Person:
    """Give the agent who answered."""
    return an_agent(team=desk.teams.get(), email="ida@corp.test", name="Ida Ek")


@pytest.fixture
def heap(tmp_path: Path, now: datetime, agent: Person) -> Path:
    mails = a_heap(agent="ida@corp.test", now=now)
    return as_mbox(tmp_path / "inbox", mails, filed_at=now)


@pytest.fixture
def few(tmp_path: Path, now: datetime, agent: Person) -> Path:
    """Give the first three conversations of the heap, answered and long over."""
    mails = a_heap(agent="ida@corp.test", now=now)[:6]
    return as_mbox(tmp_path / "few", mails, filed_at=now)


@pytest.fixture
def surveying(desk: Desk) -> Import:
    """Give what looks through a path."""

    def look(path: Path, **options: object) -> ImportRun:
        with closing(source_at(str(path))) as source:
            return surveyed(desk, source, **options)

    return look


@pytest.fixture
def bringing_in(desk: Desk) -> Import:
    """Give what imports a path from beginning to end."""

    def bring(path: Path, **options: object) -> ImportRun:
        with closing(source_at(str(path))) as source:
            run = surveyed(desk, source, **options)
            list(importing.take_over(run, source, by=SYSTEM))
        return run

    return bring
