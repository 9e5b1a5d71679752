import pytest
from builders import a_desk, a_person, acting, an_administrator, an_agent
from journal_checks import facts_recorded, records_nothing

from ansvar.access.commands import LastAdministrator, grant_role, set_password, take_role
from ansvar.access.decisions import Role
from ansvar.access.models import RoleGrant
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import deactivate_person, edit_person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def test_a_role_is_given_once_and_taken_with_a_trace():
    desk, person = a_desk(), a_person()
    with facts_recorded() as facts:
        grant = grant_role(person.pk, Role.AGENT, desk=desk, by=SYSTEM)
        take_role(grant.pk, by=SYSTEM)
    assert facts == ["role.granted", "role.taken"]
    grant_role(person.pk, Role.AGENT, desk=desk, by=SYSTEM)
    with records_nothing():
        grant_role(person.pk, Role.AGENT, desk=desk, by=SYSTEM)


def test_who_gives_roles_on_one_desk_gives_none_on_another_and_none_on_all():
    mine, other = a_desk(), a_desk()
    by = acting(an_administrator(mine))
    person = a_person()
    grant_role(person.pk, Role.AGENT, desk=mine, by=by)
    for desk in (other, None):
        with pytest.raises(NotPermitted):
            grant_role(person.pk, Role.AGENT, desk=desk, by=by)
        with pytest.raises(NotPermitted):
            grant_role(by.id or 0, Role.ADMINISTRATOR, desk=desk, by=by)


def test_a_role_that_reaches_further_than_ones_own_is_not_taken():
    by = acting(an_administrator(a_desk()))
    for holder in (an_administrator(), an_agent(a_desk())):
        with pytest.raises(NotPermitted):
            take_role(RoleGrant.objects.get(person=holder).pk, by=by)


def test_whose_rights_reach_further_is_not_taken_over():
    desk = a_desk()
    by = acting(an_administrator(desk))
    for holder in (an_administrator(), an_agent(a_desk())):
        with pytest.raises(NotPermitted):
            set_password(holder.pk, PASSWORD, by=by)
        with pytest.raises(NotPermitted):
            edit_person(holder.pk, login="taken-over", by=by)
        with pytest.raises(NotPermitted):
            deactivate_person(holder.pk, by=by)
    own = an_agent(desk)
    set_password(own.pk, PASSWORD, by=by)
    edit_person(own.pk, login="renamed", by=by)
    deactivate_person(own.pk, by=by)


def test_an_agent_gives_nobody_a_password_but_oneself():
    agent, person = an_agent(), a_person()
    set_password(agent.pk, PASSWORD, by=acting(agent))
    with pytest.raises(NotPermitted):
        set_password(person.pk, PASSWORD, by=acting(agent))


def test_the_last_administrator_keeps_the_role():
    only = an_administrator()
    with pytest.raises(LastAdministrator):
        take_role(RoleGrant.objects.get(person=only).pk, by=acting(only))
    second = an_administrator()
    take_role(RoleGrant.objects.get(person=only).pk, by=acting(second))
    assert not RoleGrant.objects.filter(person=only).exists()


def test_the_last_administrator_is_not_deactivated():
    only, other = an_administrator(), an_administrator()
    deactivate_person(other.pk, by=acting(only))
    with pytest.raises(LastAdministrator):
        deactivate_person(only.pk, by=acting(only))
    only.refresh_from_db()
    assert only.is_active
