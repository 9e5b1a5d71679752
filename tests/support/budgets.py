"""How many queries a page may cost: exact numbers, kept in a file beside the tests.

    with budget("queue page"):
        client.get("/queue/needs-you/")

The numbers change only with SET_BUDGETS=1, so that a reviewer sees each query gained or lost.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansvar.kernel import small_tables

NOTE = 'INSERT INTO "rota_presence"'
REMEMBERED = small_tables.READ

Budget = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def budget(request: pytest.FixtureRequest) -> Budget:
    """Hold what runs inside to the number of queries kept under a name."""
    path = request.path.parent / "query_budgets.json"

    @contextmanager
    def held(name: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        # That somebody is here is noted once a minute, and a small table is read once after each
        # change of it, by whichever page comes first: the cost of none of them.
        of_none = (NOTE, REMEMBERED)
        asked_for = [
            one
            for one in captured.captured_queries
            if not any(words in one["sql"] for words in of_none)
        ]
        kept = json.loads(path.read_text()) if path.exists() else {}
        if os.environ.get("SET_BUDGETS") == "1":
            _keep(path, {**kept, name: len(asked_for)})
            return
        asked = "\n".join(query["sql"][:300] for query in asked_for)
        assert len(asked_for) == kept.get(name), (
            f"{name} costs {len(asked_for)} queries, {kept.get(name)} are kept:\n{asked}"
        )

    return held


def _keep(path: Path, budgets: dict[str, int]) -> None:
    path.write_text(json.dumps(budgets, indent=2, sort_keys=True) + "\n")
