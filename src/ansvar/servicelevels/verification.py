"""Recomputing clocks from the journal and reporting every difference."""

from collections import defaultdict
from collections.abc import Iterator

from ansvar.kernel.models import Entry
from ansvar.kernel.verification import Difference, Progress, verifiers
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.commands.keeping import as_worked_out
from ansvar.servicelevels.decisions.choosing import Book
from ansvar.servicelevels.decisions.clocks import clocks_of
from ansvar.servicelevels.decisions.story import course_of
from ansvar.servicelevels.models import Clock
from ansvar.servicelevels.telling import HEARD_NAMES, Moments, in_time, story_of
from ansvar.tickets.models import Ticket
from ansvar.tickets.verification import batches


@verifiers.add("clocks")
def verify_clocks(sample: int | None = None) -> Iterator[Progress]:
    """Compare every clock of every ticket with what the journal makes of it, in batches."""
    book = present_book()
    checked = 0
    for batch in batches(Ticket.objects.only("pk", "reference", "desk_id"), sample):
        checked += len(batch)
        yield Progress(checked=checked, differences=list(_differences(batch, book)))


def _differences(batch: list[Ticket], book: Book) -> Iterator[Difference]:
    ids = [ticket.pk for ticket in batch]
    stories = _stories(ids)
    stored: dict[int, dict[tuple[str, int], Clock | None]] = defaultdict(dict)
    for row in Clock.objects.filter(ticket__in=ids):
        stored[row.ticket_id][row.measure, row.number] = row
    for ticket in batch:
        rows = stored[ticket.pk]
        if not stories[ticket.pk]:
            continue
        for clock in clocks_of(course_of(stories[ticket.pk]), book, desk_id=ticket.desk_id):
            stored_clock = rows.pop((str(clock.measure), clock.number), None)
            for name, told in as_worked_out(clock).items():
                kept = getattr(stored_clock, name, None)
                if kept != told:
                    yield Difference(
                        subject=ticket.reference,
                        what=f"{name} of {clock.measure} {clock.number}",
                        stored=kept,
                        journal=told,
                    )
        for measure, number in rows:
            yield Difference(
                subject=ticket.reference,
                what=f"clock {measure} {number}",
                stored="there",
                journal="without a target",
            )


def _stories(ids: list[int]) -> dict[int, Moments]:
    happened = defaultdict(list)
    entries = Entry.objects.filter(
        subject_type="ticket", subject_id__in=ids, fact__in=HEARD_NAMES
    ).order_by("id")
    for entry in entries.iterator():
        happened[entry.subject_id].append((entry.restored, entry))
    return defaultdict(list, {pk: in_time(story_of(told)) for pk, told in happened.items()})
