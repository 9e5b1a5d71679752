import pytest
from builders import (
    a_desk,
    a_person,
    a_service,
    a_team,
    acting,
    an_administrator,
    an_agent,
    an_agreed_service,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from journal_checks import facts_recorded, records_nothing

from ansvar.catalogue.commands import (
    CardNotComplete,
    DependencyInCircle,
    ServiceInUse,
    agree_service,
    create_service,
    edit_service,
    retire_service,
    set_dependencies,
    set_service_owner,
    set_urgency,
)
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import (
    offered_services,
    service_card,
    services_of,
    services_visible_to,
    what_it_carries,
    what_it_rests_on,
)
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import deactivate_person

pytestmark = pytest.mark.django_db


def names(neighbours) -> list[tuple[str, int]]:
    return [(found.service.name, found.steps) for found in neighbours]


def test_a_service_is_drafted_with_one_owner():
    desk, owner = a_desk(), a_person()
    with facts_recorded() as facts:
        service = create_service(desk=desk, owner=owner, name="Cashier", by=SYSTEM)
    assert facts == ["service.created"]
    assert (service.state, service.owner, service.urgency) == ("draft", owner, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(owner=None)


def test_owner_and_deputy_are_two_active_people():
    service, owner, gone = a_service(), a_person(), a_person()
    with pytest.raises(ValidationError):
        set_service_owner(service.pk, owner=owner, deputy=owner, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(deputy=service.owner)
    deactivate_person(gone.pk, by=SYSTEM)
    gone.refresh_from_db()
    with pytest.raises(ValidationError):
        set_service_owner(service.pk, owner=gone, deputy=None, by=SYSTEM)


def test_a_new_owner_and_deputy_are_recorded_each():
    service, owner, deputy = a_service(), a_person(), a_person()
    with facts_recorded() as facts:
        set_service_owner(service.pk, owner=owner, deputy=deputy, by=SYSTEM)
    assert facts == ["service.owner_set", "service.deputy_set"]
    with records_nothing():
        set_service_owner(service.pk, owner=owner, deputy=deputy, by=SYSTEM)


def test_the_owner_edits_the_card_and_hands_the_service_on():
    owner, heir = a_person(), a_person()
    service = a_service(owner=owner)
    edit_service(service.pk, cost="Nothing.", by=acting(owner))
    set_service_owner(service.pk, owner=heir, deputy=owner, by=acting(owner))
    with pytest.raises(NotPermitted):
        edit_service(service.pk, cost="Much.", by=acting(owner))


def test_only_owner_and_administrator_set_the_urgency():
    owner, deputy = a_person(), a_person()
    desk = a_desk()
    service = a_service(desk, owner=owner, deputy=deputy)
    for other in (deputy, an_agent(desk), an_administrator(a_desk()), a_person()):
        with pytest.raises(NotPermitted):
            set_urgency(service.pk, 1, by=acting(other))
    with facts_recorded() as facts:
        set_urgency(service.pk, 1, by=acting(owner))
    assert facts == ["service.urgency_set"]
    with records_nothing():
        set_urgency(service.pk, 1, by=acting(owner))
    set_urgency(service.pk, 2, by=acting(an_administrator(desk)))
    with pytest.raises(ValidationError):
        set_urgency(service.pk, 5, by=acting(owner))


@pytest.mark.parametrize("field", ["urgency", "owner", "state"])
def test_urgency_owner_and_state_do_not_change_with_the_card(field):
    service = a_service()
    with pytest.raises(TypeError):
        edit_service(service.pk, **{field: getattr(service, field)}, by=SYSTEM)


def test_a_service_is_agreed_when_its_card_answers_all_five():
    service = a_service(quality="Always.", usage="By hand.", demands="Much.", cost="Nothing.")
    with pytest.raises(CardNotComplete, match="contact"):
        agree_service(service.pk, by=SYSTEM)
    edit_service(service.pk, contact="Call.", by=SYSTEM)
    with facts_recorded() as facts:
        agree_service(service.pk, by=SYSTEM)
    assert facts == ["service.agreed"]
    with records_nothing():
        agree_service(service.pk, by=SYSTEM)
    with pytest.raises(CardNotComplete):
        edit_service(service.pk, contact=" ", by=SYSTEM)


def test_a_service_that_carries_others_is_not_retired():
    below, above = an_agreed_service(name="Network"), a_service(name="Cashier")
    set_dependencies(above.pk, [below.pk], by=SYSTEM)
    with pytest.raises(ServiceInUse, match="Cashier"):
        retire_service(below.pk, by=SYSTEM)
    retire_service(above.pk, by=SYSTEM)
    with facts_recorded() as facts:
        retire_service(below.pk, by=SYSTEM)
    assert facts == ["service.retired"]
    with records_nothing():
        retire_service(below.pk, by=SYSTEM)


def test_a_circle_of_dependencies_is_refused_and_named():
    desk = a_desk()
    cashier, network, directory = (
        a_service(desk, name=name) for name in ("Cashier", "Network", "Directory")
    )
    set_dependencies(cashier.pk, [network.pk], by=SYSTEM)
    set_dependencies(network.pk, [directory.pk], by=SYSTEM)
    with pytest.raises(DependencyInCircle, match="Directory → Cashier → Network → Directory"):
        set_dependencies(directory.pk, [cashier.pk], by=SYSTEM)
    with pytest.raises(DependencyInCircle, match="Cashier → Cashier"):
        set_dependencies(cashier.pk, [cashier.pk, network.pk], by=SYSTEM)
    assert names(what_it_rests_on(cashier.pk)) == [("Network", 1), ("Directory", 2)]
    assert names(what_it_carries(directory.pk)) == [("Network", 1), ("Cashier", 2)]


def test_dependencies_are_replaced_and_the_same_again_is_silent():
    desk = a_desk()
    above, first, second = a_service(desk), a_service(desk), a_service(desk)
    set_dependencies(above.pk, [first.pk], by=SYSTEM)
    with facts_recorded() as facts:
        set_dependencies(above.pk, [second.pk], by=SYSTEM)
    assert facts == ["service.dependencies_set"]
    assert names(what_it_rests_on(above.pk)) == [(second.name, 1)]
    with records_nothing():
        set_dependencies(above.pk, [second.pk], by=SYSTEM)


def test_nothing_rests_on_what_is_retired_or_does_not_exist():
    above, below = a_service(), a_service()
    retire_service(below.pk, by=SYSTEM)
    for pk in (below.pk, 0):
        with pytest.raises(ValidationError):
            set_dependencies(above.pk, [pk], by=SYSTEM)


def test_the_team_of_a_service_is_of_its_desk():
    desk = a_desk()
    service = a_service(desk, team=a_team(desk))
    with pytest.raises(ValidationError):
        edit_service(service.pk, team=a_team(), by=SYSTEM)


def test_two_services_of_a_desk_have_two_names():
    desk = a_desk()
    a_service(desk, name="Cashier")
    with pytest.raises(ValidationError):
        a_service(desk, name="Cashier")
    a_service(a_desk(), name="Cashier")


def test_only_agreed_services_are_offered():
    desk = a_desk()
    a_service(desk)
    agreed = an_agreed_service(desk)
    assert list(offered_services()) == [agreed]
    retire_service(agreed.pk, by=SYSTEM)
    assert list(offered_services()) == []
    assert agreed not in services_of(desk.pk)
    assert agreed in services_of(desk.pk, with_retired=True)


def test_a_service_is_seen_by_its_desk_and_by_those_who_answer_for_it():
    desk, owner, deputy = a_desk(), a_person(), a_person()
    service = a_service(desk, owner=owner, deputy=deputy)
    other = a_service()
    assert list(services_visible_to(acting(an_agent(desk)))) == [service]
    assert list(services_visible_to(acting(owner))) == [service]
    assert list(services_visible_to(acting(deputy))) == [service]
    assert list(services_visible_to(acting(a_person()))) == []
    assert set(services_visible_to(acting(an_administrator()))) == {service, other}


def test_the_card_shows_the_five_answers():
    card = service_card(an_agreed_service(cost="Free of charge."))
    assert [str(question) for question, _ in card.answers] == [
        "What quality do we promise?",
        "How is it used?",
        "What may one demand?",
        "What does it cost?",
        "How does one make contact?",
    ]
    assert card.answers[3][1] == "Free of charge."
    assert card.is_complete
    assert not service_card(a_service()).is_complete
