from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from verified import differences

from ansvar.access.decisions import Role
from ansvar.access.models import RoleGrant
from ansvar.catalogue.models import Matrix, ScriptVersion
from ansvar.conversations.models import Message
from ansvar.demo.founding import MAKER
from ansvar.demo.load import DemoIsThere, load
from ansvar.demo.offers import PEOPLE, offers
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.people.models import Desk, Person
from ansvar.rota.decisions import Duty
from ansvar.rota.queries import absences_at, on_duty, turns_between
from ansvar.tickets.models import CustodySpell, Ticket
from ansvar.tickets.queries import viewer_of
from ansvar.tickets.sight import visible_tickets

pytestmark = pytest.mark.django_db


def test_what_the_demo_tells_lies_in_the_past_and_in_order(small_demo):
    entries = Entry.objects.order_by("pk")
    moments = list(entries.values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()
    assert not CustodySpell.objects.filter(started_at__gt=clock.now()).exists()
    opened = Ticket.objects.filter(desk__prefix="IT").order_by("pk")
    numbers = [
        int(reference.split("-")[1]) for reference in opened.values_list("reference", flat=True)
    ]
    assert numbers == sorted(numbers)


def test_nobody_is_told_of_what_never_was(small_demo):
    assert not ProcrastinateJob.objects.exists()
    assert not Message.objects.filter(outbound__isnull=False).exists()


def test_rows_agree_with_the_journal(small_demo):
    assert differences() == []


def test_the_big_pharmacy_cannot_sell_and_its_ticket_came_back_once(small_demo):
    ticket = Ticket.objects.get(subject__startswith="Cashier cannot sell")
    assert ticket.is_open
    assert (ticket.priority, ticket.bounce_count, ticket.hand_over_count) == (1, 1, 3)
    assert ticket.owner.name == "Elin Sjödahl"
    assert ticket.team.name == "Networks"


def test_scripts_are_in_force_and_tickets_rest_on_them(small_demo):
    assert ScriptVersion.objects.filter(state=ScriptVersion.State.PUBLISHED).count() == 7
    assert Matrix.objects.filter(raise_from_weight__isnull=False).count() == 1
    assert Ticket.objects.filter(priority_basis__was_raised=True).exists()


def test_it_agents_do_not_see_the_hr_desk(small_demo):
    assert Ticket.objects.filter(desk__prefix="HR").exists()
    agent = Person.objects.get(name="Elin Sjödahl")
    seen = visible_tickets(viewer_of(agent.pk))
    assert set(seen.values_list("desk__prefix", flat=True)) == {"IT"}


def test_every_role_can_be_tried(small_demo):
    found = list(offers())
    assert len(found) == len(PEOPLE)
    roles = RoleGrant.objects.filter(person__in=[offer.person_id for offer in found])
    assert {Role(role) for role in roles.values_list("role", flat=True)} >= {
        Role.AGENT, Role.TEAM_LEAD, Role.SERVICE_OWNER, Role.ADMINISTRATOR, Role.AUDITOR
    }  # fmt: skip


def test_a_second_demo_is_refused(small_demo):
    with pytest.raises(DemoIsThere):
        load(lambda _words: None, tickets=1)


def test_the_founding_is_signed(small_demo):
    made = Entry.objects.filter(fact="person.created", actor_label=MAKER.label)
    assert made.count() == 200


def test_every_duty_of_the_desk_is_planned_and_somebody_is_away_with_a_stand_in(small_demo):
    desk, now = Desk.objects.get(prefix="IT"), clock.now()
    assert on_duty(desk.pk, Duty.QUEUE, now) is not None
    assert {turn.duty for turn in turns_between(desk.pk, now, now + timedelta(days=7))} == set(Duty)
    assert absences_at(now).get().stand_in is not None
