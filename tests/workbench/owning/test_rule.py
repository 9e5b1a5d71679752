"""The rule of a service: who keeps it, what it would say, and what it would have changed."""

import pytest
from budgets import Budget
from builders import somebody_with
from desktops import client_of
from owned import Owned, an_owned_service, at

from ansvar.access.decisions import Role
from ansvar.people.models import Person
from ansvar.tickets.models import HandOverRule
from tickets import handed_back

pytestmark = pytest.mark.django_db
TYPED = {"mode": "after", "after": "2", "wait_minutes": "90"}


@pytest.fixture
def owned() -> Owned:
    with at(0, 6):
        return an_owned_service()


def address(owned: Owned) -> str:
    return f"/services/{owned.service.pk}/hand-overs/"


def test_the_rule_is_kept_and_who_changed_it_stands_below(owned, budget: Budget):
    client = client_of(owned.owner)
    page = client.post(address(owned), {**TYPED, "keep": "1"}, follow=True).text
    rule = HandOverRule.objects.get()
    assert (rule.mode, rule.after, rule.wait_minutes) == ("after", 2, 90)
    assert "After 2 hand-overs each further one is decided." in page
    assert "Olga Owner set who decides about hand-overs" in page
    with budget("hand-over rule"):
        client.get(address(owned))


def test_trying_writes_nothing(owned):
    page = client_of(owned.deputy).post(address(owned), {**TYPED, "try": "1"}).text
    assert "as typed, not kept yet" in page
    assert HandOverRule.objects.get().mode == "always"


@pytest.mark.parametrize("typed", [{"mode": "never"}, {"after": "0"}, {"wait_minutes": ""}])
def test_what_makes_no_rule_is_said_at_the_field(owned, typed):
    answer = client_of(owned.owner).post(address(owned), {**TYPED, **typed, "keep": "1"})
    assert answer.status_code == 422
    assert HandOverRule.objects.get().mode == "always"


def test_a_made_up_ticket_tells_step_by_step_what_would_happen(owned):
    client, place = client_of(owned.owner), owned.place
    assert " disabled" not in client.get(address(owned)).text
    path, page = "", ""
    for team in (place.first, place.second, place.first):
        page = client.post(address(owned), {**TYPED, "path": path, "step": team.pk}).text
        path = f"{path}.{team.pk}".lstrip(".")
    assert f'value="{path}"' in page
    assert "goes at once" in page
    assert f"{place.first.name} has held it before; giving it back would be a bounce." in page
    page = client.post(address(owned), {**TYPED, "path": path, "step": "back"}).text
    assert "would be a bounce" not in page


def test_the_rule_is_held_against_what_has_happened(owned):
    with at(0, 9):
        for _ in range(2):
            handed_back(owned.ticket(), owned.place.second, by=owned.place.by)
    with at(0, 12):
        page = client_of(owned.owner).post(address(owned), {**TYPED, "try": "1"}).text
        assert "The owner would have been asked 0 times about 0 of 2 tickets" in page
        always = {**TYPED, "mode": "always", "try": "1"}
        page = client_of(owned.owner).post(address(owned), always).text
        assert "The owner would have been asked 2 times about 2 of 2 tickets" in page


def who(owned: Owned, role: str) -> Person:
    if role in {"owner", "deputy"}:
        return {"owner": owned.owner, "deputy": owned.deputy}[role]
    return somebody_with(Role(role), owned.place.desk)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("owner", 302),
        ("deputy", 302),
        ("administrator", 302),
        ("supervisor", 403),
        ("team_lead", 403),
        ("agent", 403),
        ("service_owner", 403),
        ("auditor", 403),
    ],
)
def test_only_those_who_answer_for_the_service_or_keep_the_catalogue_set_it(owned, role, status):
    client = client_of(who(owned, role))
    assert client.get(address(owned)).status_code == 200
    assert client.post(address(owned), {**TYPED, "keep": "1"}).status_code == status


def test_the_reasons_of_a_desk_are_kept_in_order_and_counted(owned):
    desk = owned.place.desk
    client = client_of(somebody_with(Role.ADMINISTRATOR, desk))
    page = f"/admin/desks/{desk.pk}/hand-overs"
    shown = client.post(page, {"reasons": "Needs a key\n\n Not ours \n"}, follow=True).text
    assert shown.index("Needs a key") < shown.index("Not ours")
    for reason in ("Not ours: it is the line", "Not ours", "Else"):
        handed_back(owned.ticket(), owned.place.second, reason=reason, by=owned.place.by)
    shown = client.get(page).text
    assert "<span>Not ours</span>" in shown
    assert "<b>2</b>" in shown
    assert "1 in other words" in shown
    assert client.post(page, {"reasons": "A\na"}).status_code == 422
