import pytest
from builders import (
    IMPACT_TREE,
    a_calendar,
    a_department,
    a_desk,
    a_person,
    a_published_script,
    a_script,
    a_service,
    a_site,
    a_team,
    an_administrator,
    an_agent,
)
from desktops import client_of
from django.test import Client
from django.urls import reverse
from levels import a_level, a_row

from ansvar.access.decisions import PERMISSIONS
from ansvar.catalogue.commands import add_needed_fact, save_draft, set_dependencies
from ansvar.importers.commands import begin_run
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Department, Organisation, Site
from ansvar.workbench.admin.framing import PLACES
from ansvar.workbench.admin.urls import urlpatterns

pytestmark = pytest.mark.django_db


def something_of_each() -> list[str]:
    """Return the address of every page that is opened by GET, each with something on it."""
    desk = a_desk()
    team = a_team(desk, line=2)
    agent = an_agent(team=team)
    network, cashier = a_service(desk, name="Network"), a_service(desk, name="Cashier", team=team)
    set_dependencies(cashier.pk, [network.pk], by=SYSTEM)
    version = a_published_script(desk, cashier)
    save_draft(version.script_id, {**IMPACT_TREE, "start": "nowhere"}, by=SYSTEM)
    needed = add_needed_fact(cashier.pk, name="Cash desk", question="Which one?", by=SYSTEM)
    place = a_team(is_default=True).desk
    run = begin_run(desk=place, source="/old", kind="mbox", options={}, by=SYSTEM)
    site, department, calendar = a_site(), a_department(), a_calendar(holiday_country="SE")
    level = a_level(desk, a_row((1,), reaction=15, resolution=240)).level
    with_id = {
        "admin-organisations-one": site.organisation_id,
        "admin-departments-one": department.pk,
        "admin-sites-one": site.pk,
        "admin-calendar": calendar.pk,
        "admin-desk": desk.pk,
        "admin-import": run.pk,
        "admin-team-new": desk.pk,
        "admin-matrix": desk.pk,
        "admin-desk-mails": desk.pk,
        "admin-desk-hand-overs": desk.pk,
        "admin-team": team.pk,
        "admin-person": agent.pk,
        "admin-service": cashier.pk,
        "admin-service-edit": cashier.pk,
        "admin-service-owner": cashier.pk,
        "admin-service-dependencies": cashier.pk,
        "admin-service-needed": cashier.pk,
        "admin-service-needed-new": cashier.pk,
        "admin-needed": needed.pk,
        "admin-script": version.script_id,
        "admin-script-rename": version.script_id,
        "admin-level": level.pk,
        "admin-level-rename": level.pk,
    }
    addresses = [reverse(name, args=[pk]) for name, pk in with_id.items()]
    with_more = {
        "admin-script-version": (version.script_id, 1),
        "admin-level-version": (level.pk, 1),
        "admin-desk-mail": (desk.pk, "resolution", "en"),
    }
    addresses += [reverse(name, args=args) for name, args in with_more.items()]
    for pattern in urlpatterns:
        assert pattern.name is not None
        is_page = "GET" in pattern.callback.methods
        if is_page and pattern.name not in {**with_id, **with_more}:
            addresses.append(reverse(pattern.name))
    return addresses


def test_every_page_opens_with_something_on_it_and_with_nothing(admin: Client):
    for place in PLACES:
        if place.url_name.startswith("admin"):
            assert admin.get(reverse(place.url_name)).status_code == 200, place.url_name
    for address in something_of_each():
        answer = admin.get(address, follow=True)
        assert answer.status_code == 200, address
        assert "<h1" in answer.content.decode(), address


def test_every_address_names_a_right_that_exists():
    for pattern in urlpatterns:
        assert pattern.callback.requires in PERMISSIONS, pattern.name


def test_nobody_but_workers_opens_any_of_them():
    stranger = client_of(a_person())
    for address in something_of_each():
        assert stranger.get(address).status_code == 403, address
        assert Client().get(address).status_code == 302, address


def test_an_agent_sees_only_the_places_that_are_open_to_agents():
    page = client_of(an_agent()).get(reverse("admin")).content.decode()
    assert reverse("admin-scripts") in page
    assert reverse("admin-desks") not in page
    assert reverse("admin-people") not in page


def test_administrators_of_one_desk_do_not_reach_the_other():
    mine, other = a_desk(), a_desk()
    team = a_team(other)
    client = client_of(an_administrator(mine))
    assert client.get(reverse("admin-desk", args=[mine.pk])).status_code == 200
    for name, pk, expected in (
        ("admin-desk", other.pk, 404),
        ("admin-matrix", other.pk, 404),
        ("admin-desk-mails", other.pk, 404),
        ("admin-team", team.pk, 403),
        ("admin-service", a_service(other).pk, 404),
        ("admin-script", a_script(other).pk, 404),
    ):
        assert client.get(reverse(name, args=[pk])).status_code == expected, name


def test_a_lookup_row_is_made_changed_and_refused_at_its_field(admin: Client):
    list_url = reverse("admin-organisations")
    made = admin.post(reverse("admin-organisations-new"), {"name": "Pharma", "is_active": "on"})
    assert made.status_code == 302
    assert made["Location"] == list_url
    organisation = Organisation.objects.get(name="Pharma")
    again = admin.post(reverse("admin-organisations-new"), {"name": "Pharma", "is_active": "on"})
    assert again.status_code == 422
    assert "already exists" in again.content.decode()
    one = reverse("admin-organisations-one", args=[organisation.pk])
    assert admin.post(one, {"name": "Pharma AB", "is_active": "on"}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.name == "Pharma AB"
    assert "changed name" in admin.get(one).content.decode()


def test_what_is_fixed_in_a_lookup_stays(admin: Client):
    site, other = a_site(), a_site()
    form = {"organisation": other.organisation_id, "name": "New", "country": "SE"}
    address = reverse("admin-sites-one", args=[site.pk])
    assert admin.post(address, {**form, "business_weight": "1.5"}).status_code == 302
    changed = Site.objects.get(pk=site.pk)
    assert (changed.name, changed.organisation_id) == ("New", site.organisation_id)


def test_a_department_in_itself_is_refused_on_the_page(admin: Client):
    whole = a_department(name="Sales")
    part = a_department(name="North", organisation=whole.organisation, parent=whole)
    answer = admin.post(
        reverse("admin-departments-one", args=[whole.pk]), {"name": "Sales", "parent": part.pk}
    )
    assert answer.status_code == 422
    assert "North in Sales" in answer.content.decode()
    assert Department.objects.get(pk=whole.pk).parent is None


def test_a_long_list_goes_on_and_is_searched(admin: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ansvar.workbench.admin.framing.PAGE_SIZE", 2)
    for name in ("Alpha", "Beta", "Gamma"):
        Organisation.objects.create(name=name)
    address = reverse("admin-organisations")
    first = admin.get(address).content.decode()
    assert "Alpha" in first
    assert "Gamma" not in first
    pk = Organisation.objects.get(name="Beta").pk
    rest = admin.get(address, {"after": f"Beta~{pk}"}).content.decode()
    assert "Gamma" in rest
    assert "Alpha" not in rest
    assert "Gamma" in admin.get(address, {"q": "gam"}).content.decode()
    assert "Nothing found" in admin.get(address, {"q": "zzz"}).content.decode()
