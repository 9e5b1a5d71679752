"""What is asked about imports, and who speaks for a desk."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db.models import Count, Q, QuerySet

from ansvar.access.decisions import ALLOWED, Role
from ansvar.access.models import RoleGrant
from ansvar.access.queries import desks_where
from ansvar.conversations.models import Mailbox, Message
from ansvar.importers.decisions import Insiders, LeftOut, Outcome, Remark, Said
from ansvar.importers.decisions.roles import without_token
from ansvar.importers.models import ImportedCase, ImportedMail, ImportRun, SurveyedMail
from ansvar.people.decisions import Channel
from ansvar.people.models import ContactPoint, Desk, Person

CHUNK = 2000
OWN_SHARE = 0.4
"""An address that so many of the mails name is the desk's, when nobody has said which is."""
MOST_LISTED = 200


def runs_for(person: Person) -> QuerySet[ImportRun]:
    """Return the imports of the desks whose mail somebody looks after, the latest first."""
    desks = desks_where(person.pk, "mailbox.manage")
    rows = ImportRun.objects.select_related("desk")
    return rows if desks is None else rows.filter(desk__in=desks)


def unfinished_run(desk: Desk, source: str) -> ImportRun | None:
    """Return the import of a source that was begun and not ended."""
    wanted = (ImportRun.State.SURVEYING, ImportRun.State.IMPORTING)
    return ImportRun.objects.filter(desk=desk, source=source, state__in=wanted).first()


def surveyed_run(desk: Desk, source: str, *, signature: str) -> ImportRun | None:
    """Return the latest dry run of a source that is still as it was then."""
    run = ImportRun.objects.filter(desk=desk, source=source).first()
    is_fresh = run is not None and run.state == ImportRun.State.SURVEYED
    return run if is_fresh and run is not None and run.signature == signature else None


def left_out(run: ImportRun, *reasons: LeftOut) -> QuerySet[SurveyedMail]:
    """Return the mails of a run that became no words on a ticket, the latest first."""
    rows = SurveyedMail.objects.filter(run=run, state=SurveyedMail.State.LEFT)
    wanted = reasons or tuple(one for one in LeftOut if one is not LeftOut.KNOWN)
    return rows.filter(reason__in=wanted).order_by("-at", "-pk")


def counts_left_out(run: ImportRun) -> dict[str, int]:
    """Return how many mails of a run are left out, by reason."""
    rows = SurveyedMail.objects.filter(run=run, state=SurveyedMail.State.LEFT).order_by()
    return dict(rows.values_list("reason").annotate(count=Count("pk")))


def known_mails(desk: Desk, rows: Iterable[SurveyedMail]) -> dict[str, int]:
    """Return which of *rows*, by key, are on tickets of the desk already, with the ticket's id."""
    by_key = {row.key: row.message_id for row in rows}
    imported = ImportedMail.objects.filter(desk=desk, key__in=list(by_key))
    known = dict(imported.values_list("key", "ticket_id"))
    ids = [one for key, one in by_key.items() if one and key not in known]
    said = Message.objects.filter(message_id__in=ids, ticket__desk=desk)
    there = dict(said.values_list("message_id", "ticket_id"))
    return known | {key: there[one] for key, one in by_key.items() if one in there}


def cases_told(desk: Desk, log: str, cases: Iterable[str]) -> set[str]:
    """Return which cases of a log are tickets of the desk already."""
    rows = ImportedCase.objects.filter(desk=desk, log=log, ticket__isnull=False)
    return set(rows.filter(case__in=[*cases]).values_list("case", flat=True))


def cases_left_out(run: ImportRun) -> QuerySet[ImportedCase]:
    """Return the cases of a log that became no tickets."""
    return ImportedCase.objects.filter(run=run, ticket=None).order_by("pk")


