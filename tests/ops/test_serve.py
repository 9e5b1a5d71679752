import os
import re
import signal
import socket
from collections.abc import Iterator

import httpx
import product
import psycopg
import pytest
from users import run_as
from waiting import wait_until

from ansvar.ops import config, database
from ansvar.ops.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def ansvar() -> Iterator[product.Product]:
    with product.data_folder() as folder, product.running(folder) as running:
        yield running


def connection_to(data):
    loaded = config.load({"ANSVAR_DATA": str(data)}, data)
    return psycopg.connect(**database.connection_parameters(loaded))


def answers(url):
    return httpx.get(f"{url}/health", timeout=30).status_code == 200


def test_it_becomes_healthy(ansvar):
    wait_until(lambda: answers(ansvar.url))

    assert httpx.get(f"{ansvar.url}/health").json()["reasons"] == []


def test_it_says_what_it_does_and_where_it_is(ansvar):
    said = "".join(ansvar.said)

    assert re.search(r"✓ Database ready, PostgreSQL \d+\.\d+ +\d", said)
    assert re.search(r"✓ Tables brought up to date: \d+ migrations", said)
    assert f"Ansvar is ready at {ansvar.url}" in said
    assert "Traceback" not in said


def test_a_second_one_on_the_same_folder_is_refused(ansvar):
    done = product.ansvar(ansvar.data, "serve", "--port", str(product.free_port()))

    assert done.returncode == 1
    assert f"Ansvar is already running on {ansvar.data}" in done.stderr
    assert f"process {ansvar.process.pid}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_taken_port_is_told_with_what_to_do(ansvar, data):
    done = product.ansvar(data, "serve", "--port", str(ansvar.port))

    assert done.returncode == 1
    assert f"Port {ansvar.port} on 127.0.0.1 is taken" in done.stderr
    assert "ANSVAR_PORT" in done.stderr
    assert not (data / "pg18").exists()


def test_commands_share_its_database(ansvar):
    done = product.ansvar(ansvar.data, "check")

    assert "Tables: up to date" in done.stdout
    assert done.returncode == 0
    assert httpx.get(f"{ansvar.url}/health").status_code in {200, 503}


def test_a_database_that_died_comes_back_under_it(ansvar):
    server = EmbeddedPostgres(ansvar.data)
    pid_file = server.place.root / "pg18" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)

    wait_until(lambda: answers(ansvar.url))


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_with_its_database(used_data, by):
    with product.running(used_data) as running:
        server = EmbeddedPostgres(used_data)
        code = running.stop(by)

    assert code == 0
    assert "✓ Stopped." in running.said[-1]
    assert not (server.place.root / "pg18" / "postmaster.pid").exists()


def test_an_open_stream_does_not_hold_up_its_end(used_data):
    with (
        product.running(used_data) as running,
        socket.create_connection(("127.0.0.1", running.port)),
    ):
        assert running.stop() == 0


def test_after_kill_9_of_everything_nothing_committed_is_lost(used_data):
    with product.running(used_data) as running:
        with connection_to(used_data) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        postmaster = (
            EmbeddedPostgres(used_data).place.root / "pg18" / "postmaster.pid"
        ).read_text()
        product.kill_tree(running.process.pid)
        product.kill_tree(int(postmaster.split()[0]))
        running.stop()

    with product.running(used_data), connection_to(used_data) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts things as other users")
def test_an_unwritable_folder_is_one_sentence(data):
    data.mkdir(mode=0o555)

    done = run_as("nobody", "-m", "ansvar", "serve", ANSVAR_DATA=str(data))

    assert done.returncode == 1
    assert done.stderr == (
        f"✗ The data folder {data} cannot be written: Permission denied; "
        "choose another with ANSVAR_DATA or mend its permissions.\n"
    )


def test_a_data_folder_that_cannot_be_made_is_one_sentence(data):
    data.parent.joinpath("file").touch()

    done = product.ansvar(data.parent / "file" / "data", "serve")

    assert done.returncode == 1
    assert "cannot be written: Not a directory" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unusable_setting_ends_it_with_2(data):
    done = product.ansvar(data, "serve", ANSVAR_PORT="eighty")

    assert done.returncode == 2
    assert "ANSVAR_PORT in the environment must be a whole number" in done.stderr
    assert done.stderr.count("\n") == 1


def test_commands_want_present_tables(data):
    done = product.ansvar(data, "verify")

    assert done.returncode == 1
    assert "run `ansvar migrate` first" in done.stderr


def test_migrate_then_verify(data):
    assert product.ansvar(data, "migrate").returncode == 0

    done = product.ansvar(data, "verify")

    assert "Everything stored is what the journal says." in done.stdout
    assert done.returncode == 0


def test_facts_are_printed_with_what_follows(data):
    done = product.ansvar(data, "facts")

    assert done.returncode == 0
    assert "password.set" in done.stdout or "person." in done.stdout


def test_version_and_help_need_nothing(data):
    assert re.fullmatch(r"Ansvar \d+\.\d+\.\d+\n", product.ansvar(data, "--version").stdout)
    assert "createuser" in product.ansvar(data, "--help").stdout
    assert not data.exists()
