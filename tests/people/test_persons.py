from typing import Any

import pytest
from builders import a_person, a_site, acting, an_administrator, an_agent
from django.core.exceptions import ValidationError
from journal_checks import facts_recorded, records_nothing

from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import (
    AddressTaken,
    add_contact_point,
    create_person,
    deactivate_person,
    edit_person,
    learn_person,
    persons,
    prefer_contact_point,
    reactivate_person,
    remove_contact_point,
    set_preferences,
)
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Person
from ansvar.people.queries import email_of, search_people

pytestmark = pytest.mark.django_db


def found(text: str, **options: Any) -> list[str]:
    return [person.name for person in search_people(text, by=SYSTEM, **options).people]


def test_a_person_is_added_with_addresses_that_are_found():
    with facts_recorded() as facts:
        person = create_person(
            name="  Anna   Berg ", email="Anna.Berg@Example.COM", phone="08-123 45 67", by=SYSTEM
        )
    assert facts == ["person.created", "contact_point.added", "contact_point.added"]
    assert person.name == "Anna Berg"
    assert not person.has_usable_password()
    assert [(point.channel, point.normalised) for point in person.contact_points.all()] == [
        ("email", "anna.berg@example.com"),
        ("phone", "+4681234567"),
    ]


def test_only_those_who_give_roles_give_log_in_names():
    agent = an_agent()
    with pytest.raises(NotPermitted):
        create_person(name="Bo", login="bo", by=acting(agent))
    person = a_person()
    with pytest.raises(NotPermitted):
        edit_person(person.pk, login="bo", by=acting(agent))
    edit_person(person.pk, login="bo", by=acting(an_administrator()))


def test_a_requester_edits_nobody():
    person, other = a_person(), a_person()
    with pytest.raises(NotPermitted):
        edit_person(person.pk, name="Else", by=acting(other))
    with pytest.raises(NotPermitted):
        create_person(name="New", by=acting(other))
    with pytest.raises(NotPermitted):
        add_contact_point(person.pk, "email", "x@example.com", by=acting(other))


def test_editing_records_what_changed_and_a_repeat_is_silent():
    person = a_person(name="Anna Berg")
    with facts_recorded() as facts:
        edit_person(person.pk, name="Anna Lund", title="Pharmacist", by=SYSTEM)
    assert facts == ["person.changed"]
    assert found("lund") == ["Anna Lund"]
    assert found("berg") == []
    with records_nothing():
        edit_person(person.pk, name=" Anna  Lund", title="Pharmacist", by=SYSTEM)


def test_an_agent_deactivates_a_requester_but_not_a_colleague():
    agent, colleague, requester = an_agent(), an_agent(), a_person()
    deactivate_person(requester.pk, by=acting(agent))
    with pytest.raises(NotPermitted):
        deactivate_person(colleague.pk, by=acting(agent))
    with records_nothing():
        deactivate_person(requester.pk, by=acting(agent))
    assert not Person.objects.get(pk=requester.pk).is_active
    reactivate_person(requester.pk, by=acting(agent))
    assert Person.objects.get(pk=requester.pk).is_active


def test_an_address_belongs_to_one_person_unless_both_share_it():
    first, second = a_person(name="First"), a_person()
    add_contact_point(first.pk, "phone", "+46 70 111 22 33", by=SYSTEM)
    with pytest.raises(AddressTaken, match="First"):
        add_contact_point(second.pk, "phone", "070-111 22 33", by=SYSTEM)
    shared = add_contact_point(second.pk, "phone", "070-111 22 33", is_shared=True, by=SYSTEM)
    assert shared.normalised == "+46701112233"


def test_the_same_address_again_is_silent():
    person = a_person()
    add_contact_point(person.pk, "email", "Second@Example.com", by=SYSTEM)
    with records_nothing():
        add_contact_point(person.pk, "email", "second@example.com ", by=SYSTEM)


def test_the_first_address_is_preferred_until_another_is_chosen_or_it_goes():
    person = a_person(email="first@example.com")
    second = add_contact_point(person.pk, "email", "second@example.com", by=SYSTEM)
    assert email_of(person) == "first@example.com"
    prefer_contact_point(second.pk, by=SYSTEM)
    with records_nothing():
        prefer_contact_point(second.pk, by=SYSTEM)
    person = Person.objects.get(pk=person.pk)
    assert email_of(person) == "second@example.com"
    with facts_recorded() as facts:
        remove_contact_point(second.pk, by=SYSTEM)
    assert facts == ["contact_point.removed", "contact_point.preferred"]
    person = Person.objects.get(pk=person.pk)
    assert email_of(person) == "first@example.com"
    assert found("second@example.com") == []


