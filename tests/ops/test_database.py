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


POOLED = {
    "DATABASE_URL": "postgresql://me:geheim@pooler:6432/desk",
    "ANSVAR_DIRECT_URL": "postgresql://me:geheim@db1,db2/desk?target_session_attrs=read-write",
    "ANSVAR_REPORTS_URL": "postgresql://me:geheim@copy/desk",
}


def test_behind_a_pooler_nothing_is_left_in_a_session(tmp_path):
    described = database.all_settings(config.load(POOLED, tmp_path))

    assert described["default"]["DISABLE_SERVER_SIDE_CURSORS"]
    assert described["default"]["OPTIONS"]["prepare_threshold"] is None
    assert described["direct"]["OPTIONS"]["prepare_threshold"] == 2
    assert described["direct"]["HOST"] == "db1,db2"
    assert described["direct"]["OPTIONS"]["target_session_attrs"] == "read-write"
    assert "pool" not in described["direct"]["OPTIONS"]


def test_a_pooler_that_keeps_statements_is_told_so(tmp_path):
    kept = POOLED | {"ANSVAR_POOLER_PREPARES": "1"}

    assert settings_for(tmp_path, **kept)["OPTIONS"]["prepare_threshold"] == 2


def test_without_a_pooler_there_is_one_way_and_statements_are_prepared(tmp_path):
    loaded = config.load({"DATABASE_URL": POOLED["DATABASE_URL"]}, tmp_path)

    assert list(database.all_settings(loaded)) == ["default"]
    assert database.direct_settings(loaded) == database.django_settings(loaded)
    assert database.django_settings(loaded)["OPTIONS"]["prepare_threshold"] == 2


def test_a_server_that_vanishes_is_not_believed_for_hours_unless_its_address_says_so(tmp_path):
    url = "postgresql://me@db/desk?connect_timeout=60"

    options = settings_for(tmp_path, DATABASE_URL=url)["OPTIONS"]

    assert options["connect_timeout"] == "60"
    assert int(options["tcp_user_timeout"]) <= 60_000


@pytest.mark.parametrize("name", ["ANSVAR_DIRECT_URL", "ANSVAR_REPORTS_URL"])
def test_other_ways_belong_to_a_database_of_ones_own(tmp_path, name):
    with pytest.raises(ConfigurationWrong, match="need the database_url"):
        config.load({name: POOLED[name]}, tmp_path)


@pytest.mark.parametrize("name", ["ANSVAR_DIRECT_URL", "ANSVAR_REPORTS_URL"])
def test_a_wrong_address_names_its_setting_without_the_password(tmp_path, name):
    wrong = POOLED | {name: "postgresql://me:geheim@db/desk?colour=blue"}

    with pytest.raises(ConfigurationWrong, match=f"^{name} cannot be understood") as refused:
        database.all_settings(config.load(wrong, tmp_path))

    assert "geheim" not in str(refused.value)
