"""Old mail becomes tickets at its true times, once, and nobody is told."""

import json
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import acting
from mails import arrived
from old_mail import BEGIN, Import, an_old_mail, as_mbox
from queued_work import queued
from verified import differences

from ansvar.conversations import store
from ansvar.conversations.models import InboundMail, Mailbox, Message, OutboundMail
from ansvar.importers import importing
from ansvar.importers.commands import begin_run, undo_import
from ansvar.importers.commands.undoing import NothingToUndo
from ansvar.importers.decisions import LeftOut
from ansvar.importers.models import ImportedMail, ImportRun, SurveyedMail
from ansvar.importers.queries import left_out
from ansvar.importers.sources import source_at
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.people.models import ContactPoint, Desk, Person
from ansvar.tickets.commands import add_note
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def ticket_on(subject: str) -> Ticket:
    return Ticket.objects.get(subject=subject)


def words_of(ticket: Ticket) -> list[tuple[str, datetime, str | None]]:
    """Return direction, moment and author of what was said on a ticket."""
    rows = ticket.messages.select_related("author")
    return [(row.direction, row.said_at, row.author.name if row.author else None) for row in rows]


def test_a_heap_becomes_tickets_at_its_true_times_and_nobody_is_told(
    bringing_in: Import, heap: Path, agent: Person, now: datetime
):
    jobs = queued()
    run = bringing_in(heap)
    assert (run.state, run.counts["made"], run.counts["imported"]) == ("done", 14, 29)
    answered = ticket_on("Printer 2 jams")
    at = BEGIN + 2 * DAY
    assert words_of(answered) == [("in", at, "Anna Berg"), ("out", at + HOUR, "Ida Ek")]
    assert (answered.opened_at, answered.closed_at) == (at, at + HOUR)
    assert (answered.channel, answered.owner, answered.assignee) == ("email", agent, agent)
    assert answered.requester.contact_points.get().address == "anna2@corp.test"
    assert answered.description == "From here nothing prints. 2"
    photo = answered.messages.first().attachments.get()
    assert store.read(photo.sha256) == b"jpegjpeg"
    thread = ticket_on("VPN")
    assert [direction for direction, _at, _who in words_of(thread)] == [
        "in", "out", "in", "out", "in",
    ]  # fmt: skip
    assert thread.messages.last().is_automatic
    reminded = ticket_on("No sound")
    assert [who for _way, _at, who in words_of(reminded)] == ["Eva", "Eva", "Per"]
    assert reminded.participants.get().person.name == "Per"
    assert reminded.resolution == "Imported: the mailbox holds no answer."
    waiting = {ticket.subject: ticket.requester_spoke_at for ticket in still_open()}
    assert waiting == {"Screen": now - 2 * DAY, "Mouse": None, "Keys": now - DAY, "Lost": now}
    assert differences() == []
    assert queued() == jobs
    assert not OutboundMail.objects.exists()


def still_open() -> list[Ticket]:
    return list(Ticket.objects.exclude(state=State.CLOSED))


def test_the_journal_tells_it_with_the_moments_of_the_mails(
    bringing_in: Import, few: Path, now: datetime
):
    run = bringing_in(few)
    ticket = ticket_on("Printer 0 jams")
    entries = Entry.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("pk")
    told = [(entry.fact, entry.at) for entry in entries]
    ended = BEGIN + HOUR
    assert told == [
        ("ticket.opened", BEGIN),
        ("message.received", BEGIN),
        ("message.sent", ended),
        ("ticket.owner_changed", ended),
        ("ticket.assigned", ended),
        ("ticket.resolved", ended),
        ("ticket.closed", ended),
        ("ticket.imported", now),
    ]
    assert entries.last().payload == {"run_id": run.pk, "mails": 2}


def test_what_is_left_out_is_counted_and_listed_with_the_reason(surveying: Import, heap: Path):
    run = surveying(heap)
    assert run.counts["left_out"] == {
        "automatic": 3, "junk": 1, "no-reply": 1, "nobody-asked": 1, "broken": 1,
    }  # fmt: skip
    assert run.counts["repeated"] == 1
    broken = left_out(run, LeftOut.BROKEN).get()
    assert broken.detail == "The mail names no sender, so nobody could be answered."


def test_a_second_time_nothing_is_imported(bringing_in: Import, few: Path, tmp_path: Path):
    bringing_in(few)
    tickets, said = Ticket.objects.count(), Message.objects.count()
    again = bringing_in(few)
    assert (again.counts["made"], again.counts["imported"]) == (0, 0)
    folder = tmp_path / "files"
    folder.mkdir()
    for number, row in enumerate(ImportedMail.objects.all()):
        # The same mails as a server hands them out, with other ends of lines.
        raw = store.read(row.sha256).replace(b"\n", b"\r\n")
        (folder / f"{number}.eml").write_bytes(raw)
    from_files = bringing_in(folder)
    assert from_files.counts["left_out"]["known"] == said
    assert (Ticket.objects.count(), Message.objects.count()) == (tickets, said)


