"""The alarm for mail that does not come in."""

from datetime import timedelta

import pytest
from mails import a_desk_with_mail, a_mail

from ansvar.conversations.commands import (
    edit_mailbox,
    note_mailbox_answers,
    note_mailbox_fails,
    take_in,
    try_mailbox_now,
    watch_mailboxes,
)
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.conversations.stalls import STALLED_AFTER, stalled_mailboxes
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry

pytestmark = pytest.mark.django_db
LATER = STALLED_AFTER + timedelta(seconds=1)


def facts_of(mailbox: Mailbox) -> list[str]:
    rows = Entry.objects.filter(subject_type="mailbox", subject_id=mailbox.pk).order_by("pk")
    return [fact.removeprefix("mailbox.") for fact in rows.values_list("fact", flat=True)]


def test_the_alarm_is_given_once_after_ten_minutes_of_silence_and_ends_with_an_answer():
    mailbox = a_desk_with_mail()
    note_mailbox_answers(mailbox.pk)
    now = clock.now()
    with clock.at(now + STALLED_AFTER - timedelta(seconds=5)):
        watch_mailboxes()
    assert facts_of(mailbox) == ["created"]
    with clock.at(now + LATER):
        watch_mailboxes()
        watch_mailboxes()
        mailbox.refresh_from_db()
        assert mailbox.stalled_since == mailbox.seen_at
        note_mailbox_answers(mailbox.pk)
        watch_mailboxes()
    assert facts_of(mailbox) == ["created", "stalled", "recovered"]


def test_what_failed_is_said_and_a_recovery_is_told_once():
    mailbox = a_desk_with_mail()
    note_mailbox_answers(mailbox.pk)
    note_mailbox_fails(mailbox.pk, error="imap.corp.test did not answer in time.")
    note_mailbox_fails(mailbox.pk, error="imap.corp.test did not answer in time.")
    with clock.at(clock.now() + LATER):
        watch_mailboxes()
        assert [one.words for one in stalled_mailboxes()] == [
            "imap.corp.test did not answer in time."
        ]
        mailbox.refresh_from_db()
        assert mailbox.failures == 2
        note_mailbox_answers(mailbox.pk)
        watch_mailboxes()
    assert facts_of(mailbox) == ["created", "failing", "stalled", "recovered"]
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.error, mailbox.stalled_since) == (0, "", None)


def test_a_mailbox_that_was_never_tried_or_whose_mail_waits_unread_is_stalled():
    never, waiting, handed, off = (a_desk_with_mail() for _ in range(4))
    edit_mailbox(handed.pk, entrance=Mailbox.Entrance.HANDED, by=SYSTEM)
    edit_mailbox(off.pk, is_active=False, by=SYSTEM)
    take_in(waiting.pk, uid_validity=1, uid=1, raw=a_mail())
    with clock.at(clock.now() + LATER):
        note_mailbox_answers(waiting.pk)
        assert {one.mailbox_id: one.words.partition(" ")[0] for one in stalled_mailboxes()} == {
            never.pk: "The",
            waiting.pk: "Mail",
        }
        # What a job of its own looks after is shown as failed work, not as a stalled mailbox.
        InboundMail.objects.update(apart_since=clock.now())
        assert [one.mailbox_id for one in stalled_mailboxes()] == [never.pk]


def test_who_asks_to_try_again_starts_the_count_of_failures_anew():
    mailbox = a_desk_with_mail()
    note_mailbox_fails(mailbox.pk, error="No.")
    try_mailbox_now(mailbox.pk, by=SYSTEM)
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.error) == (0, "No.")
