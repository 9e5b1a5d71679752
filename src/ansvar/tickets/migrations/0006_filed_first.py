"""Fill in as what tickets were filed first, and give desks reasons for hand-overs."""

from django.db import migrations

from ansvar.tickets.commands.ruling import give_hand_over_reasons
from ansvar.tickets.decisions import Filing

BATCH = 1000


def file_first(apps, schema_editor):
    """Let the journal tell, a thousand tickets at a time."""
    Ticket, Entry = apps.get_model("tickets", "Ticket"), apps.get_model("kernel", "Entry")
    last = 0
    while tickets := list(Ticket.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = tickets[-1].pk
        filings = {ticket.pk: Filing() for ticket in tickets}
        entries = Entry.objects.filter(
            subject_type="ticket",
            subject_id__in=filings,
            fact__in=["ticket.opened", "ticket.edited"],
        )
        for entry in entries.order_by("id").iterator():
            told = entry.payload
            if entry.fact == "ticket.opened":
                kind = "" if told["channel"] == "email" else told["kind"]
                filing = Filing(service_id=told.get("service_id"), kind=kind)
            else:
                filing = filings[entry.subject_id].changed(told["changes"], at=entry.at)
            filings[entry.subject_id] = filing
        for ticket in tickets:
            filing = filings[ticket.pk]
            ticket.first_service_id, ticket.first_kind = filing.service_id, filing.kind
            ticket.reclassify_count, ticket.reclassified_at = filing.count, filing.at
        Ticket.objects.bulk_update(
            tickets, ["first_service", "first_kind", "reclassify_count", "reclassified_at"]
        )


def give_reasons(apps, schema_editor):
    """Give every desk that has none the reasons of a new one."""
    Desk, Reason = apps.get_model("people", "Desk"), apps.get_model("tickets", "HandOverReason")
    for desk in Desk.objects.all():
        if not Reason.objects.filter(desk=desk).exists():
            give_hand_over_reasons(desk.pk)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_ownership"),
        ("kernel", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(file_first, migrations.RunPython.noop),
        migrations.RunPython(give_reasons, migrations.RunPython.noop),
    ]
