"""An event log becomes tickets through the commands."""

import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import a_desk, a_service, a_team, an_agent
from event_logs import COLUMNS, CRANE, LAMP, a_log, opened, replayed
from queued_work import queued
from verified import differences

from ansvar.importers import replaying
from ansvar.importers.commands import begin_log, undo_import
from ansvar.importers.commands.undoing import NothingToUndo
from ansvar.importers.decisions import BadMapping, Remark
from ansvar.importers.models import ImportedCase, ImportRun
from ansvar.importers.queries import cases_left_out, cases_remarked
from ansvar.importers.sources.logs import LogNotFitting
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.people.commands import edit_team
from ansvar.people.models import Desk, Person, Site, Team
from ansvar.tickets.commands import add_note
from ansvar.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    """Give a desk whose first team is none of the log's."""
    made = a_desk(prefix="HB")
    a_team(made, name="Front office")
    return made


def at(hour: int, minute: int = 0, *, day: int = 5) -> datetime:
    """Return a moment in May as Stockholm's clocks show it."""
    return datetime(2025, 5, day, hour - 2, minute, tzinfo=UTC)


def ticket_of(case: str) -> Ticket:
    return Ticket.objects.get(imported_case__case=case)


def remarks_on(case: str) -> dict[str, list[object]]:
    remarks: dict[str, list[object]] = ImportedCase.objects.get(case=case).remarks
    return remarks


def test_each_row_is_told_by_commands_at_its_own_moment(desk: Desk, tmp_path: Path):
    jobs = queued()
    run = replayed(desk, a_log(tmp_path, CRANE))
    ticket = ticket_of("C7")
    told = Entry.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("pk")
    assert [(entry.fact, entry.at, entry.actor_label) for entry in told][:-1] == [
        ("ticket.opened", at(9, 30), "Mia"),
        ("ticket.owner_changed", at(10, 20), "Rut"),
        ("ticket.assigned", at(10, 20), "Rut"),
        ("ticket.work_started", at(10, 20), "Rut"),
        ("ticket.priority_overridden", at(11), "Rut"),
        ("ticket.handed_over", at(11), "Rut"),
        ("ticket.work_started", at(11), "Rut"),
        ("ticket.handed_over", at(12), "Kim"),
        ("ticket.waiting_started", at(12), "Kim"),
        ("ticket.resolved", at(8, day=6), "Rut"),
        ("ticket.reopened", at(9, day=6), "Mia"),
        ("ticket.work_started", at(9, day=6), "Mia"),
        ("ticket.resolved", at(10, day=6), "Rut"),
        ("ticket.closed", at(10, day=6), "Rut"),
    ]
    assert told.last().payload == {"run_id": run.pk, "case": "C7", "rows": 7}
    assert [
        (str(spell.team), str(spell.person or ""), spell.started_at, spell.ended_at)
        for spell in ticket.custody.select_related("team", "person")
    ] == [
        ("Quay", "", at(9, 30), at(10, 20)),
        ("Quay", "Rut", at(10, 20), at(11)),
        ("Workshop", "Kim", at(11), at(12)),
        ("Quay", "Rut", at(12), at(8, day=6)),
        ("Quay", "Rut", at(9, day=6), at(10, day=6)),
    ]
    assert (ticket.hand_over_count, ticket.bounce_count, ticket.reopen_count) == (2, 1, 1)
    assert (ticket.state, ticket.priority, ticket.resolution) == ("closed", 1, "Imported: Oil")
    assert (ticket.subject, ticket.requester.name) == ("Crane, North pier", "Olof")
    assert ticket.description == "Case C7 of the log harbour."
    assert run.state == ImportRun.State.DONE
    assert differences() == []
    assert queued() == jobs


