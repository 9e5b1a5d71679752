"""Where a mail belongs, who has it, and what people decide otherwise."""

from datetime import timedelta

import pytest
from builders import a_desk, a_team, an_administrator, an_agent
from mails import a_desk_with_mail, a_mail, a_mailbox, arrived
from queued_work import run_queued
from verified import differences

from ansvar.conversations.commands import (
    decline_suggestion,
    follow_suggestion,
    make_ticket_of,
    release_mail,
)
from ansvar.conversations.findings import from_json
from ansvar.conversations.models import InboundMail, Mailbox, Message
from ansvar.conversations.tokens import answer_address
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.rights import NotPermitted
from ansvar.people.models import Person
from ansvar.tickets.models import Link, Ticket

pytestmark = pytest.mark.django_db
Where = InboundMail.State


def opened(mailbox: Mailbox, raw: bytes) -> Ticket:
    inbound = arrived(mailbox, raw)
    assert inbound.ticket is not None, inbound.reason
    return inbound.ticket


def codes(inbound: InboundMail) -> list[str]:
    return [one.code for one in from_json(inbound.findings)]


def an_agent_of(mailbox: Mailbox, address: str) -> Person:
    return an_agent(team=mailbox.desk.teams.get(), email=address)


# Threads


def test_an_answer_finds_its_ticket_by_the_address_alone():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail())
    answer = a_mail("More", subject="Other", to=answer_address(mailbox.address, ticket))
    inbound = arrived(mailbox, answer)
    assert (inbound.ticket, inbound.way) == (ticket, "token")
    assert "found-token" in codes(inbound)


def test_the_address_counts_before_the_id_and_the_id_before_the_subject():
    mailbox = a_desk_with_mail()
    first, second, third = (
        opened(mailbox, a_mail(subject=f"No {n}", Message_ID=f"<{n}@example.com>"))
        for n in (1, 2, 3)
    )
    answer = a_mail(
        "More",
        to=answer_address(mailbox.address, first),
        answers="2@example.com",
        subject=f"Re: [{third.reference}]",
    )
    assert opened(mailbox, answer) == first
    answer = a_mail("More", answers="2@example.com", subject=f"Re: [{third.reference}]")
    assert opened(mailbox, answer) == second


def test_a_stranger_with_the_address_of_a_ticket_neither_reads_nor_changes_it():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail())
    before = ticket.messages.count()
    raw = a_mail("Hm", sender="eve@evil.test", to=answer_address(mailbox.address, ticket))
    other = arrived(mailbox, raw)
    assert other.ticket != ticket
    assert ticket.messages.count() == before
    assert "is-stranger" in codes(other)
    run_queued("kernel.run_reaction")
    assert other.ticket is not None
    said = " ".join(other.ticket.messages.values_list("text", flat=True))
    assert ticket.reference not in said


def test_the_same_mail_to_two_desks_makes_two_tickets_that_know_of_each_other():
    ours, theirs = a_desk_with_mail(), a_desk_with_mail()
    raw = a_mail(to=f"{ours.address}, {theirs.address}")
    first, second = opened(ours, raw), opened(theirs, raw)
    assert first.desk != second.desk
    link = Link.objects.get()
    assert (link.ticket, link.other, link.relation) == (second, first, "related")


def test_the_same_mail_to_two_addresses_of_a_desk_makes_one_ticket():
    ours = a_desk_with_mail()
    also = a_mailbox(ours.desk)
    raw = a_mail(to=f"{ours.address}, {also.address}")
    first, again = arrived(ours, raw), arrived(also, raw)
    assert (again.state, again.same_as) == (Where.IGNORED, first)
    assert Ticket.objects.count() == 1


def test_a_desk_may_open_a_new_ticket_for_words_on_a_closed_one():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail(Message_ID="<1@example.com>"))
    Ticket.objects.filter(pk=ticket.pk).update(
        state="closed", closed_at=clock.now(), resolution="Done"
    )
    mailbox.desk.closed_reply = "new"
    mailbox.desk.save()
    inbound = arrived(mailbox, a_mail("Again", answers="1@example.com"))
    assert inbound.ticket not in {None, ticket}
    assert "new-by-policy" in codes(inbound)
    assert Link.objects.get(other=ticket).ticket == inbound.ticket


# The desk in copy


