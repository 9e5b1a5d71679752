import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from budgets import Budget
from builders import a_calendar, a_desk, a_service, a_site, a_team, an_agent
from desktops import FRAGMENT, client_of
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from levels import a_level, a_row

from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Calendar, Desk
from ansvar.servicelevels.commands import create_level, save_draft
from ansvar.servicelevels.decisions.terms import (
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Target,
    Terms,
)
from ansvar.servicelevels.models import LevelVersion, ServiceLevel

pytestmark = pytest.mark.django_db
BEGIN = {
    "name": "Cash desks",
    "party": "",
    "objective": "90",
    "pauses": "on",
    **{f"reaction_{p}": "15 min" for p in range(1, 6)},
    **{f"solution_{p}": "1 d" for p in range(1, 6)},
}
LINE = {"r0": "1", "r0-reaction-amount": "", "r0-resolution-amount": "4 h", "r0-update-amount": ""}


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk(calendar=a_calendar(timezone="Europe/Stockholm"))


@pytest.fixture
def level(desk: Desk) -> ServiceLevel:
    """A level with an empty draft."""
    return create_level(desk=desk, kind=LevelKind.SLA, name="Gold", by=SYSTEM)


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def edit(client: Client, level: ServiceLevel, *, do: str = "save", **typed: Any) -> HttpResponse:
    address = reverse("admin-level", args=[level.pk])
    seen = re.search(r'name="seen" value="(\w+)"', text_of(client.get(address)))
    assert seen is not None
    sent = {"seen": seen[1], **LINE, **typed, "do": do}
    return client.post(address, {name: value for name, value in sent.items() if value is not None})


def only(service: Service) -> Scope:
    return Scope(services=frozenset({service.pk}))


def draft_of(level: ServiceLevel) -> Terms:
    return level.versions.get(state=LevelVersion.State.DRAFT).agreed


def test_a_level_is_made_in_a_minute_and_is_in_force_at_once(admin: Client, desk: Desk):
    service = a_service(desk)
    form = {**BEGIN, "desk": desk.pk, "services": [service.pk], "party": "Head of shops"}
    assert admin.post(reverse("admin-level-begin"), form).status_code == 302
    made = ServiceLevel.objects.get(name="Cash desks")
    terms = made.versions.get(state=LevelVersion.State.PUBLISHED).agreed
    assert terms.scope.services == {service.pk}
    assert [sorted(row.priorities) for row in terms.rows] == [[1], [2], [3], [4], [5]]
    target = terms.rows[0].targets[Measure.RESOLUTION]
    # The calendar's working day has nine hours.
    assert (target.minutes, target.objective, target.origin) == (540, 90, Origin.AGREED)
    assert (target.origin_by, terms.pauses) == ("Head of shops", {"waiting:requester"})


def test_a_level_in_a_minute_with_a_fault_keeps_what_was_typed_and_makes_nothing(
    admin: Client, desk: Desk
):
    form = {**BEGIN, "desk": desk.pk, "reaction_2": "soon"}
    answer = admin.post(reverse("admin-level-begin"), form)
    assert answer.status_code == 422
    assert "“soon” is no time" in text_of(answer)
    assert 'value="Cash desks"' in text_of(answer)
    nothing = {
        **BEGIN,
        "desk": desk.pk,
        **dict.fromkeys((f"reaction_{p}" for p in range(1, 6)), ""),
    }
    nothing |= dict.fromkeys((f"solution_{p}" for p in range(1, 6)), "")
    assert "There is no target yet" in text_of(admin.post(reverse("admin-level-begin"), nothing))
    assert not ServiceLevel.objects.filter(name="Cash desks").exists()