def test_what_cannot_be_told_is_remarked_and_explains_other_counters(desk: Desk, tmp_path: Path):
    run = replayed(desk, a_log(tmp_path, LAMP))
    ticket = ticket_of("L1")
    assert {what: times for what, (times, *_more) in remarks_on("L1").items()} == {
        "requester-unnamed": 1, "service-not-here": 1, "state-unknown": 1, "went-back": 1,
        "hand-over-unseen": 1, "team-while-done": 1, "person-while-done": 1,
        "priority-while-done": 1,
    }  # fmt: skip
    # From the crew without a name to the quay, and when it was resolved to the workshop.
    assert (ticket.hand_over_count, str(ticket.team)) == (2, "Workshop")
    assert [
        (str(spell.team), spell.started_at, spell.ended_at) for spell in ticket.custody.all()
    ] == [
        ("Crew without a name", at(10, 10), at(10, 30)),
        ("Quay", at(10, 30), at(10, 40)),
        ("Workshop", at(11), at(11)),
    ]
    assert (ticket.state, ticket.resolved_at, ticket.reopen_count) == ("closed", at(10, 40), 0)
    assert ticket.requester.name == "Requester not named in the log"
    compared = run.report["counters"]
    assert compared["hand_overs"] == {
        "cases": 1, "equal": 0, "share": 0.0, "logged": 3, "counted": 2,
        "differing": [
            {
                "what": "hand-over-unseen", "cases": 1, "times": 1,
                "example": "L1: 3 in the log, 2 here",
            }
        ],
    }  # fmt: skip
    assert compared["reopens"]["share"] == 1.0
    assert [row.case for row in cases_remarked(run, Remark.STATE_UNKNOWN)] == ["L1"]
    told = {one["what"]: one.get("words") for one in run.report["remarks"]}
    assert (told["state-unknown"], told["service-not-here"]) == ([["lost", 1]], [["Lamp", 1]])
    assert differences() == []


def test_a_second_time_only_new_cases_are_imported(desk: Desk, tmp_path: Path):
    replayed(desk, a_log(tmp_path, CRANE))
    people, entries = Person.objects.count(), Entry.objects.count()
    again = replayed(desk, a_log(tmp_path, CRANE))
    assert (again.counts["made"], Ticket.objects.count()) == (0, 1)
    # Only that the import is finished.
    assert (Person.objects.count(), Entry.objects.count()) == (people, entries + 1)
    other = replayed(desk, a_log(tmp_path, CRANE, LAMP, name="longer.csv"))
    assert (other.counts["made"], Ticket.objects.count()) == (1, 2)
    # Rut is the one whom the first import has made known.
    assert Person.objects.filter(name="Rut").count() == 1


def test_rows_of_a_case_may_lie_apart_and_files_be_packed(desk: Desk, tmp_path: Path):
    crane, lamp = CRANE.splitlines(), LAMP.splitlines()
    mixed = sorted([*crane, *lamp[:3]], key=lambda row: row.split(";")[1])
    plain = a_log(tmp_path, *mixed)
    for name, packed in (("a.csv.xz", lzma.compress), ("b.csv.gz", gzip.compress)):
        path = tmp_path / name
        path.write_bytes(packed(plain.read_bytes()))
        log, counted = opened(path)
        assert [(case, len(rows)) for case, rows in log.cases(counted)] == [("L1", 3), ("C7", 7)]


