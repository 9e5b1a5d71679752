from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import a_calendar, a_desk
from django.core.exceptions import ValidationError
from django.utils.translation import override
from mails import a_desk_with_mail, a_mail, arrived
from queued_work import run_queued

from ansvar.conversations.commands import set_mail_template
from ansvar.conversations.models import Message, OutboundMail
from ansvar.conversations.promising import moment_in_words
from ansvar.conversations.templates import (
    KINDS,
    as_words,
    check_template,
    example_values,
    filled,
    template_for,
)
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.servicelevels.commands import end_level
from ansvar.servicelevels.models import ServiceLevel
from ansvar.tickets.commands import resolve_ticket
from ansvar.tickets.models import Ticket

SUNDAY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def acknowledged(ticket: Ticket) -> str:
    run_queued("kernel.run_reaction")
    return Message.objects.get(ticket=ticket, key__startswith="acknowledgement:").text


@pytest.mark.parametrize("kind", KINDS)
def test_the_built_in_words_keep_their_own_rules(kind):
    check_template(kind, KINDS[kind].built_in)
    text = filled(KINDS[kind].built_in, example_values())
    assert "{" not in text
    assert "}" not in text


def test_a_line_with_nothing_to_say_is_left_out():
    text = "Hello {name}.\nYou hear from us by {by}.\nBraces {like these} stay."
    assert filled(text, {"name": "Anna"}) == "Hello Anna.\nBraces {like these} stay."


def test_each_placeholder_that_is_wrong_or_missing_is_named():
    with pytest.raises(ValidationError) as refused:
        check_template("quiet_close", "{nmae} {confirm}")
    words = " ".join(refused.value.messages)
    assert "{nmae} is unknown" in words
    assert "{confirm} is unknown" in words
    assert "{reference} is missing" in words


def test_what_others_wrote_makes_no_link_in_a_mail_of_ours():
    assert "](" not in as_words("[Pay\nhere](https://evil.test)")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (SUNDAY.replace(hour=15), "today 16:30"),
        (SUNDAY.replace(hour=23, minute=30), "tomorrow 00:30"),
        (datetime(2026, 11, 25, 9, 0, tzinfo=UTC), "Wednesday 10:00"),
        (datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "Monday 30 November 10:00"),
    ],
)
def test_a_moment_is_told_as_people_tell_it(at, words):
    assert moment_in_words(at, now=SUNDAY, zone=ZoneInfo("Europe/Stockholm")) == words


def test_a_moment_is_told_in_the_readers_language():
    with override("sv"):
        at = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        assert moment_in_words(at, now=SUNDAY, zone=ZoneInfo("UTC")) == "onsdag 09:00"


@pytest.mark.django_db
def test_the_acknowledgement_says_what_happens_next_and_by_when_on_the_desks_clock():
    with clock.at(SUNDAY):
        mailbox = a_desk_with_mail(calendar=a_calendar(timezone="Europe/Stockholm"))
        ticket = arrived(mailbox, a_mail()).ticket
        assert ticket is not None
        text = acknowledged(ticket)
    assert f"**{ticket.reference}**" in text
    assert "You hear from us by **Tuesday 15:00**." in text
    assert f"/portal/tickets/{ticket.reference}/" in text
    assert "prints nothing" not in text


@pytest.mark.django_db
def test_a_desk_that_promises_no_time_names_none():
    mailbox = a_desk_with_mail()
    end_level(ServiceLevel.objects.get(desk=mailbox.desk_id).pk, by=SYSTEM)
    ticket = arrived(mailbox, a_mail()).ticket
    assert ticket is not None
    assert "You hear from us" not in acknowledged(ticket)


@pytest.mark.django_db
def test_the_language_is_the_tickets_then_the_desks_then_english():
    desk = a_desk()
    assert template_for(desk, "quiet_close", "fi").language == "en"
    set_mail_template(
        desk.pk, kind="quiet_close", language="en", text="{reference} closed", by=SYSTEM
    )
    own = template_for(desk, "quiet_close", "en-gb")
    assert (own.text, own.is_own, own.language) == ("{reference} closed", True, "en")
    assert not template_for(desk, "resolution", "en").is_own


@pytest.mark.django_db
def test_the_built_in_words_given_back_are_none_of_the_desks_own():
    desk = a_desk()
    text = KINDS["resolution"].built_in
    assert (
        set_mail_template(desk.pk, kind="resolution", language="en", text=text, by=SYSTEM) is None
    )


@pytest.mark.django_db
def test_too_many_automatic_mails_about_one_ticket_are_held_back():
    ticket = arrived(a_desk_with_mail(), a_mail()).ticket
    assert ticket is not None
    for number in range(8):
        message = ticket.messages.create(
            direction="out", channel="email", is_automatic=True, text="x", said_at=clock.now()
        )
        OutboundMail.objects.create(
            message=message,
            mailbox=ticket.desk.mailboxes.get(),
            recipient=f"somebody{number}@example.com",
            send_after=clock.now() - timedelta(minutes=1),
            state=OutboundMail.State.SENT,
        )
    resolve_ticket(ticket.pk, resolution="Done", by=SYSTEM)
    run_queued("kernel.run_reaction")
    stopped = OutboundMail.objects.get(message__key__startswith="resolution:")
    assert stopped.state == OutboundMail.State.STOPPED
    assert stopped.error.startswith("8 automatic mails were sent about")
