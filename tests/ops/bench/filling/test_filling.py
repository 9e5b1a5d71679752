"""What a bench's database holds: as many of everything as was said, as the commands write it."""

import pytest
from builders import acting
from django.db import connection, transaction
from verified import differences

from ansvar.conversations.models import InboundMail, Message, OutboundMail
from ansvar.kernel.models import Entry
from ansvar.ops.bench import cast
from ansvar.ops.bench.filling import loosening, standing
from ansvar.ops.bench.filling.belonging import table_of, tables_of_tickets
from ansvar.ops.bench.filling.blanks import Blanks
from ansvar.ops.bench.filling.columns import Columns
from ansvar.ops.bench.filling.founding import House
from ansvar.ops.bench.filling.gathering import Told, Uncastable
from ansvar.people.models import Person, Site
from ansvar.tickets.commands import open_ticket
from ansvar.tickets.models import OPEN_STATES, Ticket

TICKETS = 300
pytestmark = pytest.mark.usefixtures("small_bench")


def having(word: str) -> int:
    found = "SELECT count(*) FROM tickets_ticket WHERE subject ~* %s OR description ~* %s"
    with connection.cursor() as cursor:
        cursor.execute(found, [rf"\m{word}\M"] * 2)
        return int(cursor.fetchone()[0])


def test_there_are_as_many_of_everything_as_was_asked_for():
    is_open = Ticket.objects.filter(state__in=OPEN_STATES)
    assert Ticket.objects.count() == TICKETS
    assert is_open.count() == TICKETS * cast.OPEN_SHARE
    assert Site.objects.count() == 50
    assert having(cast.RARE_WORD) == cast.RARE_TICKETS
    assert having(cast.COMMON_WORD) == TICKETS * cast.COMMON_SHARE
    assert Person.objects.filter(search__contains=cast.PERSON_PART).count() >= 1


def test_tickets_have_as_many_messages_and_entries_as_of_a_desk_in_use():
    entries = Entry.objects.filter(subject_type="ticket").count() / TICKETS
    assert 12 <= entries <= 18
    assert 2 <= Message.objects.count() / TICKETS <= 4
    assert InboundMail.objects.exists()
    assert not OutboundMail.objects.exclude(state=OutboundMail.State.SENT).exists()


def test_what_was_filled_in_is_what_the_journal_says():
    assert differences() == []


def test_those_who_log_in_have_something_to_do():
    named = {login: Person.objects.get(login=login) for login in (cast.AGENT, cast.REQUESTER)}
    is_open = Ticket.objects.filter(state__in=OPEN_STATES)
    assert is_open.filter(assignee=named[cast.AGENT]).exists()
    assert is_open.filter(requester=named[cast.REQUESTER]).exists()
    assert Person.objects.get(login=cast.OWNER).owned_services.exists()
    assert all(person.check_password(cast.PASSWORD) for person in named.values())


def test_no_blank_is_left_and_nobody_of_the_told_lives():
    with connection.cursor() as cursor:
        for table in tables_of_tickets():
            blank = f"SELECT count(*) FROM {table.name} t WHERE t::text ~* 'zq[a-z0-9]+qz'"
            cursor.execute(blank)
            assert cursor.fetchone() == (0,), table.label
    assert not Person.objects.filter(name__startswith="Zq").exists()


def test_a_new_ticket_is_numbered_behind_those_that_were_filled_in(small_bench: House):
    requester = Person.objects.get(login=cast.REQUESTER)
    with transaction.atomic():
        ticket = open_ticket(
            desk=small_bench.desk, requester=requester, subject="One more", by=acting(requester)
        )
        assert ticket.reference == f"IT-{1000 + TICKETS + 1}"
        assert Entry.objects.filter(subject_type="ticket", subject_id=ticket.pk).exists()
        transaction.set_rollback(True)


def test_entries_lie_in_the_order_of_time():
    moments = (
        Entry.objects.filter(subject_type="ticket").order_by("pk").values_list("at", flat=True)
    )
    assert [*moments] == sorted(moments)


def test_an_entry_that_refers_to_something_unknown_is_refused():
    told = Told(
        reference="IT-1",
        language="en",
        state="new",
        requester=Person.objects.get(login=cast.REQUESTER),
    )
    table = table_of(Entry)
    entry = dict.fromkeys(table.columns) | {
        "fact": "ticket.supplier_asked",
        "payload": '{"task_id": 7}',
    }
    with pytest.raises(Uncastable, match=r"task_id of ticket\.supplier_asked"):
        Columns(told, Blanks(told, {})).row(table, tuple(entry.values()))


def test_a_database_that_is_in_use_is_not_filled():
    with pytest.raises(standing.NotEmpty):
        standing.require_empty()


def test_a_database_that_was_filled_but_not_settled_is_not_used():
    with transaction.atomic():
        standing.note_filled(TICKETS)
        with pytest.raises(standing.HalfFilled):
            standing.require_ready()
        with pytest.raises(standing.HalfFilled):
            standing.require_empty()
        transaction.set_rollback(True)


def test_indexes_and_relations_are_put_back_as_they_were():
    def present() -> list[tuple[str, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
                " UNION ALL SELECT indexname, indexdef FROM pg_indexes ORDER BY 1, 2"
            )
            return cursor.fetchall()

    names = [table.name for table in tables_of_tickets()]
    with transaction.atomic():
        before = present()
        taken = loosening.loosen(names)
        assert present() != before
        loosening.fasten(taken, lambda _done, _of: None)
        assert present() == before
        transaction.set_rollback(True)
