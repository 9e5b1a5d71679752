"""Parts that die under load: what the product has said yes to is there afterwards, and once."""

import json
from pathlib import Path

from product import ansvar, used_data_folder


def test_nothing_promised_is_lost_or_done_twice_when_parts_are_killed(tmp_path: Path):
    written = tmp_path / "chaos.json"
    with used_data_folder() as data:
        done = ansvar(
            data, "bench", "chaos", "--data", str(data), "--seconds", "4", "--rate", "12",
            "--seed", "7", "--json", str(written),
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(written.read_text())
    assert set(told["kills"]) == {"web", "worker", "receive", "database"}
    assert all(told["promised"][kind] for kind in ("api", "mail"))
    assert told["failures"] == []
