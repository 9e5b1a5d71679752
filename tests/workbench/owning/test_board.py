"""The owner's board: what waits, what others hold, what it rests on, and who may decide there."""

import pytest
from budgets import Budget
from builders import a_person, a_service, acting, an_administrator, an_agent, somebody_with
from desktops import FRAGMENT, client_of
from django.test import Client
from levels import a_level, a_row
from owned import Owned, an_owned_service, at, away
from queued_work import run_queued

from ansvar.access.decisions import Role
from ansvar.catalogue.commands import edit_service, set_dependencies
from ansvar.kernel.actor import SYSTEM
from ansvar.notices.models import Notice
from ansvar.ownership.tasks import chase
from ansvar.people.models import Person
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.terms import (
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Target,
)
from ansvar.tickets.commands import (
    decide_hand_over,
    hand_over_ticket,
    resolve_ticket,
    set_hand_over_rule,
)
from ansvar.tickets.decisions import Answer, RuleMode
from ansvar.tickets.models import HandOverRequest, Ticket
from tickets import a_workplace, handed_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def owned() -> Owned:
    with at(0, 6):
        owned = an_owned_service()
    # Read once per process, and so no part of what a page costs.
    present_book()
    return owned


@pytest.fixture
def client(owned: Owned) -> Client:
    return client_of(owned.owner)


def free(owned: Owned) -> None:
    set_hand_over_rule(owned.service.pk, mode=RuleMode.FREE, by=acting(owned.owner))


def with_others(owned: Owned) -> Ticket:
    """Return a ticket of the service that its second team holds."""
    ticket = owned.ticket()
    by = owned.place.by
    outcome = hand_over_ticket(ticket.pk, team=owned.place.second, reason="Theirs", by=by)
    if outcome.request is not None:
        decide_hand_over(outcome.request.pk, answer=Answer.GIVE, by=acting(owned.owner))
    return ticket


def test_the_board_shows_it_all_at_a_cost_that_does_not_grow(owned, client, budget: Budget):
    with at(0, 6):
        below = a_service(owned.place.desk, name="Network")
        set_dependencies(owned.service.pk, [below.pk], by=SYSTEM)
    with at(0, 9):
        request = owned.asked(owned.ticket(subject="Till is slow"))
        held = with_others(owned)
    with at(0, 9.5), budget("owner's board"):
        page = client.get("/services/mine/").text
    assert "Good morning, Olga" in page
    assert "1 decision waits for you" in page
    assert "Till is slow" in page
    assert "waits 30 min" in page
    assert f"{request.team.name} gets it" in page
    assert f"/tickets/{held.reference}/" in page
    assert "Network" in page
    assert "Dora Deputy may decide, too." in page
    with at(0, 10):
        for _ in range(3):
            owned.asked()
            with_others(owned)
        with budget("owner's board"):
            client.get("/services/mine/")


def test_who_answers_for_nothing_is_told_what_would_stand_here(owned):
    page = client_of(owned.place.agent).get("/services/mine/").text
    assert "You answer for no service" in page


def test_an_answer_is_given_with_one_press_and_the_next_one_shows(owned, client):
    with at(0, 9):
        first, second = owned.asked(), owned.asked()
        answer = client.post(
            f"/hand-overs/{first.pk}/decide/",
            {"answer": "split", "words": "Look at the line"},
            headers=FRAGMENT,
        )
    assert "a task given, custody stays" in answer["HX-Trigger"]
    assert second.ticket.reference in answer.text
    assert first.ticket.reference not in answer.text
    assert "data-focus" in answer.text
    task = first.ticket.tasks.get()
    assert (task.team, task.words) == (owned.place.second, "Look at the line")


def test_who_was_slower_is_told_so_and_goes_on(owned, client):
    with at(0, 9):
        request = owned.asked()
        for answer in ("keep", "give"):
            page = client.post(
                f"/hand-overs/{request.pk}/decide/", {"answer": answer}, follow=True
            ).text
    assert "has been answered already" in page
    assert HandOverRequest.objects.get().answer == "keep"


def people_of(owned: Owned) -> dict[str, Person]:
    desk = owned.place.desk
    return {
        "owner": owned.owner,
        "deputy": owned.deputy,
        "supervisor": owned.supervisor,
        "agent who asked": owned.place.agent,
        "agent of the wanted team": owned.second,
        "another owner": somebody_with(Role.SERVICE_OWNER, desk),
        "lead": somebody_with(Role.TEAM_LEAD, desk),
        "administrator": an_administrator(),
        "administrator of the desk": an_administrator(desk),
        "auditor": somebody_with(Role.AUDITOR, desk),
        "supervisor of another desk": somebody_with(Role.SUPERVISOR, a_workplace().desk),
        "requester": a_person(),
    }


@pytest.mark.parametrize(
    ("hour", "may"),
    [(9.5, {"owner", "deputy"}), (11.5, {"owner", "deputy", "supervisor"})],
    ids=["in the owner's time", "after it"],
)
def test_only_those_named_decide(owned, hour, may):
    with at(0, 9):
        people = people_of(owned)
        requests = {who: owned.asked() for who in people}
    with at(0, hour):
        decided = set()
        for who, person in people.items():
            address = f"/hand-overs/{requests[who].pk}/decide/"
            answer = client_of(person).post(address, {"answer": "keep"})
            assert answer.status_code in {302, 403, 404}, who
            requests[who].refresh_from_db()
            if requests[who].answer:
                decided.add(who)
    assert decided == may


