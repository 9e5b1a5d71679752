from decimal import Decimal

import pytest
from builders import a_published_script, a_service, a_site, acting, somebody_with
from journal_checks import facts_recorded, records_nothing

from ansvar.access.decisions import Role
from ansvar.catalogue.commands import set_matrix, set_urgency
from ansvar.catalogue.decisions import BadAnswer
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import (
    classify_ticket,
    drop_override,
    edit_ticket,
    override_priority,
)
from ansvar.tickets.commands.classifying import (
    ReasonMissing,
    ScriptNotFinished,
    ScriptNotFitting,
)
from ansvar.tickets.explaining import why_priority
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db
CELLS = [[1, 1, 2, 3], [1, 2, 3, 3], [2, 3, 3, 4], [3, 4, 4, 5]]
TREE = {
    "start": "who",
    "nodes": {
        "who": {
            "question": "Who cannot work?",
            "answers": [
                {"label": "Nobody at the site", "impact": 1},
                {"label": "Some people", "next": "way"},
            ],
        },
        "way": {
            "question": "Is there a way round?",
            "answers": [{"label": "Yes", "impact": 4}, {"label": "No", "impact": 3}],
        },
    },
}


def a_classifiable(**wanted):
    place = a_workplace()
    service = a_service(place.desk, urgency=2)
    version = a_published_script(place.desk, service, tree=TREE)
    return place, version, a_ticket(place, service=service, **wanted)


def test_an_unclassified_ticket_has_an_assumed_priority_and_says_so():
    _place, _version, ticket = a_classifiable()
    assert (ticket.impact, ticket.urgency, ticket.priority) == (None, 2, CELLS[2][1])
    assert "is assumed" in why_priority(ticket)[0]


def test_the_answers_give_the_impact_and_stay_on_the_ticket():
    place, version, ticket = a_classifiable()
    with facts_recorded() as facts:
        ticket = classify_ticket(
            ticket.pk, script_version_id=version.pk, answers=[1, 1], by=place.by
        )
    assert (ticket.impact, ticket.priority, ticket.script_answers) == (3, CELLS[2][1], [1, 1])
    assert facts == ["ticket.owner_changed", "ticket.classified"]
    why = " ".join(why_priority(ticket))
    assert "Who cannot work? – Some people; Is there a way round? – No" in why
    assert f"fixed for the service {ticket.service.name}" in why


def test_a_heavy_site_raises_the_impact_by_one_and_the_reason_says_so():
    heavy = a_site(name="Wrangel", business_weight=Decimal("7.5"))
    place, version, ticket = a_classifiable(site=heavy)
    set_matrix(place.desk.pk, cells=CELLS, raise_from_weight=Decimal(5), by=SYSTEM)
    ticket = classify_ticket(ticket.pk, script_version_id=version.pk, answers=[1, 1], by=place.by)
    assert (ticket.impact, ticket.priority) == (2, CELLS[1][1])
    assert any("Wrangel carries 7.5 %" in why and "raised" in why for why in why_priority(ticket))


def test_unfinished_answers_are_refused():
    place, version, ticket = a_classifiable()
    with records_nothing(), pytest.raises(ScriptNotFinished):
        classify_ticket(ticket.pk, script_version_id=version.pk, answers=[1], by=place.by)


def test_an_answer_that_does_not_exist_is_refused():
    place, version, ticket = a_classifiable()
    with records_nothing(), pytest.raises(BadAnswer):
        classify_ticket(ticket.pk, script_version_id=version.pk, answers=[7], by=place.by)


def test_a_script_of_another_desk_does_not_fit():
    place, _version, ticket = a_classifiable()
    _other, theirs, _ticket = a_classifiable()
    with pytest.raises(ScriptNotFitting):
        classify_ticket(ticket.pk, script_version_id=theirs.pk, answers=[0], by=place.by)


def test_a_priority_by_hand_needs_a_reason_and_keeps_the_computed_one():
    place, _version, ticket = a_classifiable()
    with pytest.raises(ReasonMissing):
        override_priority(ticket.pk, priority=1, reason=" ", by=place.by)
    ticket = override_priority(ticket.pk, priority=1, reason="Vaccination day.", by=place.by)
    assert (ticket.priority, ticket.is_overridden) == (1, True)
    why = why_priority(ticket)
    assert "makes that P3" in why[-2]
    assert place.agent.name in why[-1]
    assert "Vaccination day." in why[-1]
    assert drop_override(ticket.pk, by=place.by).priority == CELLS[2][1]


@pytest.mark.parametrize("priority", [0, 6])
def test_a_priority_outside_the_scale_is_refused(priority: int):
    place, _version, ticket = a_classifiable()
    with pytest.raises(ValueError, match="1 to 5"):
        override_priority(ticket.pk, priority=priority, reason="x", by=place.by)


def test_classifying_again_takes_an_override_back():
    place, version, ticket = a_classifiable()
    override_priority(ticket.pk, priority=5, reason="x", by=place.by)
    ticket = classify_ticket(ticket.pk, script_version_id=version.pk, answers=[0], by=place.by)
    assert (ticket.priority, ticket.is_overridden) == (CELLS[0][1], False)


def test_another_service_brings_its_urgency_and_a_new_priority():
    place, _version, ticket = a_classifiable()
    slow = a_service(place.desk, urgency=4)
    with facts_recorded() as facts:
        ticket = edit_ticket(ticket.pk, service=slow, by=place.by)
    assert (ticket.urgency, ticket.priority) == (4, CELLS[2][3])
    assert facts == ["ticket.edited", "ticket.priority_recomputed"]


def test_an_override_survives_a_change_of_service():
    place, _version, ticket = a_classifiable()
    override_priority(ticket.pk, priority=1, reason="Chief pharmacist.", by=place.by)
    ticket = edit_ticket(ticket.pk, service=a_service(place.desk, urgency=4), by=place.by)
    assert (ticket.priority, ticket.is_overridden) == (1, True)
    assert "Chief pharmacist." in why_priority(ticket)[-1]


def test_a_requester_cannot_classify():
    _place, version, ticket = a_classifiable()
    with pytest.raises(NotPermitted):
        classify_ticket(
            ticket.pk, script_version_id=version.pk, answers=[0], by=acting(ticket.requester)
        )


def test_the_urgency_of_a_service_is_its_owners_to_change():
    place, _version, ticket = a_classifiable()
    with pytest.raises(NotPermitted):
        set_urgency(ticket.service.pk, urgency=1, by=place.by)
    set_urgency(ticket.service.pk, urgency=1, by=acting(ticket.service.owner))
    supervisor = somebody_with(Role.SUPERVISOR, place.desk)
    with pytest.raises(NotPermitted):
        set_urgency(ticket.service.pk, urgency=2, by=acting(supervisor))
