"""What `ansvar import log` prints."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_desk, a_team
from event_logs import CRANE, LAMP, MAPPING, a_log, a_mapping

from ansvar.ops import console
from ansvar.ops.log_running import WantedLog, print_remarks, run_log_import
from ansvar.ops.trouble import Trouble

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WantedLog:
    """Give what to type for the log of the harbour, on a terminal wide enough to read."""
    desk = a_desk(prefix="HB")
    a_team(desk)
    columns = {name: said for name, said in MAPPING["columns"].items() if name != "resolution"}
    mapping = a_mapping(tmp_path, columns=columns)
    monkeypatch.setattr(console.out, "width", 200)
    path = a_log(tmp_path, CRANE, LAMP, "X1;yesterday;-;fresh;-;-;-;-;-;-;-;-;-;-")
    return WantedLog(
        file=str(path), mapping=str(mapping), desk="hb", is_dry=True, limit=None, as_json=True
    )


def test_a_program_reads_all_that_was_found_and_then_all_that_was_made(
    wanted: WantedLog, capsys: pytest.CaptureFixture[str]
):
    run_log_import(wanted)
    found = json.loads(capsys.readouterr().out)
    assert (found["cases"], found["unused_columns"]) == (2, ["told how"])
    assert found["unknown"]["services"] == ["Crane", "Lamp"]
    # Of the case that becomes no ticket as of the others.
    moments = next(one for one in found["remarks"] if one["what"] == "no-moment")
    assert (moments["cases"], moments["words"]) == (1, [["yesterday", 1]])
    run_log_import(replace(wanted, is_dry=False))
    made = json.loads(capsys.readouterr().out)
    assert (made["cases"], made["is_finished"]) == (2, True)
    assert made["left"][0]["example"] == "X1"
    print_remarks(made["run"], "state-unknown", as_json=True)
    remarked = json.loads(capsys.readouterr().out)
    assert [(one["case"], one["remarks"]["state-unknown"][2]) for one in remarked] == [
        ("L1", {"lost": 1})
    ]
    with pytest.raises(Trouble, match="There are: row-broken"):
        print_remarks(made["run"], "state-unknwon", as_json=False)


def test_a_person_reads_what_could_not_be_mapped_and_how_to_go_on(
    wanted: WantedLog, capsys: pytest.CaptureFixture[str]
):
    run_log_import(replace(wanted, as_json=False))
    looked = capsys.readouterr().out
    assert "Columns that the mapping does not use: told how" in looked
    assert "“lost” 1" in looked
    assert "Nothing was imported." in looked
    run_log_import(replace(wanted, as_json=False, is_dry=False, limit=1))
    assert "There are more cases; the same command goes on." in capsys.readouterr().out
