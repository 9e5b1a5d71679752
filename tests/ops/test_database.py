import pytest

from ansvar.ops import config, database
from ansvar.ops.trouble import ConfigurationWrong, Trouble


def settings_for(tmp_path, **environ: str):
    return database.django_settings(config.load(environ, tmp_path))


def test_address_is_taken_apart(tmp_path):
    url = "postgresql://me:p%40ss@db.example.com:6432/desk?sslmode=require"

    described = settings_for(tmp_path, DATABASE_URL=url)

    assert described["NAME"] == "desk"
    assert described["USER"] == "me"
    assert described["PASSWORD"] == "p@ss"
    assert described["HOST"] == "db.example.com"
    assert described["PORT"] == "6432"
    assert described["OPTIONS"]["sslmode"] == "require"


def test_socket_folder_may_be_given_as_host(tmp_path):
    described = settings_for(tmp_path, DATABASE_URL="postgresql:///desk?host=/run/postgresql")

    assert (described["HOST"], described["NAME"]) == ("/run/postgresql", "desk")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://me:geheim@db/desk", "must begin with postgresql://"),
        ("postgresql://me:geheim@db", "names no database"),
        ("postgresql://me:geheim@db/desk?colour=blue", "cannot be understood"),
    ],
)
def test_unusable_address_is_refused_without_its_password(tmp_path, url, sentence):
    with pytest.raises(ConfigurationWrong, match=sentence) as refused:
        settings_for(tmp_path, DATABASE_URL=url)

    assert "geheim" not in str(refused.value)


def test_every_thread_can_have_a_connection(tmp_path):
    described = settings_for(tmp_path, ANSVAR_THREADS="20")

    assert described["OPTIONS"]["pool"]["max_size"] >= 20
    assert described["CONN_MAX_AGE"] == 0


def test_pool_can_be_left_out(tmp_path):
    assert "pool" not in settings_for(tmp_path, ANSVAR_POOL="0")["OPTIONS"]


@pytest.mark.parametrize(
    ("version", "is_refused"), [(140012, True), (90624, True), (150000, False), (180006, False)]
)
def test_servers_before_15_are_refused(version, is_refused):
    objection = database.version_objection(version)

    assert bool(objection) is is_refused
    assert not objection or "Ansvar needs 15 or newer" in objection


def test_unreachable_server_is_one_sentence_without_password(tmp_path):
    url = "postgresql://me:geheim@127.0.0.1:1/desk"

    with pytest.raises(Trouble, match=r"^The server of DATABASE_URL cannot be used: ") as refused:
        database.ensure_usable(config.load({"DATABASE_URL": url}, tmp_path))

    assert "geheim" not in str(refused.value)
    assert "\n" not in str(refused.value)
