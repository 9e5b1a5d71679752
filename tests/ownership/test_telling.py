"""Who hears of hand-overs, of what others ask, and of what waits too long."""

import pytest
from builders import a_person, acting, an_agent, somebody_with
from django.db import transaction
from owned import Owned, an_owned_service, at, away
from queued_work import run_queued

from ansvar.access.decisions import Role
from ansvar.kernel.journal import as_history
from ansvar.kernel.rights import NotPermitted
from ansvar.notices.commands import choose_notices
from ansvar.notices.models import Notice
from ansvar.notices.queries import unseen_notices, wishes_of
from ansvar.ownership.commands import remind_holder
from ansvar.ownership.tasks import chase, send_letters
from ansvar.people.models import Person
from ansvar.rota.commands import note_presence
from ansvar.tickets.commands import (
    MoveNotAllowed,
    answer_task,
    ask_others,
    credit_help,
    decide_hand_over,
    hand_over_ticket,
    override_priority,
    resolve_ticket,
    withdraw_hand_over,
)
from ansvar.tickets.decisions import Answer, TaskKind
from ansvar.tickets.models import HandOverRequest
from ansvar.tickets.queries import viewer_of
from tickets import a_ticket

pytestmark = pytest.mark.django_db


def heard(person: Person, *, at_once: bool = False) -> list[str]:
    """Return what somebody was told lately, without the number of the ticket, and forget it."""
    if not at_once:
        run_queued("kernel.run_reaction")
    found = unseen_notices(viewer_of(person.pk))
    Notice.objects.filter(pk__in=[one.notice.pk for one in found]).update(seen_at="2026-03-02T00Z")
    return [
        one.text.replace(one.ticket.reference, "#").replace(f" {one.ticket.subject}", "")
        if one.ticket
        else one.text
        for one in found
    ]


@pytest.fixture
def owned() -> Owned:
    with at(0, 8):
        return an_owned_service()


def test_owner_and_deputy_hear_that_a_hand_over_waits_for_them(owned):
    with at(0, 9):
        owned.asked()
        first, second = owned.place.first.name, owned.place.second.name
        wish = f"#: {first} wants to give it to {second}."
        assert heard(owned.owner) == [f"{wish} You decide."]
        assert heard(owned.deputy) == [f"{wish} Olga Owner decides, or you do."]
        assert heard(owned.supervisor) == []
        assert not Notice.objects.filter(is_urgent=True).exists()


def test_of_the_most_urgent_they_hear_by_every_way(owned):
    with at(0, 9):
        ticket = owned.ticket()
        override_priority(ticket.pk, priority=1, reason="Queue to the door", by=owned.place.by)
        owned.asked(ticket)
        assert heard(owned.owner)
    assert Notice.objects.get(person=owned.owner).is_urgent


def test_while_the_owner_is_away_the_deputy_is_the_one_named(owned):
    with at(0, 9):
        away(owned.owner)
        owned.asked()
        assert heard(owned.deputy)[0].endswith("Olga Owner is away, so you decide.")


def test_when_nobody_of_them_is_here_the_supervisors_may_at_once(owned):
    with at(0, 9):
        away(owned.owner)
        away(owned.deputy)
        owned.asked()
        assert heard(owned.supervisor)[0].endswith("You may now.")
        decide_hand_over(
            HandOverRequest.objects.get().pk, answer=Answer.KEEP, by=acting(owned.supervisor)
        )


def test_of_a_ticket_of_no_service_the_supervisors_hear_at_once(owned):
    with at(0, 9):
        ticket = a_ticket(owned.place)
        hand_over_ticket(ticket.pk, team=owned.place.second, reason="Theirs", by=owned.place.by)
        hand_over_ticket(ticket.pk, team=owned.place.first, reason="Yours", by=owned.place.by)
        assert heard(owned.supervisor)[0].endswith("under no service, so you decide.")


