import pytest
from builders import a_desk, a_service, an_agent
from desktops import client_of
from django.test import Client
from django.urls import reverse

from ansvar.catalogue.commands import add_needed_fact
from ansvar.catalogue.queries import needed_facts_of
from ansvar.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
QUESTION = {
    "name": "Printer",
    "question": "Which printer is it?",
    "help": "",
    "kind": "choice",
    "choices": "Label\nReceipt\n",
    "pattern": "",
    "is_required": "on",
}


def names_of(service_id: int) -> list[str]:
    return [one.name for one in needed_facts_of(service_id)]


def test_an_empty_list_says_what_to_begin_with(admin: Client):
    service = a_service()
    page = admin.get(reverse("admin-service-needed", args=[service.pk])).content.decode()
    assert "Nothing is needed yet" in page
    assert reverse("admin-service-needed-new", args=[service.pk]) in page


def test_a_question_is_added_changed_moved_and_removed(admin: Client):
    service = a_service()
    add_needed_fact(service.pk, name="Since", question="When?", by=SYSTEM)
    new = reverse("admin-service-needed-new", args=[service.pk])
    refused = admin.post(new, {**QUESTION, "choices": "Label"})
    assert refused.status_code == 422
    assert "at least two" in refused.content.decode()
    assert admin.post(new, QUESTION).status_code == 302
    made = needed_facts_of(service.pk).get(name="Printer")
    assert (made.choices, made.is_required) == (["Label", "Receipt"], True)
    one = reverse("admin-needed", args=[made.pk])
    assert "Label\nReceipt" in admin.get(one).content.decode()
    answer = admin.post(one, {**QUESTION, "name": "Device"})
    assert answer["Location"].endswith(f"#needed-{made.pk}")
    change = {what: reverse("admin-needed-change", args=[made.pk, what]) for what in
              ("earlier", "later", "remove", "sideways")}  # fmt: skip
    admin.post(change["earlier"])
    assert names_of(service.pk) == ["Device", "Since"]
    admin.post(change["earlier"])
    assert names_of(service.pk) == ["Device", "Since"]
    admin.post(change["later"])
    assert names_of(service.pk) == ["Since", "Device"]
    assert admin.post(change["sideways"]).status_code == 404
    admin.post(change["remove"])
    assert names_of(service.pk) == ["Since"]


def test_whether_to_ask_at_once_is_a_setting_of_the_service(admin: Client):
    service = a_service()
    for sent, kept in (({"asks_at_once": "on"}, True), ({}, False)):
        admin.post(reverse("admin-service-asking", args=[service.pk]), sent)
        service.refresh_from_db()
        assert service.asks_at_once is kept


def test_agents_read_the_list_and_owners_change_it():
    desk = a_desk()
    agent, owner = an_agent(desk), an_agent(desk)
    service = a_service(desk, owner=owner)
    needed = add_needed_fact(service.pk, name="Since", question="When?", by=SYSTEM)
    listed = reverse("admin-service-needed", args=[service.pk])
    page = client_of(agent).get(listed).content.decode()
    assert "When?" in page
    assert reverse("admin-needed", args=[needed.pk]) not in page
    closed = [
        reverse("admin-service-needed-new", args=[service.pk]),
        reverse("admin-needed", args=[needed.pk]),
    ]
    for address in closed:
        assert client_of(agent).get(address).status_code == 403
        assert client_of(owner).get(address).status_code == 200
    remove = reverse("admin-needed-change", args=[needed.pk, "remove"])
    assert client_of(agent).post(remove).status_code == 403


def test_the_list_costs_the_same_for_few_and_many_questions(admin: Client, budget):
    service = a_service()
    for number in (1, 6):
        for _ in range(number):
            count = needed_facts_of(service.pk).count()
            add_needed_fact(service.pk, name=f"Thing {count}", question="What?", by=SYSTEM)
        with budget("list of what a service needs"):
            admin.get(reverse("admin-service-needed", args=[service.pk]))
