from decimal import Decimal

import pytest
from builders import (
    a_calendar,
    a_desk,
    a_person,
    a_service,
    a_team,
    acting,
    an_administrator,
    an_agent,
    an_agreed_service,
)
from desktops import client_of
from django.test import Client
from django.urls import reverse

from ansvar.access.commands import grant_role
from ansvar.access.decisions import Role
from ansvar.access.models import RoleGrant, Token
from ansvar.catalogue.commands import set_dependencies
from ansvar.catalogue.decisions import DEFAULT_CELLS
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import matrix_in_force
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Calendar, Desk, Membership, Person, Team

pytestmark = pytest.mark.django_db


def calendar_form(**more: str) -> dict[str, str]:
    week = {f"hours_{day}": "8-12, 13:00–17:00" if day < 5 else "" for day in range(7)}
    return {"name": "Office", "timezone": "Europe/Stockholm", **week, **more}


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_calendar_is_made_from_hours_as_one_types_them(admin: Client):
    form = calendar_form(
        holiday_country="SE", special_days="2026-12-24 8-12\n2026-12-31 closed\n\n2027-01-04"
    )
    assert admin.post(reverse("admin-calendar-new"), form).status_code == 302
    calendar = Calendar.objects.get(name="Office")
    assert calendar.hours["0"] == [["08:00", "12:00"], ["13:00", "17:00"]]
    assert set(calendar.hours) == {"0", "1", "2", "3", "4"}
    assert calendar.special_days == {
        "2026-12-24": [["08:00", "12:00"]],
        "2026-12-31": [],
        "2027-01-04": [],
    }


