import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import product
import psycopg
import pytest
from users import run_as
from waiting import wait_until

from ansvar.ops import place
from ansvar.ops.postgres import EmbeddedPostgres, running
from ansvar.ops.trouble import Trouble

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts things as other users")

# One user of the database: starts it, says so, and leaves when its input ends.
USER = """
import sys
from pathlib import Path
from ansvar.ops.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=sys.argv[2] == "durable")
server.start()
print("started", flush=True)
sys.stdin.read()
print("last" if server.stop() else "others", flush=True)
"""


def another_user(data: Path, *, durable: bool = False) -> "subprocess.Popen[str]":
    """Start a second process that uses the database, and wait until it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data), "durable" if durable else "careless"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.place.root / "pg18" / "postmaster.pid").read_text().split()[0])


def answers(server: EmbeddedPostgres) -> bool:
    try:
        psycopg.connect(**server.connection).close()
    except psycopg.OperationalError:
        return False
    return True


def test_first_start_makes_a_database_for_a_role_without_superpowers(data):
    with (
        running(data, durable=False) as server,
        psycopg.connect(**server.connection) as connection,
    ):
        row = connection.execute(
            "SELECT current_user, current_database(), rolsuper, datlocale"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = 'ansvar'"
        ).fetchone()
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gist")

    assert row == ("ansvar", "ansvar", False, "PG_UNICODE_FAST")


def test_only_its_own_user_comes_near_it(data):
    with (
        running(data, durable=False) as server,
        psycopg.connect(**server.connection) as connection,
    ):
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), inet_server_addr()"
        ).fetchone()
        folders = [server.place.sockets, server.place.root / "pg18"]
        modes = {stat.S_IMODE(folder.stat().st_mode) for folder in folders}

    assert row == ("", None)
    assert modes == {0o700}


def test_the_last_user_stops_it(data):
    server = EmbeddedPostgres(data, durable=False)
    server.start()
    with another_user(data) as other:
        assert server.stop() is False
        assert answers(server)

        said, _ = other.communicate()

    assert said == "last\n"
    assert not answers(server)


def test_a_killed_user_is_not_counted(data):
    server = EmbeddedPostgres(data, durable=False)
    server.start()
    with another_user(data) as other:
        other.kill()
        other.communicate()

    assert server.stop() is True
    assert not answers(server)


def test_a_database_left_running_by_a_killed_user_is_taken_over(data):
    with another_user(data) as other:
        server = EmbeddedPostgres(data, durable=False)
        left_running = postmaster(server)
        other.kill()
        other.communicate()

    server.start()

    assert postmaster(server) == left_running
    assert server.stop() is True


def test_after_everything_was_killed_it_starts_with_what_was_committed(data):
    with another_user(data, durable=True) as other:
        server = EmbeddedPostgres(data)
        with psycopg.connect(**server.connection) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        other.kill()
        product.kill_tree(postmaster(server))
        other.communicate()

    with (
        running(data) as server,
        psycopg.connect(**server.connection) as connection,
    ):
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_a_server_that_died_is_started_again(data):
    with running(data, durable=False) as server:
        died = postmaster(server)
        os.kill(died, signal.SIGKILL)

        wait_until(lambda: answers(server))

        assert postmaster(server) != died


def test_a_half_made_database_is_made_anew(data):
    half = data / "pg18.making"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    with running(data, durable=False) as server:
        assert answers(server)

    assert not half.exists()


def test_a_database_of_another_version_is_not_touched(data):
    (data / "pg17").mkdir(parents=True)

    with pytest.raises(Trouble, match="another version of PostgreSQL"):
        EmbeddedPostgres(data).start()

    assert not (data / "pg18").exists()


def test_a_long_path_gets_its_socket_elsewhere(data):
    long = data.joinpath(*["a-long-name-of-a-folder"] * 6)

    with running(long, durable=False) as server:
        assert answers(server)
        assert not server.place.sockets.is_relative_to(long)
        assert stat.S_IMODE(server.place.sockets.stat().st_mode) == 0o700

    shutil.rmtree(server.place.sockets)


def test_a_socket_folder_of_somebody_else_is_refused(data):
    data.mkdir()
    (data / "run").symlink_to(tempfile.gettempdir())

    with pytest.raises(Trouble, match="belongs to somebody else"):
        EmbeddedPostgres(data).start()


def test_broken_configuration_is_told_in_its_own_words(data):
    with running(data, durable=False) as server:
        configuration = server.place.root / "pg18" / "postgresql.conf"
    with configuration.open("a") as file:
        file.write("shared_buffers = 'plenty'\n")

    with pytest.raises(Trouble, match=r"did not start: .*contains errors"):
        EmbeddedPostgres(data).start()


@as_root
def test_root_hands_it_to_a_user_who_exists(data):
    with running(data, durable=False) as server:
        owner = Path(f"/proc/{postmaster(server)}").stat().st_uid

    assert owner != 0
    assert pwd.getpwuid(owner).pw_name in {"postgres", "nobody"}


@as_root
def test_below_a_private_folder_of_root_the_database_lies_elsewhere(data):
    data.parent.chmod(0o700)
    try:
        with running(data, durable=False) as server:
            assert answers(server)
        with running(data, durable=False) as again:
            assert again.place == server.place

        assert not server.place.root.is_relative_to(data)
        assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(server.place.root)


@as_root
def test_a_database_stays_with_the_user_it_was_made_for(data, monkeypatch):
    data.mkdir()
    made = data / "pg18"
    made.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(made, nobody.pw_uid, nobody.pw_gid)

    assert place.locate(data).user.pw_name == "nobody"


@as_root
def test_an_ordinary_user_runs_it_as_themselves(data):
    nobody = pwd.getpwnam("nobody")
    data.mkdir()
    os.chown(data, nobody.pw_uid, nobody.pw_gid)

    done = run_as("nobody", "-c", USER, str(data), "careless")

    assert (done.stdout, done.stderr) == ("started\nlast\n", "")
    assert (data / "pg18").stat().st_uid == nobody.pw_uid