def test_a_number_without_prefix_is_of_the_country_of_the_site():
    person = a_person(site=a_site(country="DE"))
    point = add_contact_point(person.pk, "phone", "030 1234567", by=SYSTEM)
    assert point.normalised == "+49301234567"


def test_a_bad_address_is_refused_with_what_to_do():
    person = a_person()
    with pytest.raises(BadAddress, match=r"anna@example\.com"):
        add_contact_point(person.pk, "email", "nobody", by=SYSTEM)


def test_learning_makes_a_person_known_once():
    with facts_recorded() as facts:
        person = learn_person("Anna.Berg@Example.com", "", by=SYSTEM)
    assert facts == ["person.learned", "contact_point.added"]
    assert person.name == "Anna Berg"
    with records_nothing():
        again = learn_person("anna.berg@EXAMPLE.com", "Somebody Else", by=SYSTEM)
    assert again == person


def test_learning_cuts_a_name_that_is_too_long():
    assert len(learn_person("x@example.com", "n" * 999, by=SYSTEM).name) == 160


def test_learning_while_another_does_ends_with_one_person(monkeypatch):
    first = learn_person("race@example.com", by=SYSTEM)
    # The other transaction commits between look-up and insert.
    monkeypatch.setattr(persons, "person_at", lambda *_: None)
    with records_nothing():
        second = learn_person("race@example.com", by=SYSTEM)
    assert second == first
    assert Person.objects.count() == 1


def test_preferences_are_everybodys_own():
    person = a_person()
    with facts_recorded() as facts:
        set_preferences(person.pk, theme="dark", timezone="Europe/Stockholm", by=acting(person))
    assert facts == ["preferences.set"]
    with records_nothing():
        set_preferences(person.pk, theme="dark", by=acting(person))
    with pytest.raises(NotPermitted):
        set_preferences(person.pk, theme="light", by=acting(a_person()))


@pytest.mark.parametrize("wanted", [{"theme": "pink"}, {"timezone": "Mars/Olympus"}])
def test_preferences_that_do_not_exist_are_refused(wanted):
    person = a_person()
    with pytest.raises(ValidationError):
        set_preferences(person.pk, **wanted, by=acting(person))


@pytest.mark.parametrize(
    "text",
    [
        "svens",
        "åsa",
        "asa SVENSSON",
        "@apoteket",
        "08 123",
        "08-1234567",
        "+46 8 123",
        "0046 8 123",
    ],
)
def test_people_are_found_by_any_part_of_name_mail_and_phone(text):
    a_person(name="Åsa Svensson", email="asa@apoteket.se", phone="08-123 45 67")
    a_person(name="Bo Ek", phone="+46701234999")
    assert found(text) == ["Åsa Svensson"]


def test_all_words_must_match_and_signs_of_patterns_are_plain_letters():
    a_person(name="Anna Berg")
    a_person(name="Anna Lund")
    assert found("anna lu") == ["Anna Lund"]
    assert found("an%a") == []
    assert found("a_na") == []


def test_a_short_word_is_found_at_the_beginning_of_words():
    a_person(name="Bo Ek")
    a_person(name="Rebecka Lind")
    assert found("bo") == ["Bo Ek"]
    assert found("l") == ["Rebecka Lind"]


def test_a_search_goes_on_where_it_stopped():
    for name in ("Anna A", "Anna B", "Anna C"):
        a_person(name=name)
    first = search_people("anna", by=SYSTEM, limit=2)
    assert [person.name for person in first.people] == ["Anna A", "Anna B"]
    rest = search_people("anna", by=SYSTEM, limit=2, after=first.after)
    assert [person.name for person in rest.people] == ["Anna C"]
    assert rest.after is None


def test_the_gone_are_found_only_when_asked_for():
    person = a_person(name="Anna Berg")
    deactivate_person(person.pk, by=SYSTEM)
    assert found("anna") == []
    assert found("anna", with_inactive=True) == ["Anna Berg"]


def test_requesters_find_nobody():
    a_person(name="Anna Berg")
    assert search_people("anna", by=acting(a_person())).people == []