@pytest.mark.parametrize(
    ("answer", "asker_hears", "others_hear"),
    [
        (Answer.GIVE, "#: Olga Owner gave it to {second}. “Ask Kim”", "#{came} “Ask Kim”"),
        (Answer.KEEP, "#: Olga Owner leaves it with you. “Ask Kim”", None),
        (
            Answer.SPLIT,
            "#: Olga Owner gave {second} a task; it stays with you. “Ask Kim”",
            "#: Olga Owner has a task for you: “Ask Kim”",
        ),
        (
            Answer.TOGETHER,
            "#: Olga Owner called {second} in; you work on it together. “Ask Kim”",
            "#: Olga Owner calls you in: “Ask Kim”",
        ),
    ],
)
def test_what_was_decided_is_told_to_whom_it_concerns(owned, answer, asker_hears, others_hear):
    with at(0, 9):
        request = owned.asked()
        decide_hand_over(request.pk, answer=answer, words="Ask Kim", by=acting(owned.owner))
        first, second = owned.place.first.name, owned.place.second.name
        came = f" came to your team from {first}: Olga Owner decided so."
        assert heard(owned.place.agent) == [asker_hears.format(second=second)]
        expected = [others_hear.format(came=came)] if others_hear else []
        assert heard(owned.second) == expected
        # What is decided waits for nobody.
        assert heard(owned.owner) == []


@pytest.mark.parametrize("is_asked", [True, False])
def test_history_asks_only_where_it_says_so_and_tells_nobody(owned, is_asked):
    ticket = owned.ticket()
    with transaction.atomic(), as_history():
        outcome = hand_over_ticket(
            ticket.pk,
            team=owned.place.second,
            reason="Theirs",
            is_asked=is_asked,
            by=owned.place.by,
        )
    assert (outcome.request is not None) == is_asked
    ticket.refresh_from_db()
    assert (ticket.team == owned.place.first) == is_asked
    assert heard(owned.owner) == []


def test_of_a_withdrawn_wish_those_hear_who_were_asked(owned):
    with at(0, 9):
        request = owned.asked()
        heard(owned.owner)
        withdraw_hand_over(request.pk, why="Found it.", by=owned.place.by)
        assert heard(owned.owner) == ["#: there is nothing to decide any more. “Found it.”"]
        assert heard(owned.place.agent) == []


def test_owners_are_reminded_once_and_then_it_goes_on_to_the_supervisors(owned):
    with at(0, 9):
        owned.asked()
        heard(owned.owner)
    for hour, to_owner, to_supervisor in [
        (9.9, [], []),
        (10.05, ["may decide too."], []),
        (10.2, [], []),
        (11.1, ["may now, too."], ["You may now."]),
        (11.3, [], []),
    ]:
        with at(0, hour):
            chase()
            for person, expected in [(owned.owner, to_owner), (owned.supervisor, to_supervisor)]:
                told = heard(person)
                assert len(told) == len(expected), (hour, told)
                assert all(map(str.endswith, told, expected)), (hour, told)


def test_waiting_is_counted_in_hours_of_the_desk(owned):
    with at(0, 16.5):
        owned.asked()
    with at(1, 7.5):
        chase()
        assert heard(owned.supervisor) == []
    with at(1, 9.6):
        chase()
        assert len(heard(owned.supervisor)) == 1


def test_a_question_reaches_those_of_the_team_who_are_here(owned):
    present, ticket = an_agent(team=owned.place.second), owned.ticket()
    with at(0, 9):
        note_presence(present.pk)
        ask = {"kind": TaskKind.QUESTION, "words": "Is the line up?", "by": owned.place.by}
        ask_others(ticket.pk, team=owned.place.second, **ask)
        name = owned.place.agent.name
        assert heard(present) == [f"#: {name} asks you: “Is the line up?”"]
        assert heard(owned.second) == []
    with at(0, 15):
        ask_others(ticket.pk, team=owned.place.second, **ask)
        assert heard(owned.second) == heard(present) != []