def test_broken_off_it_goes_on_with_the_same_run(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(replaying, "TOLD_AT_ONCE", 1)
    path = a_log(tmp_path, CRANE, LAMP)
    log, counted = opened(path)
    run = begin_log(desk=desk, source=log.name, log=log.mapping.name, by=SYSTEM)
    begun = replaying.replay(run, log, counted, by=SYSTEM)
    assert next(begun) == 7
    begun.close()
    assert Ticket.objects.count() == 1
    gone_on = replayed(desk, path)
    assert (gone_on.pk, gone_on.counts) == (run.pk, {"made": 2, "rows": 12, "left": 0})


def test_a_limit_imports_so_many_and_the_next_run_goes_on(desk: Desk, tmp_path: Path):
    path = a_log(tmp_path, CRANE, LAMP)
    first = replayed(desk, path, limit=1)
    assert (first.state, first.counts["made"]) == ("importing", 1)
    second = replayed(desk, path, limit=1)
    assert (second.pk, second.counts["made"]) == (first.pk, 2)


def test_a_case_that_is_refused_is_listed_with_the_reason_and_tried_again(
    desk: Desk, tmp_path: Path
):
    workshop = a_team(desk, name="Workshop", is_active=False)
    at_quay = LAMP.replace("Workshop", "Quay")
    path = a_log(tmp_path, CRANE, at_quay, "X1;yesterday;-;fresh;-;-;-;-;-;-;-;-;-;-")
    run = replayed(desk, path)
    assert run.counts == {"made": 1, "rows": 5, "left": 2}
    assert {row.case: row.why for row in cases_left_out(run)} == {
        "C7": f"Workshop is not an active team of {desk}.",
        "X1": "No row of it can be told.",
    }
    assert differences() == []
    edit_team(workshop.pk, is_active=True, by=SYSTEM)
    again = replayed(desk, path)
    assert (again.counts["made"], again.counts["left"]) == (1, 1)
    assert {row.case for row in cases_left_out(again)} == {"X1"}


def test_a_rehearsal_tells_what_an_import_makes_and_writes_nothing(desk: Desk, tmp_path: Path):
    log, counted = opened(a_log(tmp_path, CRANE, LAMP))
    before = Entry.objects.count()
    found = [so_far for _done, so_far in replaying.rehearse(desk, log, counted)][-1]
    assert Entry.objects.count() == before
    assert found.wanted.teams == {"Quay", "Workshop", "Crew without a name"}
    assert found.wanted.persons == {"Rut", "Kim", "Olof", "Requester not named in the log"}
    assert (found.wanted.services, found.wanted.sites) == ({"Crane", "Lamp"}, {"North pier"})
    run = replayed(desk, log.path)
    rehearsed = found.outcome.figures()
    assert rehearsed["counters"] == run.report["counters"]
    assert (rehearsed["cases"], rehearsed["rows"]) == (run.report["cases"], run.report["rows"])


def test_names_mean_what_is_here_and_the_rest_is_made_as_the_mapping_allows(
    desk: Desk, tmp_path: Path
):
    quay = a_team(desk, name="quay")
    rut = an_agent(team=quay, name="Rut Ask", email="rut@corp.test")
    owner = an_agent(desk, email="owner@corp.test")
    crane = a_service(desk, name="Crane")
    made = {"organisation": "Harbour", "service_owner": "owner@corp.test"}
    known = {"person": {"Rut": "rut@corp.test"}, "service": {"Lamp": "Lights"}}
    replayed(desk, a_log(tmp_path, CRANE, LAMP), make=made, known=known, lines={"shop": 2})
    ticket = ticket_of("C7")
    assert (ticket.team, ticket.assignee, ticket.service) == (quay, rut, crane)
    assert ticket.site == Site.objects.get(name="North pier", organisation__name="Harbour")
    lights = ticket_of("L1").service
    assert lights is not None
    assert (lights.name, lights.owner, lights.state) == ("Lights", owner, "draft")
    assert Team.objects.get(name="Workshop").line == 2
    assert differences() == []


def test_undoing_removes_tickets_and_names_that_nobody_has_gone_on_with(desk: Desk, tmp_path: Path):
    make = {"make": {"organisation": "Harbour"}}
    people, teams = Person.objects.count(), Team.objects.count()
    path = a_log(tmp_path, CRANE, LAMP)
    run = replayed(desk, path, **make)
    touched = ticket_of("L1")
    add_note(touched.pk, text="Look here.", by=SYSTEM)
    undone = undo_import(run.pk, by=SYSTEM)
    assert (undone.tickets, undone.kept, undone.persons) == (1, (touched.reference,), 2)
    assert not Site.objects.filter(name="North pier").exists()
    left = set(Team.objects.filter(desk=desk).values_list("name", flat=True))
    assert left == {"Front office", "Quay", "Workshop", "Crew without a name"}
    assert differences() == []
    with pytest.raises(NothingToUndo):
        undo_import(run.pk, by=SYSTEM)
    again = replayed(desk, path, **make)
    assert again.counts["made"] == 1
    undo_import(again.pk, by=SYSTEM)
    touched.delete()
    assert (Person.objects.count() - people, Team.objects.count() - teams) == (2, 3)


def test_a_file_that_does_not_fit_is_refused_before_anything_is_made(desk: Desk, tmp_path: Path):
    path = a_log(tmp_path, CRANE)
    path.write_text(path.read_text().replace("crew", "gang"))
    with pytest.raises(LogNotFitting, match="has no column crew"):
        opened(path)
    broken = tmp_path / "broken.csv.xz"
    broken.write_bytes(lzma.compress(COLUMNS.encode())[:40])
    with pytest.raises(LogNotFitting, match="ends in the middle"):
        opened(broken)
    with pytest.raises(LogNotFitting, match="is no log that can be read"):
        opened(a_log(tmp_path, CRANE, name="harbour.pdf"))
    with pytest.raises(BadMapping, match="servicenow"):
        replaying.mapping_at("nowhere")


@pytest.mark.parametrize("name", ["bpic2013", "servicenow", "xes"])
def test_the_mappings_that_are_shipped_can_be_used(name: str):
    assert replaying.mapping_at(name).name == name
