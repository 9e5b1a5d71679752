import pytest
from builders import a_person, a_service, acting, an_agent
from desktops import Desktop, a_desktop
from journal_checks import facts_recorded, records_nothing
from mails import a_desk_with_mail, a_mail, arrived
from queued_work import run_queued

from ansvar.catalogue.commands import add_needed_fact, edit_service
from ansvar.catalogue.models import Service
from ansvar.conversations.commands import (
    NothingMissing,
    ask_at_once,
    ask_missing,
    post_message,
    take_answers,
)
from ansvar.conversations.models import Mailbox, Message, OutboundMail
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import (
    drop_detail,
    edit_ticket,
    note_detail,
    save_draft,
)
from ansvar.tickets.models import Draft, Ticket
from ansvar.tickets.queries import missing_on, needed_on
from tickets import a_ticket

pytestmark = pytest.mark.django_db
DESK, SINCE = "Cash desk", "Since"


def needing(service: Service) -> Service:
    """Let a service ask for the cash desk, the day and, if known, a picture."""
    add_needed_fact(
        service.pk,
        name=DESK,
        question="Which cash desk is it?",
        help="such as 3",
        kind="number",
        by=SYSTEM,
    )
    add_needed_fact(
        service.pk, name=SINCE, question="Since when?", kind="date", is_required=True, by=SYSTEM
    )
    add_needed_fact(
        service.pk, name="Picture", question="A picture?", kind="attachment", is_required=False,
        by=SYSTEM,
    )  # fmt: skip
    return service


def a_desk_that_asks(*, at_once: bool = True) -> tuple[Mailbox, Service]:
    mailbox = a_desk_with_mail()
    service = needing(a_service(mailbox.desk))
    edit_service(service.pk, asks_at_once=at_once, by=SYSTEM)
    return mailbox, service


def read() -> None:
    """Do the queued reading of answers; no mail server is needed for that."""
    run_queued("conversations.read_answers")


def known(ticket: Ticket) -> dict[str, str]:
    return {one.fact.name: one.value for one in needed_on(ticket) if one.is_known}


def asking(ticket: Ticket) -> list[Message]:
    return [one for one in ticket.messages.all() if "Which cash desk" in one.text]


def opened(mailbox: Mailbox, service: Service, raw: bytes) -> Ticket:
    """Let a mail arrive whose ticket an agent then gives its service."""
    inbound = arrived(mailbox, raw)
    assert inbound.ticket is not None, inbound.reason
    agent = an_agent(team=inbound.ticket.team)
    edit_ticket(inbound.ticket.pk, service=service, by=acting(agent))
    read()
    return Ticket.objects.get(pk=inbound.ticket_id)


def test_one_mail_asks_for_what_is_missing_and_the_answer_is_read():
    mailbox, service = a_desk_that_asks()
    ticket = opened(mailbox, service, a_mail("It prints nothing.\nSince: 2026-11-20"))
    assert known(ticket) == {SINCE: "2026-11-20"}
    (question,) = asking(ticket)
    assert "1. Which cash desk is it? (such as 3)" in question.text
    assert "Since when" not in question.text
    assert (ticket.state, ticket.waiting_for) == ("waiting", "requester")
    assert (ticket.waiting_note, question.is_automatic) == ("Asked for: Cash desk", True)
    files = (("desk.jpg", "image/jpeg", b"picture"),)
    answer = a_mail("1. it is 3\n\nAnna", answers=question.message_id, files=files)
    assert arrived(mailbox, answer).ticket == ticket
    read()
    ticket.refresh_from_db()
    assert known(ticket) == {DESK: "3", SINCE: "2026-11-20", "Picture": "desk.jpg"}
    assert ticket.state == "new"
    noted = next(one for one in needed_on(ticket) if one.fact.name == DESK)
    assert (noted.message_id, noted.noted_by) == (ticket.messages.latest("pk").pk, "")
    with records_nothing():
        take_answers(ticket.pk)
        ask_at_once(ticket.pk)


def test_nobody_is_asked_twice_without_an_agent():
    mailbox, service = a_desk_that_asks()
    ticket = opened(mailbox, service, a_mail())
    question = asking(ticket)[0]
    arrived(mailbox, a_mail("I do not know, sorry.", answers=question.message_id))
    read()
    ticket.refresh_from_db()
    assert (len(asking(ticket)), ticket.state, known(ticket)) == (1, "new", {})


@pytest.mark.parametrize(
    ("at_once", "headers"),
    [
        (False, {}),
        (True, {"List_Id": "<staff.example.com>"}),
        (True, {"sender": "noreply@example.com"}),
    ],
)
def test_nobody_is_asked_at_once_unless_it_is_wanted_and_can_be_answered(
    at_once: bool,  # noqa: FBT001 - a column of the table
    headers: dict[str, str],
):
    mailbox, service = a_desk_that_asks(at_once=at_once)
    ticket = opened(mailbox, service, a_mail(**headers))
    assert (asking(ticket), ticket.state) == ([], "new")


def test_a_feared_loop_holds_the_question_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ansvar.conversations.commands.holding_back.AUTOMATIC_PER_HOUR", 0)
    mailbox, service = a_desk_that_asks()
    ticket = opened(mailbox, service, a_mail())
    assert asking(ticket)[0].outbound.state == OutboundMail.State.STOPPED
    assert ticket.state == "new"


def a_ticket_with_gaps(desk: Desktop) -> Ticket:
    return a_ticket(desk, service=needing(desk.service))


def test_an_agent_asks_for_what_is_missing_and_loses_no_draft():
    desk = a_desktop()
    ticket = a_ticket_with_gaps(desk)
    save_draft(person_id=desk.agent.pk, place=f"ticket:{ticket.pk}:reply", text="Hm")
    with pytest.raises(NotPermitted):
        ask_missing(ticket.pk, by=acting(ticket.requester))
    with facts_recorded() as facts:
        message = ask_missing(ticket.pk, by=desk.by)
    assert {"message.sent", "message.missing_asked", "ticket.waiting_started"} <= set(facts)
    assert (message.author, message.is_automatic) == (desk.agent, False)
    assert Draft.objects.get().text == "Hm"
    post_message(ticket.pk, text="4\n2026-11-20", by=acting(ticket.requester))
    read()
    assert missing_on(ticket) == []
    with pytest.raises(NothingMissing):
        ask_missing(ticket.pk, by=desk.by)


def test_what_an_agent_filled_in_is_not_read_over():
    desk = a_desktop()
    ticket = a_ticket_with_gaps(desk)
    needed = needed_on(ticket)[0].fact
    post_message(ticket.pk, text="Cash desk: 3", by=acting(ticket.requester))
    read()
    note_detail(ticket.pk, needed.pk, value="5", by=desk.by)
    post_message(ticket.pk, text="Cash desk: 4", by=acting(ticket.requester))
    read()
    assert known(ticket) == {DESK: "5"}
    drop_detail(ticket.pk, needed.pk, by=desk.by)
    post_message(ticket.pk, text="Thank you", by=acting(ticket.requester))
    read()
    assert known(ticket) == {DESK: "4"}


def test_what_programs_write_and_agents_answer_is_not_read():
    desk = a_desktop()
    ticket = a_ticket_with_gaps(desk)
    Message.objects.create(
        ticket=ticket, direction=Message.Direction.IN, channel="email", is_automatic=True,
        text="Cash desk: 3", said_at=ticket.opened_at, author=a_person(),
    )  # fmt: skip
    take_answers(ticket.pk)
    assert known(ticket) == {}
