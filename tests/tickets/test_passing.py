import pytest
from builders import a_desk, a_person, acting, an_agent, somebody_with
from queued_work import run_queued
from verified import differences

from ansvar.access.decisions import Role
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import change_owner, passing
from ansvar.tickets.commands.passing import (
    CannotOwn,
    NothingToPass,
    TakenBack,
    pass_ownership,
    take_back,
)
from ansvar.tickets.models import Note, PassedTicket, Ticket
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def owned(place: Workplace, count: int = 2) -> list[int]:
    """Return tickets that the place's agent answers for."""
    return [a_ticket(place, by=place.by).pk for _ in range(count)]


def owners(ids: list[int]) -> set[int | None]:
    return set(Ticket.objects.filter(pk__in=ids).values_list("owner_id", flat=True))


def test_many_tickets_pass_in_one_act_with_a_note_on_each():
    place = a_workplace()
    ids, to = owned(place), an_agent(place.desk)
    act = pass_ownership(
        ids, to=to, words="Good night.", lines={ids[0]: "Call her at nine."}, by=place.by
    )
    assert owners(ids) == {to.pk}
    texts = Note.objects.order_by("ticket").values_list("text", "author")
    assert list(texts) == [
        ("Call her at nine.\n\nGood night.", place.agent.pk),
        ("Good night.", place.agent.pk),
    ]
    entries = Entry.objects.filter(request_id=act.request_id).order_by("pk")
    told = [(entry.fact, entry.subject_id) for entry in entries]
    assert sorted(told) == sorted(
        [
            *((fact, pk) for pk in ids for fact in ("ticket.owner_changed", "ticket.note_added")),
            ("ownership.passed", place.agent.pk),
        ]
    )
    assert (act.giver_id, act.done_at is not None) == (place.agent.pk, True)
    assert differences() == []


def test_all_go_or_none_when_somebody_may_not_own_one_of_them():
    place, elsewhere = a_workplace(), a_workplace()
    ids = owned(place, 1)
    both = somebody_with(Role.TEAM_LEAD)
    foreign = a_ticket(elsewhere, by=elsewhere.by)
    with pytest.raises(CannotOwn, match=foreign.reference):
        pass_ownership([*ids, foreign.pk], to=an_agent(place.desk), by=acting(both))
    assert owners(ids) == {place.agent.pk}
    assert not PassedTicket.objects.exists()
    pass_ownership([*ids, foreign.pk], to=both, by=acting(both))
    assert owners([*ids, foreign.pk]) == {both.pk}


def test_only_the_owner_or_who_may_change_owners_passes_on():
    place = a_workplace()
    ids, colleague = owned(place), an_agent(place.desk)
    with pytest.raises(NotPermitted):
        pass_ownership(ids, to=colleague, by=acting(colleague))
    with pytest.raises(NothingToPass):
        pass_ownership([], to=colleague, by=place.by)
    with pytest.raises(CannotOwn):
        pass_ownership(ids, to=a_person(), by=place.by)
    with pytest.raises(NotPermitted):
        pass_ownership([a_ticket(place).pk], to=place.agent, by=place.by)
    pass_ownership(ids, to=colleague, by=acting(somebody_with(Role.SUPERVISOR, place.desk)))
    assert owners(ids) == {colleague.pk}


def test_what_was_passed_on_is_taken_back_as_far_as_nobody_went_on_with_it():
    place = a_workplace()
    ids, to, third = owned(place, 3), an_agent(place.desk), an_agent(place.desk)
    act = pass_ownership(ids, to=to, by=place.by)
    change_owner(ids[2], to=third, by=acting(to))
    with pytest.raises(TakenBack):
        take_back(act.pk, by=acting(to))
    assert take_back(act.pk, by=place.by) == 2
    assert (owners(ids[:2]), owners(ids[2:])) == ({place.agent.pk}, {third.pk})
    with pytest.raises(TakenBack):
        take_back(act.pk, by=place.by)
    assert differences() == []


def test_very_many_pass_in_batches_with_one_request_id(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passing, "AT_ONCE", 2)
    place = a_workplace()
    ids, to = owned(place, 5), an_agent(place.desk)
    act = pass_ownership(ids, to=to, words="Good night.", by=place.by)
    assert (act.done_at, owners(ids)) == (None, {place.agent.pk})
    change_owner(ids[4], to=an_agent(place.desk), by=SYSTEM)
    assert run_queued("tickets.pass_on") == ["tickets.pass_on"] * 3
    act.refresh_from_db()
    assert act.done_at is not None
    assert owners(ids[:4]) == {to.pk}
    # Who had got another owner before its turn came stays with them.
    assert to.pk not in owners(ids[4:])
    moved = Entry.objects.filter(request_id=act.request_id, fact="ticket.owner_changed")
    assert moved.count() == 4


def test_a_desk_apart_is_no_place_for_an_owner_from_elsewhere():
    place = a_workplace()
    with pytest.raises(CannotOwn):
        pass_ownership(owned(place), to=an_agent(a_desk()), by=place.by)