def test_on_a_desk_without_supervisors_those_decide_who_set_it_up():
    place = a_workplace()
    with at(0, 9):
        owned = an_owned_service(place)
        owned.supervisor.role_grants.all().delete()
        request, administrator = owned.asked(), an_administrator(place.desk)
    with at(0, 12):
        client = client_of(administrator)
        assert request.ticket.reference in client.get("/services/mine/").text
        client.post(f"/hand-overs/{request.pk}/decide/", {"answer": "keep"})
    request.refresh_from_db()
    assert request.answered_by == administrator


def test_what_the_owner_leaves_stands_on_the_supervisors_board(owned):
    with at(0, 9):
        request = owned.asked()
        supervisor = client_of(owned.supervisor)
        assert request.ticket.reference not in supervisor.get("/services/mine/").text
    with at(0, 11.5):
        page = supervisor.get("/services/mine/").text
    assert request.ticket.reference in page
    assert "The supervisors may, too." in page


def test_others_boards_are_for_those_who_see_the_figures_of_the_desk(owned):
    with at(0, 9):
        owned.asked()
        address = f"/services/owned-by/{owned.owner.pk}/"
        page = client_of(owned.supervisor).get(address).text
        assert "You do not decide this one." in page
        assert client_of(owned.place.agent).get(address).status_code == 403
        other = somebody_with(Role.SUPERVISOR, a_workplace().desk)
        assert client_of(other).get(address).status_code == 404


def test_what_is_over_its_agreement_comes_first_in_red_and_its_holder_is_reminded(owned, client):
    with at(0, 6):
        scope = Scope(teams=frozenset({owned.place.second.pk}))
        level = a_level(owned.place.desk, a_row(hold=120), kind=LevelKind.OLA, scope=scope).level
        free(owned)
    with at(0, 9):
        late = with_others(owned)
    with at(0, 12.5):
        new = with_others(owned)
        page = client.get("/services/mine/").text
        assert page.index(late.reference) < page.index(new.reference)
        assert f"over the 2 h of {level.name}" in page
        assert "1 is over what was agreed with its holder." in page
        answer = client.post("/services/remind/", headers=FRAGMENT)
        assert "The holder of 1 ticket was reminded." in answer["HX-Trigger"]
        run_queued("kernel.run_reaction")
        notice = Notice.objects.get(person=owned.second, kind="reminder")
        assert notice.ticket == late
        answer = client.post("/services/remind/", {"ticket": late.reference}, headers=FRAGMENT)
        assert "within the last hour" in answer["HX-Trigger"]


def test_nobody_reminds_of_tickets_they_do_not_see(owned):
    ticket = with_others(owned)
    for person, status in [(an_agent(), 404), (owned.place.agent, 403)]:
        answer = client_of(person).post("/services/remind/", {"ticket": ticket.reference})
        assert answer.status_code == status


def test_who_hands_back_to_whom_is_drawn_with_what_it_lost(owned, client):
    with at(0, 9):
        free(owned)
        ticket = owned.ticket()
        hand_over_ticket(ticket.pk, team=owned.place.second, reason="Yours", by=owned.place.by)
    with at(0, 11):
        handed_back(ticket, owned.place.first, by=acting(owned.second))
        page = client.get("/services/mine/").text
    names = owned.place.second.name, owned.place.first.name
    assert f"Most was lost so: {names[0]} back to {names[1]}: 1 time, 2 h of working time" in page


def test_what_services_rest_on_shows_what_was_kept_of_promised(owned, client):
    with at(0, 6):
        below = a_service(owned.place.desk, name="Network", team=owned.place.first)
        set_dependencies(owned.service.pk, [below.pk], by=SYSTEM)
        target = Target(minutes=60, objective=90, origin=Origin.ASSUMED)
        a_level(owned.place.desk, Row(targets={Measure.RESOLUTION: target}))
    for day, hours in [(0, 0.5), (1, 3)]:
        with at(day, 9):
            other = Owned(**{**vars(owned), "service": below}).ticket()
        with at(day, 9 + hours):
            resolve_ticket(other.pk, resolution="Done", by=owned.place.by)
    with at(2, 9):
        page = client.get("/services/mine/").text
    assert "50 % of 90 %" in page
    assert "assumed by us" in page
    assert "Network kept less than was promised." in page
    assert f"Talk to {below.owner.name.split()[0]}" in page


def test_the_report_names_services_that_nobody_answers_for(owned, budget: Budget):
    client = client_of(owned.supervisor)
    with at(0, 9):
        lonely = a_service(owned.place.desk, name="Lonely", owner=an_agent(team=owned.place.first))
        away(lonely.owner, hours=6)
        with budget("services without somebody"):
            page = client.get("/services/uncovered/").text
        assert "no deputy" in page
        assert "nobody decides for it" not in page
        lonely.owner.absences.update(ends_at="2026-03-20T00Z")
        for _ in range(3):
            a_service(owned.place.desk)
        with budget("services without somebody"):
            page = client.get("/services/uncovered/").text
        assert "nobody decides for it" in page
        assert "owner: away until 2026-03-20, no deputy" in page


def test_the_scheduled_look_costs_the_same_for_many_waiting_ones(owned, budget: Budget):
    with at(0, 9):
        owned.asked()
    with at(0, 9.2), budget("a look at what waits"):
        chase()


def test_a_service_without_team_is_wholly_in_others_hands(owned, client):
    with at(0, 9):
        edit_service(owned.service.pk, team=None, by=SYSTEM)
        ticket = owned.ticket()
        page = client.get("/services/mine/").text
    assert f"Remind the holder of {ticket.reference}" in page
