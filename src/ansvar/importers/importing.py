"""Taking over a mailbox step by step: look through it, sort it, tell it.

Each step can be broken off at any moment and gone on with; generators say how far they have come.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Q

from ansvar.conversations.models import Mailbox
from ansvar.importers.commands import (
    begin_importing,
    finish_importing,
    finish_survey,
    keep_surveyed,
    leave_out,
    note_threads,
    tell_conversations,
)
from ansvar.importers.commands.runs import note_beginnings
from ansvar.importers.commands.telling import Teller
from ansvar.importers.decisions import (
    Head,
    Insiders,
    LeftOut,
    Story,
    Tally,
    Threads,
    closing_of,
    digest,
    story_of,
)
from ansvar.importers.looking import looked_at
from ansvar.importers.models import ImportRun, SurveyedMail
from ansvar.importers.queries import CHUNK, conversations, insiders_of, said_in
from ansvar.importers.reading import Reader
from ansvar.importers.sources import Source
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.people.models import Desk
from ansvar.people.queries import people_by_email

SEEN_AT_ONCE = 250
TOLD_AT_ONCE = 100
"""Mails that become words on tickets in one transaction."""
SILENT_DAYS = 14
SAME_SUBJECT_DAYS = 7
_MOST_SHOWN = 50

_HERE = Q(at__isnull=False) & (Q(state=SurveyedMail.State.WAITING) | Q(reason=LeftOut.KNOWN))


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a source is to be understood."""

    agents_from: tuple[str, ...] = ()
    """Addresses and domains from which the desk has answered."""
    since: date | None = None
    silent_days: int = SILENT_DAYS
    """A conversation that has been silent for longer is closed."""
    same_subject_days: int = SAME_SUBJECT_DAYS
    """So long the same subject of the same people is the same matter."""

    def stored(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "agents_from": list(self.agents_from),
            "since": self.since.isoformat() if self.since else None,
            "silent_days": self.silent_days,
            "same_subject_days": self.same_subject_days,
        }

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> Self:
        """Return what was stored with a run."""
        since = stored.get("since")
        return cls(
            agents_from=tuple(stored.get("agents_from", ())),
            since=date.fromisoformat(since) if since else None,
            silent_days=stored.get("silent_days", SILENT_DAYS),
            same_subject_days=stored.get("same_subject_days", SAME_SUBJECT_DAYS),
        )


def survey(run: ImportRun, source: Source) -> Iterator[int]:
    """Look at every mail behind the run's position; yields how far it has come, as `total`."""
    options = Options.restore(run.options)
    zone = _zone(run.desk)
    since = datetime.combine(options.since, time(), zone) if options.since else None
    now = clock.now()
    rows: list[SurveyedMail] = []
    for found in source.mails(after=run.position):
        rows.append(looked_at(found, prefix=run.desk.prefix, now=now, since=since))
        if len(rows) >= SEEN_AT_ONCE:
            keep_surveyed(run, rows)
            rows = []
            yield found.done
    keep_surveyed(run, rows)
    yield source.total


def sort(run: ImportRun, source: Source) -> None:
    """Find out which mails belong together and who is who, and count what they reveal."""
    options = Options.restore(run.options)
    insiders = insiders_of(run.desk, given=options.agents_from, run=run)
    _place(run, insiders, days=options.same_subject_days)
    summary = _Summary(run=run, insiders=insiders, silent_days=options.silent_days)
    for _thread, rows in conversations(SurveyedMail.objects.filter(_HERE, run=run)):
        summary.add(rows)
    summary.finish()
    finish_survey(
        run,
        signature=source.signature,
        counts=summary.counts(),
        report=summary.tally.figures(),
    )


def take_over(run: ImportRun, source: Source, *, by: Actor) -> Iterator[int]:
    """Make tickets of what was looked through; yields how many mails are done."""
    if run.state == ImportRun.State.SURVEYED:
        begin_importing(run)
    options = Options.restore(run.options)
    insiders = insiders_of(run.desk, given=options.agents_from, run=run)
    reader = Reader(source, insiders)
    teller = Teller(run=run, silent_days=options.silent_days, mailbox=_mailbox(run))
    done = 0
    while threads := _next_threads(run):
        told = 0
        batch = []
        for thread, rows in conversations(
            SurveyedMail.objects.filter(_HERE, run=run, thread__in=threads)
        ):
            batch.append((rows[0].thread_at, reader.conversation(thread, rows)))
            told += sum(row.state == SurveyedMail.State.WAITING for row in rows)
        reader.keep()
        batch.sort(key=lambda pair: (pair[0] or run.begun_at, pair[1].thread))
        tell_conversations(teller, [conversation for _at, conversation in batch])
        done += told
        yield done
    finish_importing(run, by=by)


def waiting_mails(run: ImportRun) -> int:
    """Return how many mails of a run are still to become words on tickets."""
    rows = SurveyedMail.objects.filter(run=run, state=SurveyedMail.State.WAITING)
    return rows.filter(thread__isnull=False).count()


def _next_threads(run: ImportRun) -> list[int]:
    """Return the conversations that come next, in the order in which they began."""
    waiting = SurveyedMail.objects.filter(
        run=run, state=SurveyedMail.State.WAITING, thread__isnull=False
    )
    ordered = waiting.order_by("thread_at", "thread", "pk").values_list("thread", flat=True)
    return list(dict.fromkeys(one for one in ordered[:TOLD_AT_ONCE] if one is not None))