def test_a_preview_shows_two_weeks_as_typed_and_keeps_nothing(admin: Client):
    answer = admin.post(reverse("admin-calendar-new"), calendar_form(preview="1"))
    page = answer.content.decode()
    assert "as typed, not kept yet" in page
    assert page.count("13:00–17:00</td>") == 10
    assert not Calendar.objects.filter(name="Office").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hours_0": "from eight"}, "is no span of time"),
        ({"hours_0": "17-8"}, "ends before it begins"),
        ({"special_days": "Christmas closed"}, "is no date"),
        ({"holiday_country": "DE", "holiday_subdivision": "XX"}, "has no region"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_to_do(admin: Client, wrong, words):
    answer = admin.post(reverse("admin-calendar-new"), calendar_form(**wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Calendar.objects.filter(name="Office").exists()


def test_a_calendar_shows_what_was_kept_and_an_unchanged_one_records_nothing(admin: Client):
    admin.post(reverse("admin-calendar-new"), calendar_form(special_days="2026-12-24 8-12"))
    address = reverse("admin-calendar", args=[Calendar.objects.get(name="Office").pk])
    page = text_of(admin, address)
    assert "08:00–12:00, 13:00–17:00" in page
    assert "2026-12-24 08:00–12:00" in page
    form = calendar_form(special_days="2026-12-24 8-12")
    assert admin.post(address, form).status_code == 302
    assert "changed" not in text_of(admin, address).split("Latest changes")[1].split("</ul>")[0]


def test_a_desk_is_opened_and_given_a_team_with_members(admin: Client):
    calendar = a_calendar()
    form = {
        "name": "IT",
        "prefix": "IT",
        "language": "en",
        "calendar": calendar.pk,
        "quiet_days": 5,
        "undo_seconds": 8,
        "closed_reply": "new",
        "reopen_days": 14,
        "suggest_days": 7,
        "currency": "SEK",
        "is_active": "on",
    }
    assert admin.post(reverse("admin-desk-new"), {**form, "prefix": "it"}).status_code == 422
    assert admin.post(reverse("admin-desk-new"), form).status_code == 302
    desk = Desk.objects.get(name="IT")
    assert (desk.closed_reply, desk.currency) == ("new", "SEK")
    team_form = {
        "name": "First line",
        "line": 1,
        "is_active": "on",
        "hourly_rate": "412.50",
        "most_taken": "",
    }
    admin.post(reverse("admin-team-new", args=[desk.pk]), team_form)
    team = Team.objects.get(desk=desk)
    assert team.is_default
    assert (team.hourly_rate, team.most_taken) == (Decimal("412.50"), None)
    refused = admin.post(reverse("admin-team", args=[team.pk]), team_form)
    assert "Give that to another team instead" in refused.content.decode()
    person = a_person(name="Anna Berg")
    join = reverse("admin-team-join", args=[team.pk])
    searched = admin.post(join, {"find": "person", "person-search": "berg"}).content.decode()
    assert f'value="{person.pk}"' in searched
    assert admin.post(join, {}).status_code == 422
    admin.post(join, {"person": person.pk})
    admin.post(reverse("admin-team-lead", args=[team.pk, person.pk]), {"lead": "yes"})
    assert Membership.objects.get(team=team).is_lead
    admin.post(reverse("admin-team-leave", args=[team.pk, person.pk]))
    assert not Membership.objects.exists()


def test_a_person_gets_addresses_roles_and_a_log_in(admin: Client):
    admin.post(
        reverse("admin-person-new"),
        {"name": "Anna Berg", "language": "en", "email": "anna@example.com"},
    )
    person = Person.objects.get(name="Anna Berg")
    add = reverse("admin-contact-point-add", args=[person.pk])
    wrong = admin.post(add, {"channel": "phone", "address": "abc"})
    assert "is no phone number" in wrong.content.decode()
    admin.post(add, {"channel": "phone", "address": "08-123 45 67"})
    phone = person.contact_points.get(channel="phone")
    desk = a_desk()
    admin.post(reverse("admin-role-give", args=[person.pk]), {"role": "agent", "desk": desk.pk})
    grant = RoleGrant.objects.get(person=person)
    log_in = reverse("admin-person-log-in", args=[person.pk])
    weak = admin.post(log_in, {"login": "anna", "password": "short"})
    assert "too short" in weak.content.decode()
    admin.post(log_in, {"login": "anna", "password": "correct horse battery"})
    assert Client().login(username="anna", password="correct horse battery")
    page = text_of(admin, reverse("admin-person", args=[person.pk]))
    assert "08-123 45 67" in page
    assert "agent" in page
    admin.post(reverse("admin-contact-point-change", args=[person.pk, phone.pk, "remove"]))
    admin.post(reverse("admin-role-take", args=[person.pk, grant.pk]))
    admin.post(reverse("admin-person-activity", args=[person.pk]), {"active": "no"})
    person.refresh_from_db()
    assert not person.is_active
    assert not person.contact_points.filter(channel="phone").exists()
    assert not RoleGrant.objects.filter(person=person).exists()


def test_an_address_of_somebody_else_is_refused_by_name(admin: Client):
    a_person(name="First Owner", email="taken@example.com")
    person = a_person()
    answer = admin.post(
        reverse("admin-contact-point-add", args=[person.pk]),
        {"channel": "email", "address": "Taken@example.com"},
    )
    assert answer.status_code == 422
    assert "belongs to First Owner" in answer.content.decode()


def test_who_gives_roles_on_one_desk_gives_none_elsewhere():
    mine, other = a_desk(), a_desk()
    client = client_of(an_administrator(mine))
    person = a_person()
    give = reverse("admin-role-give", args=[person.pk])
    for desk in (other.pk, ""):
        client.post(give, {"role": "administrator", "desk": desk})
        assert not RoleGrant.objects.filter(person=person).exists()
    assert client.post(give, {"role": "agent", "desk": mine.pk}).status_code == 302
    assert [grant.desk for grant in RoleGrant.objects.filter(person=person)] == [mine]


def test_people_are_found_among_the_inactive_when_asked_for(admin: Client):
    person = a_person(name="Zelda Gone")
    admin.post(reverse("admin-person-activity", args=[person.pk]), {"active": "no"})
    address = reverse("admin-people")
    assert "Nobody found" in admin.get(address, {"q": "zelda"}).content.decode()
    assert "Zelda Gone" in admin.get(address, {"q": "zelda", "all": "1"}).content.decode()


def test_a_service_is_drafted_filled_agreed_and_retired(admin: Client):
    desk, owner = a_desk(), a_person(name="Olle Owner")
    form = {"desk": desk.pk, "name": "Cashier", "urgency": 1}
    assert admin.post(reverse("admin-service-new"), form).status_code == 422
    searched = admin.post(
        reverse("admin-service-new"), {**form, "find": "owner", "owner-search": "olle"}
    ).content.decode()
    assert f'value="{owner.pk}"' in searched
    assert 'value="Cashier"' in searched
    admin.post(reverse("admin-service-new"), {**form, "owner": owner.pk})
    service = Service.objects.get(name="Cashier")
    agree = reverse("admin-service-state", args=[service.pk, "agree"])
    refused = admin.post(agree)
    assert "leaves open" in refused.content.decode()
    card = dict.fromkeys(("quality", "usage", "demands", "cost", "contact"), "Said.")
    admin.post(reverse("admin-service-edit", args=[service.pk]), {"name": "Cashier", **card})
    assert admin.post(agree).status_code == 302
    service.refresh_from_db()
    assert service.state == "agreed"
    admin.post(reverse("admin-service-state", args=[service.pk, "retire"]))
    service.refresh_from_db()
    assert service.state == "retired"
    other = admin.post(reverse("admin-service-state", args=[service.pk, "explode"]))
    assert other.status_code == 404


def test_a_circle_is_refused_on_the_page_and_the_picture_shows_both_sides(admin: Client):
    desk = a_desk()
    network, cashier, till = (a_service(desk, name=name) for name in ("Network", "Cashier", "Till"))
    set_dependencies(cashier.pk, [network.pk], by=SYSTEM)
    set_dependencies(till.pk, [cashier.pk], by=SYSTEM)
    answer = admin.post(
        reverse("admin-service-dependencies", args=[network.pk]), {"rests_on": [till.pk]}
    )
    assert answer.status_code == 422
    assert "Network → Till → Cashier → Network" in answer.content.decode()
    page = text_of(admin, reverse("admin-service", args=[cashier.pk]))
    picture = page.split("<svg width")[1].split("</svg>")[0]
    assert [name in picture for name in ("Network", "Cashier", "Till")] == [True] * 3
    assert picture.count("<line") == 2


def test_only_the_owner_sees_and_uses_the_way_to_the_urgency():
    desk, owner = a_desk(), a_person()
    grant_role(owner.pk, Role.SERVICE_OWNER, desk=desk, by=SYSTEM)
    service = an_agreed_service(desk, owner=owner, urgency=3)
    address = reverse("admin-service-urgency", args=[service.pk])
    agent = client_of(an_agent(desk))
    assert address not in text_of(agent, reverse("admin-service", args=[service.pk]))
    agent.post(address, {"urgency": 1})
    service.refresh_from_db()
    assert service.urgency == 3
    mine = client_of(owner)
    assert address in text_of(mine, reverse("admin-service", args=[service.pk]))
    assert mine.post(address, {"urgency": 7}).status_code == 422
    assert mine.post(address, {"urgency": 1}).status_code == 302
    service.refresh_from_db()
    assert service.urgency == 1


def test_owner_and_deputy_are_chosen_and_a_deputy_is_taken_away(admin: Client):
    service, owner, deputy = a_service(), a_person(), a_person()
    address = reverse("admin-service-owner", args=[service.pk])
    admin.post(address, {"owner": owner.pk, "deputy": deputy.pk})
    service.refresh_from_db()
    assert (service.owner, service.deputy) == (owner, deputy)
    same = admin.post(address, {"owner": owner.pk, "deputy": owner.pk})
    assert "somebody else than the owner" in same.content.decode()
    admin.post(address, {"owner": owner.pk, "deputy": deputy.pk, "without_deputy": "on"})
    service.refresh_from_db()
    assert service.deputy is None


def matrix_form(cells=DEFAULT_CELLS, **more: str) -> dict[str, str]:
    return {
        f"cell_{impact}_{urgency}": str(cell)
        for impact, row in enumerate(cells, 1)
        for urgency, cell in enumerate(row, 1)
    } | more


def test_a_matrix_is_put_in_force_and_one_against_itself_is_not(admin: Client):
    desk = a_desk()
    address = reverse("admin-matrix", args=[desk.pk])
    wrong = admin.post(address, matrix_form(cell_1_1="5"))
    assert wrong.status_code == 422
    assert "More harm cannot come later" in wrong.content.decode()
    assert matrix_in_force(desk.pk).number == 1
    assert admin.post(address, matrix_form(raise_from_weight="2.5")).status_code == 302
    assert matrix_in_force(desk.pk).raise_from_weight == Decimal("2.5")


def test_a_token_is_shown_once_and_taken_away():
    agent = an_agent()
    client = client_of(agent)
    made = client.post(reverse("admin-tokens"), {"title": "Inventory run", "days": "30"})
    token = Token.objects.get()
    secret = made.content.decode().split("<code>")[1].split("</code>")[0]
    assert secret.startswith(token.start)
    assert made["Cache-Control"] == "no-store"
    assert secret not in text_of(client, reverse("admin-tokens"))
    other = client_of(an_agent())
    assert "Inventory run" not in text_of(other, reverse("admin-tokens"))
    other.post(reverse("admin-token-revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is None
    client.post(reverse("admin-token-revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert acting(agent).person_id == token.person_id


def test_a_team_of_another_desk_is_not_offered_for_a_service(admin: Client):
    service, own, other = a_service(), None, a_team()
    own = a_team(service.desk)
    page = text_of(admin, reverse("admin-service-edit", args=[service.pk]))
    assert own.name in page
    assert other.name not in page