def test_a_mail_to_a_specialist_with_the_desk_in_copy_starts_in_those_hands():
    mailbox = a_desk_with_mail()
    agent = an_agent_of(mailbox, "sara@corp.test")
    raw = a_mail(to="Sara <sara@corp.test>", Cc=mailbox.address, Message_ID="<1@example.com>")
    ticket = opened(mailbox, raw)
    assert (ticket.assignee, ticket.owner) == (agent, agent)
    assert ticket.requester.name == "Anna Berg"
    assert ticket.custody.get(ended_at=None).person == agent
    run_queued("kernel.run_reaction")
    said = ticket.messages.get(direction="out")
    assert ticket.reference in said.text
    assert differences() == []


def test_answers_to_all_join_and_the_agents_own_is_the_desks_answer():
    mailbox = a_desk_with_mail()
    agent = an_agent_of(mailbox, "sara@corp.test")
    to_agent = {"to": "sara@corp.test", "Cc": mailbox.address}
    ticket = opened(mailbox, a_mail(Message_ID="<1@example.com>", **to_agent))
    answer = a_mail(
        "Restart it.", sender="Sara <sara@corp.test>", to="anna@example.com", Cc=mailbox.address,
        answers="1@example.com", Message_ID="<2@corp.test>",
    )  # fmt: skip
    assert opened(mailbox, answer) == ticket
    said = ticket.messages.get(message_id="2@corp.test")
    assert (said.direction, said.author) == (Message.Direction.OUT, agent)
    thanks = a_mail("It works", answers="2@corp.test", **to_agent)
    assert opened(mailbox, thanks) == ticket
    assert Ticket.objects.count() == 1


def test_an_agents_answer_to_a_mail_the_desk_never_saw_is_a_ticket_of_the_asker():
    mailbox = a_desk_with_mail()
    agent = an_agent_of(mailbox, "sara@corp.test")
    raw = a_mail(
        "Try the other cable.", sender="Sara <sara@corp.test>", to="Bo <bo@example.com>",
        Cc=mailbox.address, answers="unseen@example.com",
    )  # fmt: skip
    ticket = opened(mailbox, raw)
    assert (ticket.requester.name, ticket.assignee, ticket.owner) == ("Bo", agent, agent)
    said = ticket.messages.get()
    assert (said.direction, said.author) == (Message.Direction.OUT, agent)
    assert ticket.requester_spoke_at is None


def test_what_an_agent_writes_to_a_supplier_is_no_request_of_the_supplier():
    mailbox = a_desk_with_mail()
    agent = an_agent_of(mailbox, "sara@corp.test")
    raw = a_mail(sender="sara@corp.test", to="sales@supplier.test", Cc=mailbox.address)
    assert opened(mailbox, raw).requester == agent


# Who wrote it


def test_a_sender_whom_the_own_server_disowns_is_kept_apart():
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail(Message_ID="<1@example.com>"))
    mailbox.trusted_checker = "mx.corp.test"
    mailbox.save()
    raw = a_mail(
        "Give me access", answers="1@example.com",
        Authentication_Results="mx.corp.test; spf=fail; dmarc=fail header.from=example.com",
    )  # fmt: skip
    inbound = arrived(mailbox, raw)
    assert (inbound.state, inbound.ticket) == (Where.QUARANTINED, None)
    assert "mx.corp.test" in inbound.reason
    assert ticket.messages.count() == 1
    by_others = a_mail("More", answers="1@example.com", Authentication_Results="x.test; dmarc=fail")
    assert opened(mailbox, by_others) == ticket


def test_a_mail_of_several_senders_is_kept_apart():
    raw = a_mail().replace(b"From: Anna", b"From: eve@evil.test\nFrom: Anna")
    inbound = arrived(a_desk_with_mail(), raw)
    assert (inbound.state, inbound.ticket) == (Where.QUARANTINED, None)
    assert "several senders" in inbound.reason


def test_a_form_that_writes_for_somebody_is_answered_to_that_somebody():
    mailbox = a_desk_with_mail()
    raw = a_mail(sender="Shop <noreply@shop.test>", Reply_To="Bo Ek <bo@example.com>")
    ticket = opened(mailbox, raw)
    assert ticket.requester.name == "Bo Ek"
    run_queued("kernel.run_reaction")
    assert ticket.messages.get(direction="out").to == ["bo@example.com"]


def test_a_persons_reply_to_does_not_make_the_ticket_somebody_elses():
    ticket = opened(a_desk_with_mail(), a_mail(Reply_To="eve@evil.test"))
    assert ticket.requester.name == "Anna Berg"


# Suggestions


