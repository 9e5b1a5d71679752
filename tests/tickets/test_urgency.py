import pytest
from builders import a_published_script, an_agreed_service
from journal_checks import facts_recorded

from ansvar.catalogue.commands import set_urgency
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.verification import verifiers
from ansvar.tickets.commands import classify_ticket, override_priority
from tickets import a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def test_a_new_urgency_of_a_service_holds_for_its_open_tickets_at_once():
    place = a_workplace()
    service = an_agreed_service(place.desk, urgency=4)
    guessed, overridden = a_ticket(place, service=service), a_ticket(place, service=service)
    done = a_resolved_ticket(place, service=service)
    elsewhere = a_ticket(place)
    override_priority(overridden.pk, priority=5, reason="Agreed with them.", by=place.by)
    classified = a_ticket(place, service=service)
    script = a_published_script(place.desk, service)
    classify_ticket(classified.pk, script_version_id=script.pk, answers=[1, 0], by=place.by)
    before = {ticket.pk: ticket.priority for ticket in (done, elsewhere)}
    with facts_recorded() as facts:
        set_urgency(service.pk, 1, by=SYSTEM)
    assert facts == ["service.urgency_set", *["ticket.priority_recomputed"] * 3]
    for ticket in (guessed, overridden, classified, done, elsewhere):
        ticket.refresh_from_db()
    assert (guessed.urgency, guessed.priority) == (1, 2)
    assert (classified.urgency, classified.priority) == (1, 1)
    assert (overridden.urgency, overridden.priority) == (1, 5)
    assert {ticket.pk: ticket.priority for ticket in (done, elsewhere)} == before
    found = [
        difference
        for verify in verifiers.values()
        for progress in verify()
        for difference in progress.differences
    ]
    assert found == []
