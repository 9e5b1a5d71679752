from decimal import Decimal

import pytest
from builders import (
    OFFICE_HOURS,
    a_calendar,
    a_department,
    a_desk,
    a_person,
    a_site,
    a_team,
    acting,
    an_administrator,
    an_agent,
    an_organisation,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from journal_checks import facts_recorded, records_nothing

from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import (
    DefaultTeamNeeded,
    DepartmentInItself,
    add_member,
    create_calendar,
    create_department,
    create_organisation,
    create_team,
    deactivate_person,
    edit_calendar,
    edit_department,
    edit_desk,
    edit_organisation,
    edit_site,
    edit_team,
    remove_member,
    set_lead,
)
from ansvar.people.models import Membership, Team
from ansvar.people.queries import agents_of, calendar_of, default_team, members_of, teams_of

pytestmark = pytest.mark.django_db


def test_a_desk_keeps_its_prefix_in_capitals_and_for_itself():
    desk = a_desk(prefix="IT")
    for wrong in ("it", "1T", "TOOLONG", ""):
        with pytest.raises(ValidationError):
            edit_desk(desk.pk, prefix=wrong, by=SYSTEM)
    with pytest.raises(ValidationError):
        a_desk(prefix="IT")
    with facts_recorded() as facts:
        edit_desk(desk.pk, prefix="ITS", by=SYSTEM)
    assert facts == ["desk.changed"]


def test_only_administrators_of_the_desk_change_it():
    desk = a_desk()
    for person in (an_agent(desk), an_administrator(a_desk()), a_person()):
        with pytest.raises(NotPermitted):
            edit_desk(desk.pk, name="Else", by=acting(person))
        with pytest.raises(NotPermitted):
            create_team(desk=desk, name="Else", by=acting(person))
    edit_desk(desk.pk, name="Else", by=acting(an_administrator(desk)))


def test_the_first_team_of_a_desk_is_its_default_and_there_is_always_one():
    desk = a_desk()
    first, second = a_team(desk), a_team(desk)
    assert default_team(desk) == first
    with facts_recorded() as facts:
        edit_team(second.pk, is_default=True, by=SYSTEM)
    assert facts == ["team.changed", "team.changed"]
    assert default_team(desk) == second
    for wrong in ({"is_default": False}, {"is_active": False}):
        with pytest.raises(DefaultTeamNeeded):
            edit_team(second.pk, **wrong, by=SYSTEM)
    third = a_team(desk, is_default=True)
    assert default_team(desk) == third
    edit_team(second.pk, is_active=False, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Team.objects.filter(pk=first.pk).update(is_default=True)


def test_a_line_is_one_to_three():
    for line in (0, 4):
        with pytest.raises(ValidationError):
            a_team(line=line)


def test_people_join_lead_and_leave_a_team_and_repeats_are_silent():
    team, person = a_team(), a_person()
    with facts_recorded() as facts:
        add_member(team.pk, person.pk, by=SYSTEM)
        set_lead(team.pk, person.pk, by=SYSTEM)
        set_lead(team.pk, person.pk, is_lead=False, by=SYSTEM)
    assert facts == ["member.added", "lead.set", "lead.unset"]
    assert list(members_of(team)) == [person]
    assert list(teams_of(person.pk)) == [team]
    with records_nothing():
        add_member(team.pk, person.pk, by=SYSTEM)
        set_lead(team.pk, person.pk, is_lead=False, by=SYSTEM)
    with facts_recorded() as facts:
        remove_member(team.pk, person.pk, by=SYSTEM)
        remove_member(team.pk, person.pk, by=SYSTEM)
    assert facts == ["member.removed"]
    with pytest.raises(Membership.DoesNotExist):
        set_lead(team.pk, person.pk, by=SYSTEM)


def test_somebody_inactive_does_not_join_and_is_no_agent_any_more():
    desk = a_desk()
    team = a_team(desk)
    agent = an_agent(team=team)
    assert list(agents_of(desk)) == [agent]
    deactivate_person(agent.pk, by=SYSTEM)
    assert list(agents_of(desk)) == []
    with pytest.raises(ValidationError):
        add_member(a_team(desk).pk, agent.pk, by=SYSTEM)


def test_a_team_without_calendar_works_by_that_of_its_desk():
    desk = a_desk()
    own = a_calendar()
    assert calendar_of(a_team(desk)) == desk.calendar
    assert calendar_of(a_team(desk, calendar=own)) == own


def test_a_calendar_with_impossible_hours_is_refused_at_its_field():
    for hours in ({}, {"0": []}, {"0": [["17:00", "08:00"]]}, {"0": 1}):
        with pytest.raises(ValidationError) as refused:
            create_calendar(name="Wrong", hours=hours, by=SYSTEM)
        assert "hours" in refused.value.message_dict
    calendar = a_calendar()
    with pytest.raises(ValidationError):
        edit_calendar(calendar.pk, timezone="Mars/Olympus", by=SYSTEM)
    with facts_recorded() as facts:
        edit_calendar(calendar.pk, holiday_country="SE", hours=OFFICE_HOURS, by=SYSTEM)
        edit_calendar(calendar.pk, holiday_country="SE", hours=OFFICE_HOURS, by=SYSTEM)
    assert facts == ["calendar.changed"]


def test_a_department_does_not_lie_in_itself():
    organisation = an_organisation()
    whole = a_department(organisation=organisation, name="Sales")
    part = a_department(organisation=organisation, name="North", parent=whole)
    deep = a_department(organisation=organisation, name="City", parent=part)
    with pytest.raises(DepartmentInItself, match="City in North in Sales"):
        edit_department(whole.pk, parent=deep, by=SYSTEM)
    with pytest.raises(DepartmentInItself):
        edit_department(whole.pk, parent=whole, by=SYSTEM)
    with facts_recorded() as facts:
        edit_department(deep.pk, parent=whole, by=SYSTEM)
    assert facts == ["department.changed"]


def test_a_department_lies_in_one_of_its_own_organisation():
    with pytest.raises(ValidationError):
        create_department(
            organisation=an_organisation(), name="Odd", parent=a_department(), by=SYSTEM
        )


def test_the_weight_of_a_site_is_a_share():
    site = a_site()
    for wrong in (Decimal(-1), Decimal(101)):
        with pytest.raises(ValidationError):
            edit_site(site.pk, business_weight=wrong, by=SYSTEM)
    with facts_recorded() as facts:
        edit_site(site.pk, business_weight=Decimal("2.5"), by=SYSTEM)
        edit_site(site.pk, business_weight=Decimal("2.500"), by=SYSTEM)
    assert facts == ["site.changed"]


def test_organisations_are_kept_by_administrators():
    with pytest.raises(NotPermitted):
        create_organisation(name="Ours", by=acting(an_agent()))
    organisation = create_organisation(name="Ours", by=acting(an_administrator()))
    with facts_recorded() as facts:
        edit_organisation(organisation.pk, name="Theirs", by=SYSTEM)
        edit_organisation(organisation.pk, name="Theirs", by=SYSTEM)
    assert facts == ["organisation.changed"]


def test_only_fields_of_the_thing_can_be_set():
    with pytest.raises(TypeError):
        edit_site(a_site().pk, organisation=an_organisation(), by=SYSTEM)
