"""Taking an import back: what it made and nobody has gone on with."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Model, ProtectedError, Q, QuerySet

from ansvar.catalogue.models import Service
from ansvar.conversations.models import InboundMail
from ansvar.importers.facts import ImportUndone
from ansvar.importers.models import ImportedCase, ImportedMail, ImportRun, SurveyedMail
from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.models import Entry
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Organisation, Person, Site, Team
from ansvar.tickets.models import Ticket

AT_ONCE = 500
_WHY = "the import was undone"
_IMPORTED = ("ticket.imported", "ticket.case_imported")
"""The last entries that an import writes on a ticket."""
_MADE: tuple[tuple[str, type[Model]], ...] = (
    ("service", Service),
    ("site", Site),
    ("organisation", Organisation),
    ("team", Team),
)
"""What an import of a log makes besides tickets and people, in the order in which it can go."""


class NothingToUndo(Refusal):
    """An import has made nothing, or has been undone already."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What was removed, and what stays."""

    tickets: int
    persons: int
    kept: tuple[str, ...]
    """References of tickets that somebody has gone on with, or another import."""


@transaction.atomic
def undo_import(run_id: int, *, by: Actor) -> Undone:
    """Remove the tickets of an import that nobody has touched, with all that hangs on them.

    People, and what a log made known besides, go too, unless something else names them. Numbers of
    tickets are not given again. Files stay in the content store, where others may name the same.

    Raises: NotPermitted; NothingToUndo.
    Records: ImportUndone; JournalForgotten.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("desk").get(pk=run_id)
    require(by, "mailbox.manage", run.desk)
    made = _tickets_of(run)
    persons = _persons_of(run)
    if run.state == ImportRun.State.UNDONE or not (made or persons):
        raise NothingToUndo(
            said("Import %(run)s has made nothing that could be undone."), run=run.pk
        )
    going = [pk for chunk in _chunks(made) for pk in _untouched(run, chunk)]
    for chunk in _chunks(going):
        _remove_tickets(run, chunk, by=by)
    for noun, model in _MADE:
        _remove_made(run, noun, model, by=by)
    removed = [pk for chunk in _chunks(persons) for pk in _removed_persons(chunk, by=by)]
    staying = Ticket.objects.filter(pk__in=set(made) - set(going)).order_by("pk")
    kept = tuple(staying.values_list("reference", flat=True))
    SurveyedMail.objects.filter(run=run).delete()
    ImportedCase.objects.filter(run=run, ticket=None).delete()
    run.state, run.ended_at = ImportRun.State.UNDONE, clock.now()
    run.counts = {**run.counts, "undone": len(going), "kept": len(kept)}
    run.save(update_fields=["state", "ended_at", "counts"])
    journal.record(
        ImportUndone(subject_id=run.pk, tickets=len(going), kept=len(kept), persons=len(removed)),
        by=by,
    )
    return Undone(tickets=len(going), persons=len(removed), kept=kept)


def _tickets_of(run: ImportRun) -> list[int]:
    """Return the tickets that have mails of the run, or are cases of it."""
    mails = ImportedMail.objects.filter(run=run).values_list("ticket_id", flat=True).distinct()
    cases = ImportedCase.objects.filter(run=run, ticket__isnull=False)
    found = {*mails, *cases.values_list("ticket_id", flat=True)}
    return sorted(pk for pk in found if pk is not None)


def _untouched(run: ImportRun, ids: Sequence[int]) -> list[int]:
    """Return those of *ids* that the run has opened and about which nothing was recorded since."""
    entries = Entry.objects.filter(subject_type="ticket", subject_id__in=ids)
    of_run = entries.filter(fact__in=_IMPORTED, payload__run_id=run.pk)
    others = entries.filter(fact__in=_IMPORTED).exclude(payload__run_id=run.pk)
    imported_at = dict(of_run.values_list("subject_id").annotate(last=Max("id")).order_by())
    latest = dict(entries.values_list("subject_id").annotate(last=Max("id")).order_by())
    elsewhere = set(others.values_list("subject_id", flat=True))
    # Of a link only one of its ends has an entry.
    linked = Ticket.objects.filter(pk__in=ids).filter(
        Q(links__isnull=False) | Q(links_here__isnull=False)
    )
    touched = elsewhere | set(linked.values_list("pk", flat=True))
    # Opened by the run: all entries before its own share the request in which it told the ticket.
    opened = of_run.values_list("subject_id", "request_id")
    requests = dict(opened)
    begun = entries.filter(fact="ticket.opened").values_list("subject_id", "request_id")
    own = {pk for pk, request_id in begun if request_id and requests.get(pk) == request_id}
    return [
        pk
        for pk in ids
        if pk in own and pk not in touched and latest.get(pk) == imported_at.get(pk)
    ]


def _remove_tickets(run: ImportRun, ids: Sequence[int], *, by: Actor) -> None:
    messages = ImportedMail.objects.filter(run=run, ticket__in=ids)
    inbound = list(messages.values_list("message__inbound", flat=True))
    Ticket.objects.filter(pk__in=ids).delete()
    InboundMail.objects.filter(pk__in=[pk for pk in inbound if pk]).delete()
    journal.forget("ticket", list(ids), why=_WHY, by=by)


def _persons_of(run: ImportRun) -> list[int]:
    learned = _signed_by(run).filter(fact__in=("person.learned", "person.created"))
    return list(learned.order_by("subject_id").values_list("subject_id", flat=True))


def _signed_by(run: ImportRun) -> QuerySet[Entry]:
    return Entry.objects.filter(actor_kind=run.actor.kind, actor_label=run.actor.label)


def _remove_made(run: ImportRun, noun: str, model: type[Model], *, by: Actor) -> None:
    """Remove what the run made of a kind, unless somebody has changed it or something names it."""
    made = _signed_by(run).filter(subject_type=noun, fact=f"{noun}.created")
    ids = set(made.values_list("subject_id", flat=True))
    entries = Entry.objects.filter(subject_type=noun, subject_id__in=ids)
    changed = entries.exclude(actor_kind=run.actor.kind, actor_label=run.actor.label)
    untouched = ids - set(changed.values_list("subject_id", flat=True))
    if removed := _deleted(model, untouched):
        journal.forget(noun, removed, why=_WHY, by=by)


def _deleted(model: type[Model], ids: Iterable[int]) -> list[int]:
    """Delete the rows that nothing names, and return which those are."""
    removed = []
    for row in model._default_manager.filter(pk__in=set(ids)).order_by("pk"):  # noqa: SLF001 - documented
        pk = row.pk
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue
        removed.append(pk)
    return removed


def _removed_persons(ids: Sequence[int], *, by: Actor) -> list[int]:
    """Remove those people about whom nothing else is known and whom nothing names."""
    entries = Entry.objects.filter(subject_type="person", subject_id__in=ids)
    made = ("person.learned", "person.created", "contact_point.added")
    known_by = entries.exclude(fact__in=made)
    unknown = set(ids) - set(known_by.values_list("subject_id", flat=True))
    gone = set(Person.objects.filter(pk__in=unknown, last_login=None).values_list("pk", flat=True))
    removed = _deleted(Person, gone)
    if removed:
        journal.forget("person", removed, why=_WHY, by=by)
    return removed


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