def test_the_draft_keeps_times_as_typed_by_the_chosen_hours(admin: Client, level: ServiceLevel):
    always = a_calendar(hours={str(day): [["00:00", "24:00"]] for day in range(7)})
    typed = {
        "r0-priorities": ["1", "2"],
        "r0-resolution-amount": "2 d",
        "r0-resolution-objective": "95 %",
        "r0-resolution-origin": "asked",
        "r0-resolution-by": "Shops",
        "r0-resolution-on": "2026-03-02",
        "r0-resolution-note": "After the winter",
        "s0-key": "warn",
        "s0-amount": "30 min",
        "s0-when": "before",
        "s0-measures": ["resolution"],
        "s0-action": "page",
        "s0-to": "lead",
        "pauses": ["waiting:requester"],
        "words": "Help **first**.",
        "review_on": "2027-03-02",
        "restarts": "on",
    }
    assert edit(admin, level, calendar=always.pk, **typed).status_code == 302
    terms = draft_of(level)
    target = terms.rows[0].targets[Measure.RESOLUTION]
    assert (target.minutes, target.objective, target.origin) == (2880, 95, Origin.ASKED)
    assert (target.origin_by, target.origin_note) == ("Shops", "After the winter")
    assert (terms.steps[0].minutes, terms.steps[0].key) == (-30, "warn")
    assert (terms.calendar_id, terms.restarts) == (always.pk, True)
    page = text_of(admin.get(reverse("admin-level", args=[level.pk])))
    assert 'value="48 h"' in page
    assert "Help **first**." in page
    assert "Day and night" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"r0-resolution-amount": "soonish"}, "“soonish” is no time"),
        ({"r0-resolution-objective": "nearly all"}, "Write a share in per cent"),
        ({"r0-resolution-objective": "nan"}, "Write a share in per cent"),
        ({"r0-resolution-on": "yesterday"}, "Write the day like 2026-12-24."),
        ({"r0-reaction-by": "Shops"}, "Give the time, or clear the rest"),
        ({"review_on": "2027-02-30"}, "Write the day like 2026-12-24."),
        ({"s0-key": "a", "s0-amount": "most", "s0-when": "percent"}, "a whole number of per cent"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_typed_is_lost(
    admin: Client, level: ServiceLevel, typed: dict[str, str], words: str
):
    answer = edit(admin, level, words="Kept.", **typed)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "Kept." in text_of(answer)
    assert all(value in text_of(answer) for value in typed.values())
    assert draft_of(level) == Terms()


def test_faults_of_a_kept_draft_stand_at_their_lines(admin: Client, level: ServiceLevel):
    edit(admin, level, r1="1", **{"r1-resolution-amount": "2 h", "r1-priorities": ["1"]})
    page = text_of(admin.get(reverse("admin-level", args=[level.pk])))
    second = page.split('id="row-1"')[1].split("</fieldset>")[0]
    assert "No ticket ever comes to this line" in page.split('id="row-1"')[1]
    assert "No ticket ever comes" not in page.split('id="row-1"')[0]
    assert "Line 2" in second
    assert "not ready" in page


def test_lines_are_added_copied_moved_and_deleted(admin: Client, level: ServiceLevel):
    def minutes() -> list[int]:
        return [one.minutes for row in draft_of(level).rows for one in row.targets.values()]

    two = {"r1": "1", "r1-resolution-amount": "8 h"}
    edit(admin, level, do="raise-row:1", **two)
    assert minutes() == [480, 240]
    edit(admin, level, do="copy-row:0", **two)
    assert minutes() == [240, 240, 480]
    edit(admin, level, do="delete-row:0", **two)
    assert minutes() == [480]
    answer = edit(admin, level, do="add-row")
    assert answer["Location"].endswith("#row-1")
    edit(admin, level, do="add-step")
    assert [step.key for step in draft_of(level).steps] == ["step-1"]


def test_a_fragment_shows_the_editor_with_what_else_changed(admin: Client, level: ServiceLevel):
    address = reverse("admin-level", args=[level.pk])
    seen = re.search(r'name="seen" value="(\w+)"', text_of(admin.get(address)))
    assert seen is not None
    page = text_of(
        admin.post(address, {**LINE, "seen": seen[1], "do": "add-row"}, headers=FRAGMENT)
    )
    assert page.startswith('<form id="level-editor"')
    assert page.count('hx-swap-oob="true"') == 2
    assert 'id="row-1" tabindex="-1" data-focus' in page


def test_a_stale_form_comes_back_as_sent(admin: Client, level: ServiceLevel):
    save_draft(level.pk, words="Theirs.", by=SYSTEM)
    answer = admin.post(
        reverse("admin-level", args=[level.pk]),
        {**LINE, "seen": "old", "words": "Mine.", "do": "save"},
    )
    assert answer.status_code == 409
    assert "Somebody changed this level meanwhile" in text_of(answer)
    assert "Mine." in text_of(answer)
    assert level.versions.get().words == "Theirs."


def test_a_level_is_published_changed_later_compared_rolled_back_and_ended(
    admin: Client, level: ServiceLevel
):
    edit(admin, level, do="publish")
    first = level.versions.get(number=1)
    assert first.state == LevelVersion.State.PUBLISHED
    later = timezone.localtime(clock.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    edit(admin, level, do="publish", begins=later, **{"r0-resolution-amount": "2 h"})
    second = level.versions.get(number=2)
    assert second.valid_from is not None
    assert second.valid_from > clock.now() + timedelta(days=6)
    address = reverse("admin-level-version", args=[level.pk, 2])
    page = text_of(admin.get(address))
    assert "<del>4 h, in every case, assumed by us</del>" in page
    assert "<ins>2 h, in every case, assumed by us</ins>" in page
    assert "Ada Min" in page
    back = reverse("admin-level-version", args=[level.pk, 1])
    assert admin.post(back, {"do": "draft"}).status_code == 302
    assert draft_of(level) == first.agreed
    admin.post(reverse("admin-level-step", args=[level.pk, "drop"]))
    admin.post(reverse("admin-level-step", args=[level.pk, "end"]))
    first.refresh_from_db()
    assert first.valid_until is not None
    assert first.valid_until <= clock.now()


def test_what_cannot_be_published_is_refused_in_words_and_stays_a_draft(
    admin: Client, level: ServiceLevel
):
    never = a_calendar()
    # The commands let no calendar be without hours; one that came to be so otherwise is refused.
    Calendar.objects.filter(pk=never.pk).update(hours={})
    answer = edit(admin, level, do="publish", calendar=never.pk)
    assert answer.status_code == 409
    assert text_of(answer).count("has no working hours to come") == 2
    a_level(level.desk, a_row(resolution=60))
    answer = edit(admin, level, do="publish", calendar="")
    assert "is for the same tickets" in text_of(answer)
    answer = edit(admin, level, do="publish", begins="2020-01-01T08:00")
    assert "Choose a beginning that is not over" in text_of(answer)
    assert draft_of(level).rows[0].targets[Measure.RESOLUTION].minutes == 240


def test_signatures_are_noted_with_their_days(admin: Client, level: ServiceLevel):
    address = reverse("admin-level-version", args=[level.pk, 1])
    form = {
        "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0,
        "form-0-name": "Anna Berg", "form-0-role": "Owner", "form-0-party": "IT",
        "form-0-signed_on": "2026-03-02", "form-1-name": "",
    }  # fmt: skip
    wrong = admin.post(address, {**form, "form-0-signed_on": "soon"})
    assert wrong.status_code == 422
    assert admin.post(address, form).status_code == 302
    assert level.versions.get().signatories == [
        {"name": "Anna Berg", "role": "Owner", "party": "IT", "signed_on": "2026-03-02"}
    ]
    assert 'value="2026-03-02"' in text_of(admin.get(address))


def test_the_preview_tells_what_a_ticket_gets_today_and_by_the_draft(admin: Client, desk: Desk):
    service, site = a_service(desk, name="Cashier"), a_site()
    with clock.at(datetime(2026, 3, 1, tzinfo=UTC)):
        other = a_level(desk, a_row((2,), resolution=60), scope=only(a_service(desk)))
        version = a_level(
            desk, a_row((1,), resolution=60), a_row((2,), reaction=30, resolution=540)
        )
    draft = Terms(rows=(Row(targets={Measure.RESOLUTION: Target(minutes=120)}),))
    save_draft(version.level_id, terms=draft, by=SYSTEM)
    asked = {
        "desk": desk.pk, "kind": "incident", "priority": 2, "service": service.pk, "site": site.pk,
        "at": "2026-03-03T09:00", "level": version.level_id,
    }  # fmt: skip
    page = text_of(admin.get(reverse("admin-levels-preview"), asked))
    today, *_, after = page.split("If the draft were published")
    assert "Tue 3 Mar 09:30" in today
    assert "Wed 4 Mar 09:00" in today
    assert "line 2, P2" in today
    assert "9 h (1 working day)" in today
    assert f"{other.level}, version 1" in today
    assert "does not apply: it is for other services" in today
    assert "applies: it is the first that fits" in today
    assert "Tue 3 Mar 11:00" in after
    assert "line 1, every ticket" in after
    nothing = admin.get(reverse("admin-levels-preview"), {"at": "soon"})
    assert "Say when the ticket is opened" in text_of(nothing)


def test_the_list_names_state_and_overdue_reviews_and_begins_with_the_simplest(
    admin: Client, desk: Desk
):
    assert "Nothing is agreed yet" in text_of(admin.get(reverse("admin-levels")))
    version = a_level(desk, a_row(resolution=60))
    LevelVersion.objects.filter(pk=version.pk).update(review_on="2026-01-01")
    page = text_of(admin.get(reverse("admin-levels")))
    assert "Nothing is agreed yet" not in page
    assert "version 1 in force" in page
    assert "overdue since" in page
    assert "1 agreement should have been reviewed by now." in page
    assert "Nothing found" in text_of(admin.get(reverse("admin-levels"), {"q": "zzz"}))


def test_agents_read_levels_and_write_none(level: ServiceLevel):
    agent = client_of(an_agent(level.desk))
    page = text_of(agent.get(reverse("admin-level", args=[level.pk])))
    assert 'value="publish"' not in page
    assert "One more line" not in page
    assert edit(agent, level).status_code == 403
    elsewhere = client_of(an_agent(team=a_team()))
    assert elsewhere.get(reverse("admin-level", args=[level.pk])).status_code == 404


def test_the_coming_two_weeks_name_holidays_and_the_change_of_clocks(admin: Client, desk: Desk):
    calendar = a_calendar(timezone="Europe/Stockholm", holiday_country="SE")
    made = create_level(desk=desk, kind=LevelKind.OLA, name="Second line", by=SYSTEM)
    save_draft(made.pk, terms=Terms(calendar_id=calendar.pk), by=SYSTEM)
    with clock.at(datetime(2026, 3, 25, 9, tzinfo=UTC)):
        page = text_of(admin.get(reverse("admin-level", args=[made.pk])))
    hours = page.split('id="level-hours"')[1].split("</table>")[0]
    assert hours.count("clocks go forward") == 1
    assert "Sun 29 Mar" in hours.split("clocks go forward")[0].rsplit("<tr>", 1)[1]
    assert "Good Friday" in hours


def test_pages_cost_the_same_for_few_and_many(admin: Client, desk: Desk, budget: Budget):
    def more(count: int) -> ServiceLevel:
        for _ in range(count):
            a_level(desk, a_row((1,), resolution=60), scope=only(a_service(desk)))
        return ServiceLevel.objects.filter(kind=LevelKind.SLA).latest("pk")

    for count in (1, 4):
        row = more(count)
        for name, address in (
            ("levels", reverse("admin-levels")),
            ("level", reverse("admin-level", args=[row.pk])),
            ("level-version", reverse("admin-level-version", args=[row.pk, 1])),
            ("levels-preview", reverse("admin-levels-preview")),
        ):
            admin.get(address)
            with budget(name):
                assert admin.get(address).status_code == 200
