"""Times between the key points of a ticket, counted by hand."""

from datetime import UTC, datetime, timedelta

from ansvar.people.decisions import calendar_from
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.milestones import Milestone, milestones, spent_by
from ansvar.servicelevels.decisions.story import course_of

DAY = {str(day): [["08:00", "17:00"]] for day in range(7)}
HOURS = Hours(((None, calendar_from(name="Day", timezone="UTC", hours=DAY)),))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


STORY = [
    (at(2, 16), {"opened": True, "state": "new", "team": 1}),
    (at(2, 16, 30), {"person": 7, "state": "assigned"}),
    (at(3, 9), {"state": "in_work"}),
    (at(3, 10), {"said": 1}),
    (at(3, 11), {"team": 2, "person": None, "state": "new"}),
    (at(3, 12), {"state": "resolved"}),
    (at(3, 13), {"state": "assigned"}),
    (at(3, 14), {"state": "resolved"}),
    (at(4, 9), {"state": "closed"}),
]


def minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def test_each_key_point_has_its_working_and_its_elapsed_time():
    found = {
        one.milestone: (minutes(one.working), minutes(one.elapsed))
        for one in milestones(course_of(STORY), HOURS)
    }
    assert found == {
        Milestone.REACTION: (120, 17 * 60),
        Milestone.ANSWER: (180, 18 * 60),
        Milestone.ASSIGNMENT: (30, 30),
        Milestone.RESOLUTION: (60 + 6 * 60, 22 * 60),
        Milestone.CLOSING: (60 + 9 * 60 + 60, 41 * 60),
    }


def test_what_was_taken_up_again_is_not_solved():
    found = [one.milestone for one in milestones(course_of(STORY[:7]), HOURS)]
    assert Milestone.RESOLUTION not in found


def test_states_and_teams_share_the_time_until_the_closing():
    course = course_of(STORY)
    by_team = spent_by(course, HOURS, until=at(9, 9), key=lambda leg: leg.team_id)
    by_state = spent_by(course, HOURS, until=at(9, 9), key=lambda leg: leg.state)
    assert {team: minutes(one.working) for team, one in by_team.items()} == {1: 240, 2: 420}
    assert {state: minutes(one.working) for state, one in by_state.items()} == {
        "new": 90, "assigned": 150, "in_work": 120, "resolved": 300,
    }  # fmt: skip
    assert sum(minutes(one.elapsed) for one in by_state.values()) == 41 * 60