def test_who_asked_hears_the_answer_and_who_answered_that_it_helped(owned):
    expert = an_agent(team=owned.place.second)
    task = ask_others(
        owned.ticket().pk, kind=TaskKind.QUESTION, person=expert, words="Why?", by=owned.place.by
    )
    assert len(heard(expert)) == 1
    answer_task(task.pk, words="The clock is slow.", by=acting(expert))
    assert heard(owned.place.agent) == [f"#: {expert.name} answered: “The clock is slow.”"]
    credit_help(task.pk, has_helped=True, by=owned.place.by)
    assert heard(expert) == [f"#: your answer helped, says {owned.place.agent.name}"]


def test_what_nobody_answers_comes_up_after_a_day_and_goes_back_after_two(owned):
    with at(0, 9):
        ask_others(
            owned.ticket().pk,
            kind=TaskKind.QUESTION,
            team=owned.place.second,
            words="Why?",
            by=owned.place.by,
        )
        heard(owned.second)
    for day, hour, to_asked, to_asker in [(0, 16, 0, 0), (1, 9, 1, 0), (1, 10, 0, 0), (2, 9, 0, 1)]:
        with at(day, hour):
            chase()
            told = heard(owned.second), heard(owned.place.agent)
            assert [*map(len, told)] == [to_asked, to_asker], (day, hour, told)


def test_of_many_unanswered_things_one_is_told_once_a_day_how_many(owned):
    expert = an_agent(team=owned.place.second)
    with at(0, 9):
        for _ in range(6):
            ask_others(
                owned.ticket().pk,
                kind=TaskKind.QUESTION,
                person=expert,
                words="Why?",
                by=owned.place.by,
            )
        heard(expert)
    with at(1, 9):
        chase()
        chase()
        assert heard(expert) == ["6 things that you or your teams were asked are not answered yet."]


def test_the_owner_reminds_whoever_holds_a_ticket_once_an_hour(owned):
    with at(0, 9):
        ticket = owned.ticket()
        assert remind_holder(ticket.pk, by=acting(owned.owner))
        assert heard(owned.place.agent) == ["#: Olga Owner asks how it stands"]
    with at(0, 9.5):
        assert not remind_holder(ticket.pk, by=acting(owned.deputy))
    with at(0, 10.1):
        assert remind_holder(ticket.pk, by=acting(owned.supervisor))


def test_only_who_answers_for_the_service_reminds_and_only_of_what_is_open(owned):
    ticket = owned.ticket()
    for person in (owned.place.agent, a_person(), somebody_with(Role.AUDITOR, owned.place.desk)):
        with pytest.raises(NotPermitted):
            remind_holder(ticket.pk, by=acting(person))
    resolve_ticket(ticket.pk, resolution="Done.", by=owned.place.by)
    with pytest.raises(MoveNotAllowed):
        remind_holder(ticket.pk, by=acting(owned.owner))


def test_the_letter_of_the_month_comes_on_the_first_working_day_and_by_mail(owned):
    # The first of March 2026 is a Sunday.
    with at(-1, 12):
        send_letters()
        assert heard(owned.owner) == []
    with at(0, 7.5):
        send_letters()
        assert heard(owned.owner) == []
    with at(0, 9):
        send_letters()
        send_letters()
        assert heard(owned.owner) == ["Your letter of February 2026: how your services did"]
        assert heard(owned.deputy) == []
    with at(20, 9):
        send_letters()
        assert heard(owned.owner) == []


def test_who_wants_no_letter_by_mail_gets_none(owned):
    letter = ("letter", "email")
    assert letter in wishes_of(owned.owner.pk)
    choose_notices([("task", "email")], by=acting(owned.owner))
    assert wishes_of(owned.owner.pk) == {("task", "email")}
    choose_notices([letter], by=acting(owned.owner))
    assert wishes_of(owned.owner.pk) == {letter}
