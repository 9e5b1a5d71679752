from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from queued_work import queued

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import all_or_nothing, command
from ansvar.kernel.facts import Fact, PersonId
from ansvar.kernel.journal import NoTransaction, as_history, forget, record, request
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.kernel.work import no_sooner_than

HEARD: list[str] = []


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Fact, name="kettle.boiled", wording="boiled for {guest}"):
    """A kettle boiled."""

    guest_id: PersonId
    cups: int = 1


@react(KettleBoiled)
def hear_at_once(fact: KettleBoiled, entry: Entry) -> None:
    """Note that the kettle boiled."""
    HEARD.append(f"{fact.cups} {entry.pk}")
    if fact.cups > 9:
        raise RuntimeError("too many cups")


@react(KettleBoiled, later=True)
def hear_later(fact: KettleBoiled, entry: Entry) -> None:
    """Note later that the kettle boiled."""
    HEARD.append(f"later {fact.cups}")


def boil(cups: int = 1) -> Entry:
    with transaction.atomic():
        return record(KettleBoiled(subject_id=7, guest_id=3, cups=cups), by=SYSTEM)


def queued_jobs() -> int:
    """Count the reactions queued here; other tests that really commit may have left their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' "
            "AND args->>'reaction' LIKE '%hear_later'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_recorded_fact_comes_back_as_it_was():
    entry = boil(cups=4)
    entry.refresh_from_db()
    assert entry.restored == KettleBoiled(subject_id=7, guest_id=3, cups=4)
    assert (entry.subject_type, entry.subject_id, entry.fact) == ("kettle", 7, "kettle.boiled")
    assert entry.actor == SYSTEM


@pytest.mark.django_db
def test_a_fact_names_its_references():
    assert KettleBoiled.references() == {"guest_id": "person"}
    assert KettleBoiled.sentence() == "A kettle boiled."


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused():
    with pytest.raises(NoTransaction):
        record(KettleBoiled(subject_id=7, guest_id=3), by=SYSTEM)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_at_once_reactions_run_and_later_ones_are_queued():
    HEARD.clear()
    entry = boil(cups=2)
    assert [f"2 {entry.pk}"] == HEARD
    assert queued_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_a_failing_at_once_reaction_leaves_neither_entry_nor_job():
    with pytest.raises(RuntimeError):
        boil(cups=10)
    assert not Entry.objects.exists()
    assert queued_jobs() == 0


@pytest.mark.django_db
def test_history_queues_nothing():
    with as_history():
        boil()
    assert queued_jobs() == 0


@pytest.mark.django_db
def test_entries_of_one_request_share_its_id():
    with request() as request_id:
        first, second = boil(), boil()
    assert first.request_id == second.request_id == request_id
    assert boil().request_id is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["UPDATE kernel_entry SET fact = 'x'", "DELETE FROM kernel_entry"]
)
def test_the_database_refuses_to_change_the_journal(change: str):
    boil()
    with (
        pytest.raises(DatabaseError, match="can only grow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_to_empty_the_journal():
    boil()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ansvar.journal_may_be_emptied = 'off'")
        with pytest.raises(DatabaseError, match="can only grow"), transaction.atomic():
            cursor.execute("TRUNCATE kernel_entry")
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_forgetting_a_subject_is_itself_in_the_journal():
    boil()
    with transaction.atomic():
        gone = forget("kettle", [7], why="asked for", by=Actor.person(5, "Ann"))
    assert gone == 1
    only = Entry.objects.get()
    assert (only.fact, only.payload["why"], only.actor_label) == (
        "journal.forgotten",
        "asked for",
        "Ann",
    )
    assert only.restored.subject_id == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()


@pytest.mark.django_db
def test_history_is_written_in_the_order_in_which_it_was_told():
    with as_history():
        for cups in (3, 1, 2):
            boil(cups=cups)
    assert [entry.payload["cups"] for entry in Entry.objects.order_by("pk")] == [3, 1, 2]


@pytest.mark.django_db
def test_a_command_refused_in_history_leaves_no_entry():
    @command
    def boil_and_fail() -> None:
        boil(cups=5)
        raise ValueError("no more tea")

    with as_history():
        boil(cups=1)
        with pytest.raises(ValueError, match="tea"), transaction.atomic():
            boil_and_fail()
    assert [entry.payload["cups"] for entry in Entry.objects.all()] == [1]


@pytest.mark.django_db(transaction=True)
def test_history_outside_a_transaction_is_refused():
    with pytest.raises(NoTransaction), as_history():
        pass


# Many commands as one


@command
def boil_as_commanded(cups: int) -> Entry:
    return record(KettleBoiled(subject_id=7, guest_id=3, cups=cups), by=SYSTEM)


@pytest.mark.django_db
def test_entries_written_together_are_all_there_with_what_follows_from_them():
    HEARD.clear()
    with all_or_nothing():
        first, second = boil_as_commanded(1), boil_as_commanded(2)
        assert Entry.objects.count() == 0
    assert list(Entry.objects.order_by("pk")) == [first, second]
    assert [arguments["entry_id"] for _pk, _task, arguments in queued("kernel.run_reaction")] == [
        first.pk,
        second.pk,
    ]


@pytest.mark.django_db
def test_a_failure_among_many_commands_undoes_them_all():
    def boil_twice() -> None:
        with all_or_nothing():
            boil_as_commanded(1)
            boil_as_commanded(99)

    with pytest.raises(RuntimeError):
        boil_twice()
    assert not Entry.objects.exists()
    assert queued("kernel.run_reaction") == []
    # What comes after is recorded as ever.
    assert boil().pk is not None


@pytest.mark.django_db
def test_what_follows_from_a_flood_waits():
    with no_sooner_than(timedelta(seconds=20)):
        entry = boil()
    assert queued("kernel.run_reaction") == []
    with clock.at(clock.now() + timedelta(seconds=21)):
        due = queued("kernel.run_reaction")
    assert [arguments["entry_id"] for _pk, _task, arguments in due] == [entry.pk]
