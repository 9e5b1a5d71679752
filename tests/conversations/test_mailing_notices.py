from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from builders import acting, an_agent
from mails import a_desk_with_mail, a_mailbox
from queued_work import run_queued
from small_servers import SmallServer, a_small_server

from ansvar.conversations.commands import holding_back
from ansvar.conversations.models import NoticeMail
from ansvar.kernel.models import Failure
from ansvar.notices.commands import choose_notices, see_notices
from ansvar.people.models import ContactPoint
from notices import a_kind, told  # noqa: F401 - a fixture
from tickets import a_ticket, a_workplace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_kind")]


@pytest.fixture
def place():
    return a_workplace()


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with a_small_server() as started:
        yield started


def test_who_is_called_gets_a_mail_with_the_way_to_the_ticket(place, server):
    a_mailbox(place.desk, smtp_port=server.port)
    ticket = a_ticket(place, subject="Cellar")
    told(place.agent, ticket=ticket, is_urgent=True)
    run_queued()
    mail = message_from_bytes(server.taken[0], policy=policy.default)
    assert mail["To"] == place.agent.contact_points.get().address
    assert mail["Subject"] == f"Urgent: It rains on {ticket.reference} since 9"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert f"/tickets/{ticket.reference}/" in mail.get_body(("plain",)).get_content()
    assert NoticeMail.objects.get().state == NoticeMail.State.SENT


def test_what_was_read_on_the_page_meanwhile_is_not_mailed_unless_urgent(place, server):
    a_mailbox(place.desk, smtp_port=server.port)
    choose_notices([("weather", "email")], by=acting(place.agent))
    told(place.agent, key="calm", ticket=a_ticket(place))
    told(place.agent, key="urgent", ticket=a_ticket(place), is_urgent=True)
    see_notices(by=acting(place.agent))
    run_queued()
    assert len(server.taken) == 1
    assert b"Urgent" in server.taken[0]


def test_a_call_without_a_way_is_shown_as_failed_work(place, server):
    nowhere = an_agent(team=place.first)
    told(place.agent, ticket=a_ticket(place), is_urgent=True)
    run_queued("conversations.mail_notices")
    assert "No mailbox" in Failure.objects.get().error
    a_mailbox(place.desk, smtp_port=server.port)
    ContactPoint.objects.filter(person=nowhere).delete()
    told(nowhere, key="other", ticket=a_ticket(place), is_urgent=True)
    run_queued("conversations.mail_notices")
    assert "no e-mail address" in Failure.objects.latest("pk").error


def test_a_refused_call_is_shown_as_failed_work(place):
    with a_small_server(refuses=b"550 no such user") as server:
        a_mailbox(place.desk, smtp_port=server.port)
        told(place.agent, ticket=a_ticket(place), is_urgent=True)
        run_queued()
    assert "no such user" in Failure.objects.get().error
    assert NoticeMail.objects.get().state == NoticeMail.State.FAILED


def test_a_flood_of_notices_is_held_back_and_never_goes_to_a_desk(place, server, monkeypatch):
    monkeypatch.setattr(holding_back, "NOTICES_PER_HOUR", 2)
    mailbox = a_mailbox(place.desk, smtp_port=server.port)
    choose_notices([("weather", "email")], by=acting(place.agent))
    for number in range(4):
        told(place.agent, key=f"{number}", ticket=a_ticket(place))
    run_queued()
    assert len(server.taken) == 2
    assert not Failure.objects.exists()
    assert "own address" in holding_back.reason_to_hold_notice(mailbox.address, is_urgent=True)


def test_a_notice_without_ticket_leaves_by_a_desk_of_its_reader(place, server):
    a_desk_with_mail()
    own = a_mailbox(place.desk, smtp_port=server.port)
    told(place.agent, is_urgent=True)
    run_queued()
    assert NoticeMail.objects.get().mailbox == own
