import threading
from typing import Any

import pytest
from builders import a_person
from django.db import connection, connections, transaction
from programs import Program

from ansvar.kernel.given_answers import _locked
from ansvar.kernel.models import GivenAnswer
from ansvar.people.models import Desk
from ansvar.tickets.models import Ticket
from tickets import a_ticket, a_workplace


def opened(program: Program, desk: Desk, key: str, subject: str = "Printer") -> Any:
    return program.post("/tickets", {"desk": desk.pk, "subject": subject}, Idempotency_Key=key)


@pytest.mark.django_db
def test_the_same_request_with_the_same_key_is_carried_out_once():
    desk, program = a_workplace().desk, Program(a_person())
    first, second = opened(program, desk, "a-1"), opened(program, desk, "a-1")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_request_is_refused():
    desk, program = a_workplace().desk, Program(a_person())
    opened(program, desk, "a-1")
    answer = opened(program, desk, "a-1", "Another matter")
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:ansvar:refusal:key-used"
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_different_people_do_not_meet():
    desk = a_workplace().desk
    opened(Program(a_person()), desk, "a-1")
    assert opened(Program(a_person()), desk, "a-1").status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_a_refused_request_leaves_its_key_free():
    place, person = a_workplace(), a_person()
    ticket, program = a_ticket(place, requester=person), Program(person)
    path = f"/tickets/{ticket.pk}/confirm"
    assert program.post(path, Idempotency_Key="c-1").status_code == 409
    assert GivenAnswer.objects.count() == 0
    Program(place.agent).post(f"/tickets/{ticket.pk}/resolve", {"resolution": "Done."})
    assert program.post(path, Idempotency_Key="c-1").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 201, "a b"])
def test_a_key_that_cannot_be_one_is_refused(key: str):
    answer = opened(Program(a_person()), a_workplace().desk, key)
    assert answer.status_code == 422
    assert Ticket.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_repeat_during_the_first_request_is_told_to_wait():
    desk, person = a_workplace().desk, a_person()
    program = Program(person)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            assert _locked(person.pk, "a-1")
            held.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    try:
        answer = opened(program, desk, "a-1")
    finally:
        done.set()
        holder.join()
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:ansvar:refusal:still-working"
    assert opened(program, desk, "a-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_with_one_key_open_one_ticket():
    desk, program = a_workplace().desk, Program(a_person())
    statuses: list[int] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait(30)
        statuses.append(opened(program, desk, "a-1").status_code)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Ticket.objects.count() == 1
