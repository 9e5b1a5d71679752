import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from ansvar.ops.bench.cluster import Cluster, backend_seconds, new_statements
from ansvar.ops.bench.explaining import Log, plans_written
from ansvar.ops.postgres import EmbeddedPostgres

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="counts on an embedded server"),
]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    connection.ensure_connection()
    server = EmbeddedPostgres(Path(os.environ["ANSVAR_TESTS_DATA"]))
    watching = Cluster(server, database=connection.settings_dict["NAME"])
    yield watching
    watching.close()


def test_what_the_product_asks_is_counted_and_what_the_bench_asks_is_not(cluster: Cluster):
    before = cluster.spent()
    with connection.cursor() as cursor:
        for _time in range(3):
            cursor.execute("SELECT sum(n) AS counted_by_the_bench FROM generate_series(1, 50000) n")
        # What is asked last counts when something else is asked, or the transaction ends.
        cursor.execute("SELECT 1")
    cluster.value("SELECT 1 AS asked_by_the_bench")
    after = cluster.spent()
    found = [one for one in new_statements(before, after) if "_by_the_bench" in one.text]
    assert [("counted" in one.text, one.calls, one.rows) for one in found] == [(True, 3, 3)]
    assert found[0].milliseconds > 0
    assert backend_seconds(before, after) > 0
    assert backend_seconds(before, after, "no such part") == 0
    assert Path(f"/proc/{cluster.postmaster}").exists()


@pytest.mark.django_db(transaction=True)
def test_plans_come_from_connections_begun_while_they_are_wanted(cluster: Cluster):
    log = Log(cluster.log)
    with plans_written(cluster):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) AS explained FROM people_person WHERE name = %s", ["x"])
    connection.close()
    (plan,) = [one for one in log.dearest() if "explained" in one.text]
    assert "Aggregate" in plan.lines[0]
    assert any("people_person" in line for line in plan.lines)
    connection.ensure_connection()
    settings = cluster.value("SELECT rolconfig FROM pg_roles WHERE rolname = 'ansvar'")
    assert not settings
