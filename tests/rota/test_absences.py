from datetime import timedelta

import pytest
from builders import a_desk, a_person, a_team, acting, an_agent, somebody_with
from django.core.exceptions import ValidationError

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import add_member
from ansvar.rota.commands import (
    AwayAlready,
    announce_absence,
    end_absence,
    forget_presence,
    note_presence,
)
from ansvar.rota.models import Absence, Presence
from ansvar.rota.queries import away_among, is_away, present_among, stand_in_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return clock.now()


def away(person, now, *, by=SYSTEM, **wanted):
    times = {"starts_at": now - HOUR, "ends_at": now + 3 * HOUR, **wanted}
    return announce_absence(person.pk, by=by, **times)


def test_who_is_away_has_a_stand_in_until_the_end(now):
    person, stand_in, other = an_agent(), an_agent(), an_agent()
    away(person, now, stand_in=stand_in)
    assert is_away(person.pk, now)
    assert not is_away(person.pk, now + 3 * HOUR)
    assert away_among([person.pk, other.pk], now) == {person.pk}
    assert (stand_in_of(person.pk, now), stand_in_of(other.pk, now)) == (stand_in.pk, None)


def test_two_absences_of_somebody_do_not_overlap(now):
    person = an_agent()
    away(person, now)
    with pytest.raises(AwayAlready):
        away(person, now, ends_at=now + 30 * HOUR)
    away(person, now, starts_at=now + 3 * HOUR, ends_at=now + 4 * HOUR)


@pytest.mark.parametrize("ends", [-2, -1])
def test_an_absence_is_still_to_end(now, ends):
    with pytest.raises(ValidationError):
        away(an_agent(), now, ends_at=now + ends * HOUR)


def test_a_stand_in_is_somebody_else_who_works_at_a_desk_and_is_here(now):
    person, busy = an_agent(), an_agent()
    away(busy, now)
    for stand_in in (person, busy, a_person()):
        with pytest.raises(ValidationError):
            away(person, now, stand_in=stand_in)


def test_everybody_with_a_role_says_when_they_are_away_and_leads_say_it_for_their_people(now):
    desk = a_desk()
    team = a_team(desk)
    agent, lead = an_agent(team=team), an_agent(desk)
    add_member(team.pk, lead.pk, is_lead=True, by=SYSTEM)
    planner, stranger = somebody_with(Role.TEAM_LEAD, desk), somebody_with(Role.TEAM_LEAD, a_desk())
    for allowed in (agent, lead, planner):
        absence = away(agent, now, by=acting(allowed))
        end_absence(absence.pk, by=acting(allowed))
        Absence.objects.all().delete()
    for refused in (stranger, an_agent(desk)):
        with pytest.raises(NotPermitted):
            away(agent, now, by=acting(refused))
    requester = a_person()
    with pytest.raises(NotPermitted):
        away(requester, now, by=acting(requester))


def test_who_is_back_sooner_is_here_and_what_has_not_begun_is_gone(now):
    person = an_agent()
    begun = away(person, now)
    coming = away(person, now, starts_at=now + 20 * HOUR, ends_at=now + 21 * HOUR)
    end_absence(begun.pk, by=acting(person))
    end_absence(coming.pk, by=acting(person))
    assert not is_away(person.pk, clock.now())
    assert list(Absence.objects.values_list("pk", flat=True)) == [begun.pk]
    end_absence(begun.pk, by=acting(person))


def test_who_was_seen_within_ten_minutes_and_is_not_away_is_here(now):
    here, gone, absent = an_agent(), an_agent(), an_agent()
    with clock.at(now):
        note_presence(here.pk)
        note_presence(absent.pk)
    with clock.at(now - timedelta(minutes=10)):
        note_presence(gone.pk)
    away(absent, now)
    ids = [here.pk, gone.pk, absent.pk]
    assert present_among(ids, now) == {here.pk}


def test_presence_is_written_once_a_minute(now, django_assert_num_queries):
    person = an_agent()
    with clock.at(now):
        note_presence(person.pk)
    with clock.at(now + timedelta(seconds=59)), django_assert_num_queries(0):
        note_presence(person.pk)
    later = now + timedelta(minutes=1)
    with clock.at(later):
        note_presence(person.pk)
    assert Presence.objects.get().seen_at == later
    with clock.at(now + timedelta(days=91)):
        assert forget_presence() == 1
