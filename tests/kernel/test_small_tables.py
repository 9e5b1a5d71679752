import threading
from collections.abc import Iterator

import pytest
from builders import a_desk, a_person, a_team, an_agent
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ansvar.access.queries import grants_of
from ansvar.kernel import small_tables
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.small_tables import at_one_moment, remembered
from ansvar.people.commands import deactivate_person, edit_team
from ansvar.people.models import Team
from ansvar.people.small_tables import TEAMS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    for one in remembered.values():
        one.forget()
    yield
    for one in remembered.values():
        one.forget()


def reads(captured: CaptureQueriesContext) -> int:
    return sum(small_tables.READ in one["sql"] for one in captured.captured_queries)


def test_a_table_is_read_once_until_it_changes() -> None:
    team = a_team(a_desk())
    with CaptureQueriesContext(connection) as captured:
        first, second = TEAMS.get(team.pk), TEAMS.get(team.pk)
    assert first == second == team
    assert first is not second
    assert reads(captured) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda pk: edit_team(pk, name="Night", by=SYSTEM),
        lambda pk: Team.objects.filter(pk=pk).update(name="Night"),
        lambda pk: connection.cursor().execute(
            "UPDATE people_team SET name = 'Night' WHERE id = %s", [pk]
        ),
    ],
    ids=["by a command", "by the ORM", "by hand"],
)
def test_a_change_is_seen_at_once_in_its_own_transaction(change: object) -> None:
    team = a_team(a_desk(), name="Day")
    assert TEAMS.values_of("name", {team.pk}) == {team.pk: "Day"}
    assert callable(change)
    change(team.pk)
    assert TEAMS.values_of("name", {team.pk}) == {team.pk: "Night"}


def test_what_is_rolled_back_was_never_so() -> None:
    team = a_team(a_desk(), name="Day")
    with transaction.atomic():
        Team.objects.filter(pk=team.pk).update(name="Night")
        assert TEAMS.values_of("name", {team.pk}) == {team.pk: "Night"}
        transaction.set_rollback(True)
    assert TEAMS.values_of("name", {team.pk}) == {team.pk: "Day"}


def test_rows_are_found_by_their_columns_and_are_free_to_be_changed() -> None:
    desk = a_desk()
    first, other = a_team(desk, is_default=True), a_team(desk)
    assert TEAMS.first(desk_id=desk.pk, is_default=True) == first
    assert {team.pk for team in TEAMS.where(desk_id=desk.pk)} == {first.pk, other.pk}
    assert TEAMS.get(other.pk, is_default=True) is None
    assert TEAMS.get(None) is None
    found = TEAMS.get(first.pk)
    assert found is not None
    found.name = "Spoilt"
    assert TEAMS.get(first.pk) == first
    assert TEAMS.values_of("name", {first.pk}) == {first.pk: first.name}


def test_at_one_moment_the_marks_are_asked_once() -> None:
    team = a_team(a_desk())
    TEAMS.get(team.pk)
    with CaptureQueriesContext(connection) as captured, at_one_moment(), at_one_moment():
        TEAMS.get(team.pk)
        TEAMS.get(team.pk)
    assert len(captured) == 1


def test_who_is_deactivated_has_no_roles_any_more() -> None:
    agent = an_agent(team=a_team(a_desk()))
    assert grants_of(agent.pk)
    assert not grants_of(a_person().pk)
    agent.memberships.all().delete()
    deactivate_person(agent.pk, by=SYSTEM)
    assert grants_of(agent.pk) == ()


def test_every_table_that_is_remembered_marks_its_changes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgfoid = 'mark_small_table'::regproc"
        )
        triggers = " ".join(definition for (definition,) in cursor.fetchall())
        cursor.execute("SELECT name FROM kernel_tablemark")
        marked = {name for (name,) in cursor.fetchall()}
    wanted = {name for one in remembered.values() for name in one.of}
    assert wanted <= marked
    assert all(f"mark_small_table('{name}')" in triggers for name in wanted)


class Elsewhere(threading.Thread):
    """Another process as far as the database knows: a connection of its own, with its own steps."""

    def __init__(self, team_id: int, name: str) -> None:
        super().__init__()
        self.team_id, self.new_name = team_id, name
        self.has_changed, self.may_commit = threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            with transaction.atomic():
                Team.objects.filter(pk=self.team_id).update(name=self.new_name)
                self.has_changed.set()
                self.may_commit.wait(30)
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_time_wait_for_nobody_and_all_are_seen() -> None:
    desk = a_desk()
    early, late = a_team(desk, name="Early"), a_team(desk, name="Late")
    others = [Elsewhere(early.pk, "Earlier"), Elsewhere(late.pk, "Later")]
    for other in others:
        other.start()
        assert other.has_changed.wait(30)
    ids = {early.pk, late.pk}
    assert TEAMS.values_of("name", ids) == {early.pk: "Early", late.pk: "Late"}
    # The later one is there first: what the earlier one changes must not be lost on anybody.
    others[1].may_commit.set()
    others[1].join()
    assert TEAMS.values_of("name", ids) == {early.pk: "Early", late.pk: "Later"}
    others[0].may_commit.set()
    others[0].join()
    assert TEAMS.values_of("name", ids) == {early.pk: "Earlier", late.pk: "Later"}
