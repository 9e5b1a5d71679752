import pytest
from builders import a_person, a_service, acting
from journal_checks import facts_recorded, records_nothing

from ansvar.catalogue.commands import add_needed_fact, remove_needed_fact
from ansvar.catalogue.fitting import ValueNotFitting
from ansvar.catalogue.models import NeededFact, Service
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.kernel.telling import tell
from ansvar.tickets.commands import (
    NotNeededHere,
    StaleTicket,
    drop_detail,
    edit_ticket,
    note_detail,
    note_details,
)
from ansvar.tickets.queries import missing_on, needed_on, timeline_entries
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def needing(place: Workplace) -> tuple[Service, NeededFact, NeededFact]:
    """Return a service that must know the cash desk and would like to know since when."""
    service = a_service(place.desk)
    desk = add_needed_fact(
        service.pk, name="Cash desk", question="Which one?", kind="number", by=SYSTEM
    )
    since = add_needed_fact(
        service.pk, name="Since", question="When?", kind="date", is_required=False, by=SYSTEM
    )
    return service, desk, since


def test_what_is_known_is_noted_put_right_and_taken_back():
    place = a_workplace()
    service, desk, since = needing(place)
    ticket = a_ticket(place, service=service)
    assert missing_on(ticket) == [desk]
    with facts_recorded() as facts:
        detail = note_detail(ticket.pk, desk.pk, value=" 3.", by=place.by)
    assert (facts, detail.value, detail.noted_by) == (["ticket.detail_noted"], "3", place.agent)
    with records_nothing():
        note_detail(ticket.pk, desk.pk, value="3", by=place.by)
    read = note_detail(ticket.pk, desk.pk, value="4", message_id=17, by=SYSTEM)
    assert (read.value, read.message_id, read.noted_by) == ("4", 17, None)
    assert [(one.fact, one.value, one.is_missing) for one in needed_on(ticket)] == [
        (desk, "4", False),
        (since, "", False),
    ]
    with facts_recorded() as facts:
        drop_detail(ticket.pk, desk.pk, by=place.by)
        drop_detail(ticket.pk, desk.pk, by=place.by)
    assert facts == ["ticket.detail_dropped"]
    told = [one.words for one in tell(timeline_entries(ticket.pk))]
    assert "noted Cash desk: 3 (filled in by hand)" in told
    assert "noted Cash desk: 4 (read from what was written)" in told
    assert "took Cash desk back: 4" in told


def test_several_things_are_noted_together_or_not_at_all():
    place = a_workplace()
    service, desk, since = needing(place)
    ticket = a_ticket(place, service=service)
    with pytest.raises(ValueNotFitting):
        note_details(ticket.pk, values={desk.pk: "3", since.pk: "lately"}, by=place.by)
    assert missing_on(ticket) == [desk]
    with pytest.raises(StaleTicket):
        note_details(ticket.pk, values={desk.pk: "3"}, version=ticket.version + 1, by=place.by)
    changed = note_details(
        ticket.pk,
        values={desk.pk: "3", since.pk: "2026-11-01"},
        version=ticket.version,
        by=place.by,
    )
    assert changed.version == ticket.version + 1
    assert missing_on(ticket) == []


def test_only_what_the_service_asks_for_is_noted_by_who_may_edit():
    place = a_workplace()
    service, desk, _since = needing(place)
    other = needing(place)[1]
    ticket = a_ticket(place, service=service)
    with pytest.raises(NotNeededHere):
        note_detail(ticket.pk, other.pk, value="3", by=place.by)
    with pytest.raises(NotPermitted):
        note_detail(ticket.pk, desk.pk, value="3", by=acting(a_person()))
    with pytest.raises(NotPermitted):
        drop_detail(ticket.pk, desk.pk, by=acting(ticket.requester))


def test_what_is_known_stays_when_service_or_list_change():
    place = a_workplace()
    service, desk, since = needing(place)
    ticket = a_ticket(place, service=service)
    note_detail(ticket.pk, desk.pk, value="3", by=place.by)
    remove_needed_fact(desk.pk, by=SYSTEM)
    assert [one.fact for one in needed_on(ticket)] == [since, desk]
    ticket = edit_ticket(ticket.pk, service=a_service(place.desk), by=place.by)
    assert [(one.fact, one.value) for one in needed_on(ticket)] == [(desk, "3")]
    assert needed_on(a_ticket(place)) == []