def _mailbox(run: ImportRun) -> Mailbox | None:
    """Return where imported mails are known besides: the mailbox itself, or the desk's first."""
    mailboxes = list(Mailbox.objects.filter(desk=run.desk).order_by("pk"))
    named = run.source.removeprefix("mailbox:")
    return next((one for one in mailboxes if one.address == named), next(iter(mailboxes), None))


def _place(run: ImportRun, insiders: Insiders, *, days: int) -> None:
    """Write to which conversation each mail belongs."""
    threads = Threads(days=days)
    here = SurveyedMail.objects.filter(_HERE, run=run)
    by_people = here.filter(is_automatic=False).values_list("key", "message_id", "references")
    for key, message_id, references in by_people.iterator(chunk_size=CHUNK):
        threads.link(digest(message_id or key), _digests(references))
    placed: list[tuple[int, int]] = []
    alone: list[int] = []
    for row in here.order_by("at", "pk").iterator(chunk_size=CHUNK):
        if row.is_automatic:
            thread = threads.place_automatic(_digests(row.references))
        else:
            thread = threads.place(_head(row, insiders))
        if thread is not None:
            placed.append((row.pk, thread))
        elif row.state == SurveyedMail.State.WAITING:
            alone.append(row.pk)
        if len(placed) + len(alone) >= CHUNK:
            note_threads(placed)
            leave_out(alone, LeftOut.AUTOMATIC)
            placed, alone = [], []
    note_threads(placed)
    leave_out(alone, LeftOut.AUTOMATIC)


def _head(row: SurveyedMail, insiders: Insiders) -> Head:
    people = [one for one in (row.author, *row.addressed) if one and not insiders.includes(one)]
    assert row.at is not None  # noqa: S101 - what has no date is left out before
    return Head(
        number=row.pk,
        at=row.at,
        own=digest(row.message_id or row.key),
        references=_digests(row.references),
        subject=digest(row.subject.casefold()) if row.subject else 0,
        is_answer=row.is_answer,
        people=tuple(digest(one) for one in people),
        is_by_desk=insiders.includes(row.author),
    )


def _digests(references: Sequence[str]) -> tuple[int, ...]:
    return tuple(digest(one) for one in references)


def _zone(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.calendar.timezone)


@dataclass(kw_only=True)
class _Summary:
    """What an import would make, counted conversation by conversation."""

    run: ImportRun
    insiders: Insiders
    silent_days: int
    tickets: int = 0
    joined: int = 0
    closed: int = 0
    unanswered: int = 0
    threads: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    _people: set[str] = field(default_factory=set)
    _left: dict[LeftOut, list[int]] = field(default_factory=dict)
    _begun: list[tuple[int, datetime]] = field(default_factory=list)
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = Tally(zone=_zone(self.run.desk))

    def add(self, rows: Sequence[SurveyedMail]) -> None:
        """Count a conversation, and note when it began or why it is left out."""
        story = story_of((said_in(row) for row in rows), self.insiders)
        waiting = [row.pk for row in rows if row.state == SurveyedMail.State.WAITING]
        is_joined = any(row.ticket_id for row in rows)
        self.threads += 1
        if story.left_out is None:
            self.tally.add(story, subject=next((row.subject for row in rows if row.subject), ""))
            self.answers.update(line.said.author for line in story.lines if line.is_answer)
        if not waiting:
            return
        if story.left_out is not None and not is_joined:
            self._left.setdefault(story.left_out, []).extend(waiting)
        else:
            self._count(story, is_joined=is_joined)
            self._begun += [(pk, story.begun_at) for pk in waiting]
        if len(self._begun) + sum(map(len, self._left.values())) >= CHUNK:
            self._write()

    def finish(self) -> None:
        """Write the rest."""
        self._write()
        here = SurveyedMail.objects.filter(run=self.run)
        automatic = here.filter(is_automatic=True).count()
        self.tally.count_mails(mails=here.count(), automatic=automatic)

    def counts(self) -> dict[str, Any]:
        """Return the figures of a dry run."""
        known = set()
        people = sorted(self._people)
        for start in range(0, len(people), CHUNK):
            known |= set(people_by_email(people[start : start + CHUNK]))
        return {
            "threads": self.threads,
            "tickets": self.tickets,
            "joins": self.joined,
            "closed": self.closed,
            "open": self.tickets - self.closed,
            "unanswered": self.unanswered,
            "people": len(self._people - known),
            "desk": sorted(self.insiders.desk),
            "answerers": self.answers.most_common(_MOST_SHOWN),
        }

    def _count(self, story: Story, *, is_joined: bool) -> None:
        self._people |= {
            line.said.author
            for line in story.lines
            if not line.is_out and not line.said.is_automatic
        }
        self.joined += is_joined
        if is_joined:
            return
        self.tickets += 1
        self.unanswered += story.first_answer is None
        now = clock.now()
        self.closed += (
            closing_of(story.last_said, silent_days=self.silent_days, now=now) is not None
        )

    def _write(self) -> None:
        note_beginnings(self._begun)
        self._begun = []
        for why, numbers in self._left.items():
            leave_out(numbers, why)
        self._left = {}
