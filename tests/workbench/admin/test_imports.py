"""What was imported, and what the mailboxes reveal."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from browser import Opened, problems_of_pages
from budgets import Budget
from builders import a_team, an_administrator
from desktops import client_of
from django.test import Client
from django.urls import reverse
from event_logs import CRANE, LAMP, a_log, replayed
from old_mail import a_heap, as_mbox, surveyed

from ansvar.importers.models import ImportRun
from ansvar.importers.sources import source_at
from ansvar.kernel import clock
from ansvar.people.models import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    return a_team(is_default=True).desk


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> ImportRun:
    """Give a dry run of the heap."""
    now = clock.now() - timedelta(minutes=1)
    path = as_mbox(tmp_path / "inbox", a_heap(agent="ida@corp.test", now=now), filed_at=now)
    with closing(source_at(str(path))) as source:
        return surveyed(desk, source, agents_from=("ida@corp.test",))


@pytest.fixture
def log_run(desk: Desk, tmp_path: Path) -> ImportRun:
    """Give an import of a log in which not everything could be told."""
    return replayed(desk, a_log(tmp_path, CRANE, LAMP, "X1;yesterday" + ";-" * 12))


def text_of(client: Client, name: str, *args: int) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_before_the_first_import_the_page_says_how_to_begin(admin: Client):
    page = text_of(admin, "admin-imports")
    assert "Nothing has been imported yet" in page
    assert "ansvar import mailbox SOURCE --desk IT --dry-run" in page


def test_an_import_shows_what_the_mailbox_reveals_and_what_is_left_out(
    admin: Client, run: ImportRun, budget: Budget
):
    with budget("imports"):
        assert run.source in text_of(admin, "admin-imports")
    with budget("an import"):
        page = text_of(admin, "admin-import", run.pk)
    assert "ida@corp.test" in page
    assert "No sound" in page
    assert "First answer, half within" in page
    assert "1 hour" in page
    assert "The mail names no sender, so nobody could be answered." in page


def test_an_import_of_a_log_shows_where_it_does_not_agree_with_the_log(
    admin: Client, log_run: ImportRun, budget: Budget
):
    assert log_run.source in text_of(admin, "admin-imports")
    with budget("an import of a log"):
        page = text_of(admin, "admin-import", log_run.pk)
    assert "the log counts a change of team that its rows do not show" in page
    assert "L1: 3 in the log, 2 here" in page
    assert "“lost” 1" in page
    assert "No row of it can be told." in page


def test_imports_of_another_desk_do_not_exist(run: ImportRun):
    elsewhere = client_of(an_administrator(a_team().desk))
    assert run.source not in text_of(elsewhere, "admin-imports")
    assert elsewhere.get(reverse("admin-import", args=[run.pk])).status_code == 404


@pytest.mark.browser
def test_the_pages_are_accessible_and_fit_in_both_themes(
    opened: Opened, run: ImportRun, log_run: ImportRun
):
    runs = [reverse("admin-import", args=[one.pk]) for one in (run, log_run)]
    addresses = [reverse("admin-imports"), *runs]
    found = problems_of_pages(opened, addresses, as_=an_administrator())
    assert not found, "\n".join(found)
