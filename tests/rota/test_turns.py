from datetime import datetime, timedelta

import pytest
from builders import a_desk, a_person, acting, an_agent, somebody_with
from django.core.exceptions import ValidationError

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import NotPermitted
from ansvar.kernel.telling import tell
from ansvar.rota.commands import (
    NotAtThisDesk,
    NothingPlanned,
    TurnTaken,
    announce_absence,
    drop_turn,
    pass_turn,
    plan_turns,
    set_deputy,
    swap_turns,
)
from ansvar.rota.decisions import Duty, PlannedTurn, Standing
from ansvar.rota.models import Turn
from ansvar.rota.queries import duties_today, on_duty, turns_between

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return clock.now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def desk():
    return a_desk()


def a_turn(desk, person, starts_at: datetime, *, hours: int = 8, duty: Duty = Duty.QUEUE, **more):
    planned = PlannedTurn(
        person_id=person.pk, starts_at=starts_at, ends_at=starts_at + hours * HOUR
    )
    return plan_turns(desk.pk, duty, [planned], by=SYSTEM, **more)[0]


def test_nobody_shares_a_duty_of_a_desk_at_the_same_time(desk, now):
    one, other = an_agent(desk), an_agent(desk)
    a_turn(desk, one, now)
    with pytest.raises(TurnTaken, match="queue manager"):
        a_turn(desk, other, now + 7 * HOUR)
    a_turn(desk, other, now + 8 * HOUR)
    a_turn(desk, other, now, duty=Duty.SHIFT)
    a_turn(another := a_desk(), an_agent(another), now)
    assert Turn.objects.count() == 4
    assert Entry.objects.filter(fact="turn.planned").count() == 4


def test_a_plan_is_written_whole_or_not_at_all(desk, now):
    one = an_agent(desk)
    a_turn(desk, one, now + 24 * HOUR)
    planned = [
        PlannedTurn(person_id=one.pk, starts_at=now + day * HOUR, ends_at=now + (day + 24) * HOUR)
        for day in (0, 24)
    ]
    with pytest.raises(TurnTaken):
        plan_turns(desk.pk, Duty.QUEUE, planned, by=SYSTEM)
    assert Turn.objects.count() == 1


def test_a_duty_goes_only_to_those_who_work_at_the_desk(desk, now):
    for stranger in (a_person(), an_agent()):
        with pytest.raises(NotAtThisDesk):
            a_turn(desk, stranger, now)
    turn = a_turn(desk, an_agent(desk), now)
    with pytest.raises(NotAtThisDesk):
        pass_turn(turn.pk, to=a_person(), by=SYSTEM)
    with pytest.raises(NotAtThisDesk):
        set_deputy(turn.pk, deputy=a_person(), by=SYSTEM)
    with pytest.raises(NothingPlanned):
        plan_turns(desk.pk, Duty.QUEUE, [], by=SYSTEM)
    with pytest.raises(ValidationError):
        a_turn(desk, an_agent(desk), now + 48 * HOUR, hours=0)


def test_leads_plan_and_agents_pass_only_what_is_theirs(desk, now):
    agent, colleague = an_agent(desk), an_agent(desk)
    lead = somebody_with(Role.TEAM_LEAD, desk)
    planned = [PlannedTurn(person_id=agent.pk, starts_at=now, ends_at=now + HOUR)]
    with pytest.raises(NotPermitted):
        plan_turns(desk.pk, Duty.QUEUE, planned, by=acting(agent))
    [turn] = plan_turns(desk.pk, Duty.QUEUE, planned, by=acting(lead))
    with pytest.raises(NotPermitted):
        pass_turn(turn.pk, to=colleague, by=acting(colleague))
    with pytest.raises(NotPermitted):
        drop_turn(turn.pk, by=acting(agent))
    pass_turn(turn.pk, to=colleague, by=acting(agent))
    assert on_duty(desk.pk, Duty.QUEUE, now).person_id == colleague.pk
    drop_turn(turn.pk, by=acting(lead))
    assert on_duty(desk.pk, Duty.QUEUE, now) is None
    told = [one.words for one in tell(Entry.objects.filter(subject_type="desk").order_by("pk"))]
    assert [words.split()[0] for words in told[-3:]] == ["planned", "gave", "took"]


def test_two_people_swap_their_turns(desk, now):
    one, other = an_agent(desk), an_agent(desk)
    first, second = a_turn(desk, one, now), a_turn(desk, other, now + 24 * HOUR)
    with pytest.raises(NotPermitted):
        swap_turns(first.pk, second.pk, by=acting(an_agent(desk)))
    swap_turns(first.pk, second.pk, by=acting(other))
    holders = [turn.person for turn in turns_between(desk.pk, now, now + 48 * HOUR)]
    assert holders == [other, one]


def test_who_is_away_is_replaced_by_the_deputy_of_the_turn_then_by_the_stand_in(desk, now):
    holder, deputy, stand_in = an_agent(desk), an_agent(desk), an_agent(desk)
    turn = a_turn(desk, holder, now, deputy=deputy)
    at = now + HOUR

    def standing() -> tuple[int, Standing, str]:
        found = on_duty(desk.pk, Duty.QUEUE, at)
        return (found.person_id, found.standing, found.holder)

    assert standing() == (holder.pk, Standing.TURN, holder.name)
    with clock.at(now):
        announce_absence(
            holder.pk, starts_at=now, ends_at=now + 5 * HOUR, stand_in=stand_in, by=SYSTEM
        )
    assert standing() == (deputy.pk, Standing.DEPUTY, holder.name)
    set_deputy(turn.pk, deputy=None, by=acting(holder))
    assert standing() == (stand_in.pk, Standing.STAND_IN, holder.name)
    announce_absence(stand_in.pk, starts_at=now, ends_at=now + 5 * HOUR, by=SYSTEM)
    assert standing() == (holder.pk, Standing.AWAY, holder.name)


def test_today_shows_each_duty_with_who_has_it_now_and_next(desk, now):
    one, other = an_agent(desk), an_agent(desk)
    a_turn(desk, one, now)
    a_turn(desk, other, now + 8 * HOUR)
    a_turn(desk, one, now + 16 * HOUR)
    a_turn(desk, other, now + 24 * HOUR, duty=Duty.SHIFT)
    with clock.at(now):
        found = {one.duty: one for one in duties_today(desk.pk, now)}
    assert list(found) == list(Duty)
    queue, shift = found[Duty.QUEUE], found[Duty.SHIFT]
    assert (queue.now.person_id, queue.next.person_id) == (one.pk, other.pk)
    assert (shift.now, shift.next.person_id) == (None, other.pk)
    assert (found[Duty.OPERATIONS].now, found[Duty.OPERATIONS].next) == (None, None)