def test_an_import_that_was_killed_goes_on_where_it_was(
    desk: Desk, heap: Path, monkeypatch: pytest.MonkeyPatch, bringing_in: Import
):
    monkeypatch.setattr(importing, "SEEN_AT_ONCE", 10)
    monkeypatch.setattr(importing, "TOLD_AT_ONCE", 5)
    options = importing.Options().stored()
    with closing(source_at(str(heap))) as source:
        run = begin_run(desk=desk, source=source.name, kind="mbox", options=options, by=SYSTEM)
        next(importing.survey(run, source))
    with closing(source_at(str(heap))) as source:
        run = ImportRun.objects.get(pk=run.pk)
        assert run.position
        list(importing.survey(run, source))
        importing.sort(run, source)
        assert run.counts["mails"] == 37
        begun = importing.take_over(run, source, by=SYSTEM)
        next(begun)
        monkeypatch.setattr("ansvar.importers.commands.telling._end", killed)
        with pytest.raises(KeyboardInterrupt):
            next(begun)
    monkeypatch.undo()
    half = Ticket.objects.count()
    assert 0 < half < 14
    with closing(source_at(str(heap))) as source:
        run = ImportRun.objects.get(pk=run.pk)
        list(importing.take_over(run, source, by=SYSTEM))
    assert (Ticket.objects.count(), run.counts["imported"]) == (14, 29)
    assert Message.objects.count() == 29
    assert differences() == []


def killed(*_anything: object) -> None:
    raise KeyboardInterrupt


def test_a_conversation_that_went_on_gets_its_new_mails(
    bringing_in: Import, tmp_path: Path, agent: Person, now: datetime
):
    mails = [an_old_mail("eva@corp.test", "Screen", at=now - 2 * DAY, own="s1@x")]
    bringing_in(as_mbox(tmp_path / "a", mails, filed_at=now))
    ticket = ticket_on("Screen")
    assert ticket.requester_spoke_at == now - 2 * DAY
    mails.append(
        an_old_mail(
            "ida@corp.test", "Re: Screen", at=now - DAY, to="eva@corp.test", answers=["s1@x"]
        )
    )
    run = bringing_in(as_mbox(tmp_path / "a", mails, filed_at=now))
    ticket.refresh_from_db()
    assert (run.counts["made"], run.counts["joined"]) == (0, 1)
    assert [way for way, _at, _who in words_of(ticket)] == ["in", "out"]
    assert ticket.requester_spoke_at is None
    assert differences() == []


def test_a_real_answer_joins_the_imported_ticket_and_an_imported_mail_is_not_taken_twice(
    bringing_in: Import, few: Path, mailbox: Mailbox
):
    bringing_in(few)
    known = ImportedMail.objects.get(message__message_id="ask1@corp.test")
    again = arrived(mailbox, store.read(known.sha256))
    assert again.state == InboundMail.State.IGNORED
    Ticket.objects.filter(pk=known.ticket_id).update(closed_at=BEGIN + 300 * DAY)
    sender = "Anna Berg <anna1@corp.test>"
    raw = an_old_mail(sender, "Re: Printer", at=BEGIN, own="new@x", answers=["answer1@corp.test"])
    joined = arrived(mailbox, raw)
    assert joined.ticket is not None
    assert known.ticket in {joined.ticket, *(link.other for link in joined.ticket.links.all())}


def test_undoing_removes_what_nobody_has_touched(bringing_in: Import, few: Path, agent: Person):
    run = bringing_in(few)
    touched = ticket_on("Printer 0 jams")
    add_note(touched.pk, text="Look here.", by=acting(agent))
    undone = undo_import(run.pk, by=SYSTEM)
    assert (undone.tickets, undone.kept) == (2, (touched.reference,))
    assert list(Ticket.objects.all()) == [touched]
    assert touched.messages.count() == InboundMail.objects.count() == 2
    # Only those go whom nothing else names.
    addresses = set(ContactPoint.objects.values_list("address", flat=True))
    assert undone.persons == 2
    assert "anna0@corp.test" in addresses
    assert not {"anna1@corp.test", "anna2@corp.test"} & addresses
    assert differences() == []
    with pytest.raises(NothingToUndo):
        undo_import(run.pk, by=SYSTEM)
    assert bringing_in(few).counts["made"] == 2


def test_without_a_mailbox_the_desks_address_is_seen_from_the_mail(
    mailbox: Mailbox, desk: Desk, surveying: Import, heap: Path
):
    mailbox.delete()
    run = surveying(heap, agents_from=("ida@corp.test",))
    assert run.counts["desk"] == ["it@corp.test"]
    assert run.counts["tickets"] == 14
    assert json.loads(json.dumps(run.report)) == run.report


def test_mail_from_before_a_day_is_left_out(surveying: Import, heap: Path, now: datetime):
    run = surveying(heap, since=(now - 20 * DAY).date())
    assert (run.counts["tickets"], run.counts["left_out"]["older"]) == (4, 30)
    assert SurveyedMail.objects.filter(run=run, reason="older", thread=None).count() == 30