def a_suggestion(mailbox: Mailbox) -> tuple[Ticket, InboundMail]:
    first = opened(mailbox, a_mail(subject="Cash desk 3"))
    again = arrived(mailbox, a_mail("Still dead", subject="Re: cash desk 3"))
    return first, again


def test_the_same_subject_and_sender_are_only_a_suggestion():
    mailbox = a_desk_with_mail()
    first, again = a_suggestion(mailbox)
    assert again.ticket not in {None, first}
    assert again.suggested == first
    assert "perhaps" in codes(again)


@pytest.mark.parametrize("change", ["sender", "subject", "age", "done", "off"])
def test_no_suggestion_without_the_same_people_subject_and_time(change: str):
    mailbox = a_desk_with_mail()
    ticket = opened(mailbox, a_mail(subject="Cash desk 3"))
    if change == "done":
        Ticket.objects.filter(pk=ticket.pk).update(state="closed", resolution="Done")
    if change == "off":
        mailbox.desk.suggest_days = 0
        mailbox.desk.save()
    other = {"sender": {"sender": "bo@example.com"}, "subject": {"subject": "Cash desk 4"}}
    with clock.at(clock.now() + timedelta(days=9 if change == "age" else 1)):
        again = arrived(mailbox, a_mail(**{"subject": "Cash desk 3", **other.get(change, {})}))
    assert again.suggested is None


def test_a_suggestion_followed_puts_the_words_where_they_belong():
    mailbox = a_desk_with_mail()
    first, again = a_suggestion(mailbox)
    left = again.ticket
    agent = an_agent(mailbox.desk)
    follow_suggestion(again.pk, by=Actor.person(agent.pk, agent.name))
    again.refresh_from_db()
    assert (again.ticket, again.suggested) == (first, None)
    assert "Still dead" in list(first.messages.values_list("text", flat=True))
    left.refresh_from_db()
    assert left.state == "closed"
    assert Link.objects.get(ticket=left).relation == "duplicate"
    assert differences() == []
    # Nobody is asked whether a duplicate is mended.
    run_queued("kernel.run_reaction")
    assert not Message.objects.filter(text__contains="is solved").exists()


def test_only_who_works_on_tickets_follows_or_declines_a_suggestion():
    mailbox = a_desk_with_mail()
    _first, again = a_suggestion(mailbox)
    other = an_agent(a_team(a_desk()).desk)
    for command in (follow_suggestion, decline_suggestion):
        with pytest.raises(NotPermitted):
            command(again.pk, by=Actor.person(other.pk, other.name))
    decline_suggestion(again.pk, by=SYSTEM)
    again.refresh_from_db()
    assert again.suggested is None


# By hand


def test_a_ticket_can_be_made_of_what_cannot_be_read():
    mailbox = a_desk_with_mail()
    inbound = arrived(mailbox, b"\x00\x01 no header at all")
    assert inbound.state == Where.QUARANTINED
    admin = an_administrator(mailbox.desk)
    ticket = make_ticket_of(inbound.pk, by=Actor.person(admin.pk, admin.name))
    inbound.refresh_from_db()
    assert (inbound.state, inbound.ticket) == (Where.TAKEN, ticket)
    assert ticket.messages.get().attachments.get().name == "mail.eml"


def test_a_mail_larger_than_the_mailbox_takes_waits_until_somebody_lets_it_through():
    mailbox = a_desk_with_mail()
    mailbox.largest_mb = 1
    mailbox.save()
    files = (("big.bin", "application/octet-stream", b"x" * 1_200_000),)
    inbound = arrived(mailbox, a_mail(files=files))
    assert inbound.state == Where.QUARANTINED
    assert "larger than 1 MB" in inbound.reason
    assert (inbound.sender, inbound.subject) == ("Anna Berg <anna@example.com>", "Cash desk 3")
    release_mail(inbound.pk, by=SYSTEM)
    run_queued("conversations.read_mail")
    inbound.refresh_from_db()
    assert inbound.state == Where.TAKEN


def test_every_mail_says_in_sentences_what_was_found_and_decided():
    mailbox = a_desk_with_mail()
    inbound = arrived(mailbox, a_mail())
    said = [str(one) for one in from_json(inbound.findings)]
    assert said == [
        "It comes from anna@example.com, who is not known yet.",
        "It answers no mail of a ticket and names no ticket.",
        f"{inbound.ticket.reference} was opened.",
    ]
    assert (inbound.decision, inbound.readings) == ("open", 1)
