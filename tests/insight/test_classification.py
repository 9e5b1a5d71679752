"""As what tickets were filed first, and as what they ended."""

import json
from datetime import timedelta

import pytest
from builders import a_service
from django.db import transaction
from histories import HOUR, MONDAY, Crew, a_crew

from ansvar.insight.classification import ClassificationReport, classification_of
from ansvar.insight.classification_rows import TABLES, report_as_json, rows_of
from ansvar.insight.decisions.periods import Period
from ansvar.insight.handovers import asked_of
from ansvar.insight.queries import Scope
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.journal import as_history
from ansvar.ops import report_running
from ansvar.tickets.commands import edit_ticket, open_ticket, resolve_ticket
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket

pytestmark = pytest.mark.django_db

WEEK = Period(start=MONDAY - HOUR, end=MONDAY + timedelta(days=7))


@pytest.fixture
def crew() -> Crew:
    return a_crew()


def filed(crew: Crew, *changes: dict[str, object], solved: bool = True, **wanted: object) -> Ticket:
    """Return a ticket that is filed anew every two hours, and solved after that."""
    fields = {"subject": "Matter", "requester": crew.requester, "channel": "phone", **wanted}
    with transaction.atomic(), as_history():
        with clock.at(MONDAY):
            ticket = open_ticket(desk=crew.desk, by=SYSTEM, **fields)  # type: ignore[arg-type]
        for number, change in enumerate(changes, start=1):
            with clock.at(MONDAY + 2 * number * HOUR):
                edit_ticket(ticket.pk, by=SYSTEM, **change)  # type: ignore[arg-type]
        if solved:
            with clock.at(MONDAY + 9 * HOUR):
                resolve_ticket(ticket.pk, resolution="Mended.", by=SYSTEM)
    return ticket


def report(crew: Crew) -> ClassificationReport:
    return classification_of(asked_of(Scope(desk=crew.desk), WEEK))


def test_right_first_time_is_what_ended_as_it_began(crew: Crew):
    till, net = a_service(crew.desk, name="Till"), a_service(crew.desk, name="Net")
    filed(crew, service=till)
    filed(crew, {"service": net}, service=till)
    filed(crew, {"service": net}, {"service": till}, {"kind": Kind.REQUEST}, service=till)
    filed(crew, {"kind": Kind.REQUEST}, solved=False)
    whole = report(crew).whole
    assert (whole.tickets, whole.right, whole.share_right) == (3, 1, 1 / 3)
    assert (whole.anew, whole.changes) == (2, 4)
    assert (whole.usual_time, whole.elapsed) == (4 * HOUR, 8 * HOUR)


def test_first_word_on_a_mail_is_no_correction(crew: Crew):
    till = a_service(crew.desk)
    filed(crew, {"kind": Kind.QUESTION}, {"service": till}, channel="email")
    filed(crew, channel="email")
    found = report(crew)
    assert (found.whole.tickets, found.whole.right, found.unsaid) == (1, 1, 1)


def test_figures_are_split_by_first_team_and_channel_and_say_from_what_to_what(crew: Crew):
    till, net = a_service(crew.desk, name="Till"), a_service(crew.desk, name="Net")
    filed(crew, {"service": net}, service=till)
    filed(crew, {"service": net}, service=till, team=crew.teams["C"], channel="portal")
    filed(crew, {"kind": Kind.REQUEST})
    filed(crew, team=crew.teams["C"])
    found = report(crew)
    assert [(str(team), one.tickets, one.right) for team, one in found.teams] == [
        ("A", 2, 0),
        ("C", 2, 1),
    ]
    assert [(name, one.tickets, one.anew) for name, one in found.channels] == [
        ("phone", 3, 2),
        ("portal", 1, 1),
    ]
    assert [(one.what, one.before, one.after, one.count) for one in found.moves] == [
        ("service", "Till", "Net", 2),
        ("kind", "incident", "request", 1),
    ]


def test_programs_get_the_same_figures(crew: Crew, capsys: pytest.CaptureFixture[str]):
    filed(crew, {"kind": Kind.REQUEST})
    found = report(crew)
    for table in TABLES:
        headings, *rows = rows_of(found, table)
        assert {len(row) for row in rows} == {len(headings)}
    assert report_as_json(found)["usual_working_minutes_before"] == 120
    report_running.print_classification(found.asked, table="team", as_json=True, as_csv=False)
    assert json.loads(capsys.readouterr().out)["filed_anew"] == 1
    report_running.print_classification(found.asked, table="move", as_json=False, as_csv=True)
    assert "kind,incident,request,1" in capsys.readouterr().out
    report_running.print_classification(found.asked, table="team", as_json=False, as_csv=False)
    assert "right first time" in capsys.readouterr().out
