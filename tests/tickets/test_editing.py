import pytest
from builders import a_person, acting
from journal_checks import facts_recorded, records_nothing

from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import (
    add_note,
    add_participant,
    discard_draft,
    edit_ticket,
    link_tickets,
    remove_participant,
    save_draft,
    unlink_tickets,
)
from ansvar.tickets.commands.editing import LinkNotAllowed
from ansvar.tickets.commands.opening import NothingSaid
from ansvar.tickets.models import Draft, Link
from ansvar.tickets.queries import tickets_of_party
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def test_an_edit_records_before_and_after():
    place = a_workplace()
    ticket = a_ticket(place, subject="Tll broken")
    with facts_recorded() as facts:
        ticket = edit_ticket(ticket.pk, subject="Till  broken", by=place.by)
    assert ticket.subject == "Till broken"
    assert facts == ["ticket.edited"]


def test_an_edit_without_a_change_is_silent():
    place = a_workplace()
    ticket = a_ticket(place)
    with records_nothing():
        edit_ticket(ticket.pk, subject=ticket.subject, kind=ticket.kind, by=place.by)


def test_a_field_that_is_not_for_editing_is_refused():
    place = a_workplace()
    with pytest.raises(TypeError):
        edit_ticket(a_ticket(place).pk, priority=1, by=place.by)


def test_notes_are_for_agents():
    place = a_workplace()
    ticket = a_ticket(place)
    assert add_note(ticket.pk, text=" Seen before. ", by=place.by).text == "Seen before."
    with pytest.raises(NotPermitted):
        add_note(ticket.pk, text="x", by=acting(ticket.requester))
    with pytest.raises(NothingSaid):
        add_note(ticket.pk, text=" ", by=place.by)


def test_a_participant_sees_the_ticket_until_taken_out():
    place, colleague = a_workplace(), a_person()
    ticket = a_ticket(place)
    add_participant(ticket.pk, person=colleague, by=place.by)
    with records_nothing():
        add_participant(ticket.pk, person=colleague, by=place.by)
    assert list(tickets_of_party(colleague.pk)) == [ticket]
    remove_participant(ticket.pk, person=colleague, by=place.by)
    assert not tickets_of_party(colleague.pk).exists()


def test_linking_needs_the_right_on_both_tickets():
    place, elsewhere = a_workplace(), a_workplace()
    mine, theirs = a_ticket(place), a_ticket(elsewhere)
    with records_nothing(), pytest.raises(NotPermitted):
        link_tickets(mine.pk, other_id=theirs.pk, relation=Link.Relation.RELATED, by=place.by)


def test_a_link_can_be_taken_away():
    place = a_workplace()
    one, other = a_ticket(place), a_ticket(place)
    link = link_tickets(one.pk, other_id=other.pk, relation=Link.Relation.DUPLICATE, by=place.by)
    with facts_recorded() as facts:
        unlink_tickets(link.pk, by=place.by)
    assert facts == ["ticket.unlinked"]
    assert not Link.objects.exists()


def test_a_link_back_and_a_link_to_itself_are_refused():
    place = a_workplace()
    one, other = a_ticket(place), a_ticket(place)
    link_tickets(one.pk, other_id=other.pk, relation=Link.Relation.RELATED, by=place.by)
    for ticket, target in ((other, one), (one, one)):
        with pytest.raises(LinkNotAllowed):
            link_tickets(ticket.pk, other_id=target.pk, relation=Link.Relation.RELATED, by=place.by)


def test_parts_cannot_go_in_a_circle():
    place = a_workplace()
    top, middle, bottom = (a_ticket(place) for _ in range(3))
    child = Link.Relation.CHILD
    link_tickets(bottom.pk, other_id=middle.pk, relation=child, by=place.by)
    link_tickets(middle.pk, other_id=top.pk, relation=child, by=place.by)
    with pytest.raises(LinkNotAllowed, match="itself a part"):
        link_tickets(top.pk, other_id=bottom.pk, relation=child, by=place.by)


def test_what_was_typed_is_kept_until_it_is_sent():
    person = a_person()
    save_draft(person_id=person.pk, place="ticket:1:reply", text="Hel")
    save_draft(person_id=person.pk, place="ticket:1:reply", text="Hello")
    assert Draft.objects.get().text == "Hello"
    discard_draft(person_id=person.pk, place="ticket:1:reply")
    assert not Draft.objects.exists()
    save_draft(person_id=person.pk, place="ticket:1:reply", text="  ")
    assert not Draft.objects.exists()