def cases_remarked(run: ImportRun, what: Remark | None = None) -> QuerySet[ImportedCase]:
    """Return the tickets of a log on which something was remarked, with their references."""
    rows = ImportedCase.objects.filter(run=run, ticket__isnull=False).exclude(remarks={})
    if what is not None:
        rows = rows.filter(remarks__has_key=str(what))
    return rows.select_related("ticket").order_by("pk")


def outcome_of(run: ImportRun) -> Outcome:
    """Count what became of the cases of a run, and compare the log's counters with the tickets'."""
    outcome = Outcome()
    rows = ImportedCase.objects.filter(run=run).order_by("pk").select_related("ticket")
    for row in rows.iterator(chunk_size=CHUNK):
        if row.ticket is None:
            outcome.leave(row.case, why=row.why, remarks=row.remarks)
            continue
        counted = {"hand_overs": row.ticket.hand_over_count, "reopens": row.ticket.reopen_count}
        outcome.add(
            row.case, rows=row.rows, remarks=row.remarks, logged=row.logged, counted=counted
        )
    return outcome


def insiders_of(desk: Desk, *, given: Iterable[str] = (), run: ImportRun | None = None) -> Insiders:
    """Return the addresses from which a desk speaks.

    Those of its mailboxes and of everybody who may answer its tickets, and the *given* ones: an
    address, or a domain for all its addresses. For a desk without a mailbox the address that most
    mails of *run* name is taken.
    """
    own = set(Mailbox.objects.filter(desk=desk).values_list("address", flat=True))
    words = {word.strip().lower() for word in given if word.strip()}
    addresses = {word for word in words if "@" in word.lstrip("@")}
    domains = {word.lstrip("@") for word in words - addresses}
    agents = set(_agents_addresses(desk))
    if not own and run is not None and (most := _most_addressed(run)):
        own = {most}
    return Insiders(
        desk=frozenset(without_token(one.lower()) for one in own),
        agents=frozenset(agents | addresses),
        domains=frozenset(domains),
    )


def conversations(
    rows: QuerySet[SurveyedMail],
) -> Iterator[tuple[int, list[SurveyedMail]]]:
    """Yield the mails of each conversation, in the order in which they were said."""
    ordered = rows.filter(thread__isnull=False).order_by("thread", "at", "pk")
    for thread, mails in groupby(ordered.iterator(chunk_size=CHUNK), key=lambda row: row.thread):
        if thread is not None:
            yield thread, list(mails)


def said_in(row: SurveyedMail) -> Said:
    """Return a mail as decisions know it."""
    assert row.at is not None  # noqa: S101 - what has no date is left out before
    return Said(
        number=row.pk,
        at=row.at,
        author=row.author,
        name=row.author_name,
        addressed=tuple(row.addressed),
        own=row.message_id,
        references=tuple(row.references),
        is_automatic=row.is_automatic,
        is_no_reply=row.is_no_reply,
    )


def _agents_addresses(desk: Desk) -> QuerySet[ContactPoint, str]:
    roles = [role for role in Role if "ticket.reply" in ALLOWED[role]]
    grants = RoleGrant.objects.filter(Q(desk=desk) | Q(desk=None), role__in=roles)
    points = ContactPoint.objects.filter(
        channel=Channel.EMAIL, is_shared=False, person__in=grants.values("person")
    )
    return points.values_list("normalised", flat=True)


def _most_addressed(run: ImportRun) -> str:
    """Return the address that most mails of a run name, if it is most of them."""
    counts: Counter[str] = Counter()
    mails = 0
    rows = SurveyedMail.objects.filter(run=run, is_automatic=False, at__isnull=False)
    for author, addressed in rows.values_list("author", "addressed").iterator(chunk_size=CHUNK):
        mails += 1
        counts.update({without_token(one) for one in (author, *addressed) if one})
        if len(counts) > 10 * CHUNK:
            # Who is rare here is not the desk.
            counts = Counter(dict(counts.most_common(CHUNK)))
    (most, count), *_rest = counts.most_common(1) or [("", 0)]
    return most if mails and count >= OWN_SHARE * mails else ""
