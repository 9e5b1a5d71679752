"""What the custody of one ticket has cost, holder by holder."""

from datetime import timedelta
from decimal import Decimal

import pytest
from builders import a_service
from histories import HOUR, MONDAY, a_crew, walked

from ansvar.catalogue.commands import edit_service
from ansvar.insight.custody_ledger import ledger_of
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import edit_desk, edit_team
from ansvar.tickets.commands import open_ticket
from ansvar.tickets.queries import custody_of

pytestmark = pytest.mark.django_db


def test_each_holder_has_its_time_and_what_is_known_of_its_cost():
    crew = a_crew()
    service = a_service(crew.desk)
    edit_desk(crew.desk.pk, currency="SEK", by=SYSTEM)
    edit_service(service.pk, cost_per_hour=Decimal(100), by=SYSTEM)
    edit_team(crew.teams["A"].pk, hourly_rate=Decimal(40), by=SYSTEM)
    crew.desk.refresh_from_db()
    cost = ledger_of(walked(crew, "ACBA", service=service))
    assert cost.currency == "SEK"
    assert [(one.team, one.is_bounce, one.is_lost, one.spent.work) for one in cost.spells] == [
        ("A", False, False, 40),
        ("C", False, True, 0),
        ("B", False, True, 0),
        ("A", True, False, 40),
    ]
    assert (cost.whole.working, cost.whole.business, cost.whole.work) == (4 * HOUR, 400, 80)
    assert (cost.lost.working, cost.lost.cost, cost.lost.without_rate) == (2 * HOUR, 200, 2 * HOUR)


def test_cost_and_strip_agree_that_no_moment_is_lost_twice():
    ticket = walked(a_crew(), "ACBCAB")
    assert ledger_of(ticket).lost.elapsed == custody_of(ticket, at=MONDAY).lost == 4 * HOUR


def test_who_holds_it_now_is_counted_up_to_now():
    crew = a_crew()
    with clock.at(MONDAY):
        ticket = open_ticket(
            desk=crew.desk, requester=crew.requester, subject="Slow", channel="phone", by=SYSTEM
        )
    with clock.at(MONDAY + timedelta(days=1, hours=2)):
        cost = ledger_of(ticket)
    assert [(one.ended_at, one.spent.elapsed, one.spent.working) for one in cost.spells] == [
        (None, 26 * HOUR, 11 * HOUR)
    ]
    assert not cost.whole.is_priced
