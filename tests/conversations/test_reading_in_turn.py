"""What is stored is read in order, each mail once, and none holds up the others."""

from datetime import timedelta

import pytest
from mails import a_desk_with_mail, a_mail
from queued_work import queued, run_queued

from ansvar.conversations import store, tasks
from ansvar.conversations.commands import Arrival, keep_mails, read_inbound, set_apart, take_in
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel import clock
from ansvar.kernel.work import tasks as registered
from ansvar.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def kept(mailbox: Mailbox, *raws: bytes, first: int = 1) -> None:
    arrivals = [Arrival(raw=raw, uid=uid) for uid, raw in enumerate(raws, start=first)]
    keep_mails(mailbox.pk, arrivals, uid_validity=1)


def states() -> list[str]:
    return list(InboundMail.objects.order_by("pk").values_list("state", flat=True))


def test_many_mails_are_kept_once_and_read_by_one_job_in_their_order():
    mailbox = a_desk_with_mail()
    raws = [a_mail(subject=f"Number {number}") for number in range(12)]
    kept(mailbox, *raws)
    kept(mailbox, *raws)
    assert InboundMail.objects.count() == 12
    assert [name for _pk, name, _given in queued()] == ["conversations.read_stored"]
    run_queued("conversations.read_stored")
    subjects = InboundMail.objects.order_by("ticket__pk").values_list("subject", flat=True)
    assert list(subjects) == [f"Number {number}" for number in range(12)]
    assert store.read(InboundMail.objects.get(uid=3).sha256) == raws[2]


def test_a_mail_on_which_the_reading_breaks_goes_on_alone(monkeypatch: pytest.MonkeyPatch):
    mailbox = a_desk_with_mail()
    kept(mailbox, a_mail(), a_mail(), a_mail())
    poison = InboundMail.objects.get(uid=2)

    def breaking(inbound_id: int, **_more: object) -> InboundMail:
        if inbound_id == poison.pk:
            raise RecursionError
        return read_inbound(inbound_id)

    monkeypatch.setattr(tasks, "read_inbound", breaking)
    run_queued("conversations.read_stored")
    assert states() == ["taken", "stored", "taken"]
    assert [given for _pk, name, given in queued("conversations.read_mail")] == [
        {"inbound_id": poison.pk}
    ]
    # It is not tried with each new mail.
    kept(mailbox, a_mail(), first=4)
    run_queued("conversations.read_stored")
    assert states() == ["taken", "stored", "taken", "taken"]
    monkeypatch.undo()
    run_queued("conversations.read_mail")
    assert states() == ["taken"] * 4


def test_reading_gives_way_to_another_mailbox_and_goes_on(monkeypatch: pytest.MonkeyPatch):
    first, second = a_desk_with_mail(), a_desk_with_mail()
    kept(first, *(a_mail() for _ in range(3)))
    kept(second, a_mail())
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0.0)
    run_queued("conversations.read_stored")
    desks = list(Ticket.objects.order_by("pk").values_list("desk", flat=True))
    assert desks == [first.desk_id, second.desk_id, first.desk_id, first.desk_id]


def test_what_a_crash_has_left_is_read_within_the_minute():
    mailbox = a_desk_with_mail()
    apart = take_in(mailbox.pk, uid_validity=1, uid=1, raw=a_mail())
    take_in(mailbox.pk, uid_validity=1, uid=2, raw=a_mail())
    set_apart(apart.pk)
    run_queued("conversations.read_stored")
    # As after a crash between the commit of the rows and that of the job.
    InboundMail.objects.filter(uid=2).update(state=InboundMail.State.STORED, ticket=None)
    tasks.sweep()
    assert queued("conversations.read_stored") == []
    with clock.at(clock.now() + timedelta(minutes=1)):
        tasks.sweep()
        tasks.sweep()
    assert [name for _pk, name, _given in queued("conversations.read_stored")] == [
        "conversations.read_stored"
    ]
    assert registered["conversations.read_stored"].describe({"mailbox_id": mailbox.pk}) == (
        mailbox.address
    )


def test_in_a_renumbered_folder_a_mail_is_known_by_its_content():
    mailbox = a_desk_with_mail()
    old, new = a_mail(), a_mail()
    kept(mailbox, old)
    arrivals = [Arrival(raw=old, uid=71), Arrival(raw=new, uid=72)]
    keep_mails(mailbox.pk, arrivals, uid_validity=2, is_renumbered=True)
    assert list(InboundMail.objects.order_by("pk").values_list("uid_validity", "uid")) == [
        (1, 1),
        (2, 72),
    ]
