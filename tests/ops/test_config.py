import stat

import pytest

from ansvar.ops import config
from ansvar.ops.trouble import ConfigurationWrong, Trouble


def test_environment_goes_before_file_and_file_before_default(tmp_path):
    (tmp_path / "ansvar.toml").write_text('port = 8001\nhost = "0.0.0.0"\n')

    loaded = config.load({"ANSVAR_PORT": "8002"}, tmp_path)

    assert (loaded.port, loaded.host, loaded.threads) == (8002, "0.0.0.0", 8)
    sources = {one.variable: one.source for one in config.listed(loaded)}
    assert sources["ANSVAR_PORT"] == "environment"
    assert sources["ANSVAR_HOST"] == str(tmp_path / "ansvar.toml")
    assert sources["ANSVAR_THREADS"] == "default"


def test_file_is_also_found_in_the_data_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "ansvar.toml").write_text("threads = 3\n")

    assert config.load({"ANSVAR_DATA": "elsewhere"}, tmp_path).threads == 3


def test_file_in_the_data_folder_cannot_move_that_folder(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ansvar.toml").write_text('data = "/somewhere"\n')

    with pytest.raises(ConfigurationWrong, match="set ANSVAR_DATA"):
        config.load({}, tmp_path)


def test_folder_in_a_file_is_relative_to_that_file(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "ansvar.toml").write_text('data = "kept"\n')

    loaded = config.load({"ANSVAR_CONFIG": "etc/ansvar.toml"}, tmp_path)

    assert loaded.data == tmp_path / "etc" / "kept"


@pytest.mark.parametrize(
    ("environ", "file", "sentence"),
    [
        ({"ANSVAR_PORT": "eighty"}, "", "ANSVAR_PORT in the environment must be a whole number"),
        ({"ANSVAR_PORT": "70000"}, "", "between 1 and 65535"),
        ({"ANSVAR_DEBUG": "perhaps"}, "", "must be true or false"),
        ({"ANSVAR_LOG_LEVEL": "loud"}, "", "log_level must be"),
        ({"ANSVAR_BASE_URL": "desk.example.com"}, "", "must look like https://"),
        ({"ANSVAR_CONFIG": "missing.toml"}, "", "there is no such file"),
        ({"ANSVAR_CLAMAV": "127.0.0.1:3310"}, "", "clamav must look like tcp://"),
        ({}, "prot = 1\n", "there is no setting 'prot'"),
        ({}, "port = 1.5\n", "must be a whole number"),
        ({}, "port = \n", "not readable as TOML"),
        ({}, "host = 1\n", "must be a text"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path, environ, file, sentence):
    (tmp_path / "ansvar.toml").write_text(file)

    with pytest.raises(ConfigurationWrong) as refused:
        config.load(environ, tmp_path)

    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_an_empty_variable_counts_as_not_set(tmp_path):
    assert config.load({"ANSVAR_PORT": "", "DATABASE_URL": ""}, tmp_path).port == 8000


def test_list_shows_no_secret(tmp_path):
    loaded = config.load(
        {
            "DATABASE_URL": "postgresql://me:geheim@db.example.com/desk",
            "ANSVAR_SECRET_KEY": "geheim-too",
            "ANSVAR_ENCRYPTION_KEY": "geheim-three",
        },
        tmp_path,
    )

    listed = config.listed(loaded)

    assert "geheim" not in str(listed)
    assert "geheim" not in repr(loaded)
    assert "me:••••••@db.example.com/desk" in str(listed)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:geheim@db/desk",
        "postgresql://me:ge@heim@db/desk",
        "postgresql://db/desk?user=me&password=geheim",
        "postgresql://db/desk?sslpassword=geheim&sslmode=require",
        "me:geheim@db/desk",
        "postgresql://me:geheim@[db/desk",
        "postgresql://me:geheim@db:port/desk",
        "https://me:geheim@db/desk",
    ],
)
def test_a_password_is_masked_wherever_it_stands(url):
    assert "heim" not in config.masked_url(url)


def test_unknown_variables_are_named(tmp_path):
    environ = {"ANSVAR_PROT": "1", "ANSVAR_PORT": "1", "ANSVAR_CONFIG": "x", "PATH": "/bin"}

    assert config.unknown_variables(environ) == ["ANSVAR_PROT"]


def test_own_host_is_answered_to(tmp_path):
    loaded = config.load(
        {"ANSVAR_BASE_URL": "https://desk.example.com/", "ANSVAR_ALLOWED_HOSTS": "a.example, b"},
        tmp_path,
    )

    assert loaded.base_url == "https://desk.example.com"
    assert {"localhost", "desk.example.com", "a.example", "b"} <= set(loaded.allowed_hosts)


def test_keys_are_made_once_and_for_the_owner_only(tmp_path):
    environ = {"ANSVAR_DATA": "kept"}

    first, second = config.load(environ, tmp_path), config.load(environ, tmp_path)

    assert first.secret_key == second.secret_key
    assert first.encryption_key == second.encryption_key
    assert len({first.secret_key, first.encryption_key}) == 2
    for name in ("secret-key", "encryption-key"):
        assert stat.S_IMODE((tmp_path / "kept" / name).stat().st_mode) == 0o600


def test_given_keys_are_used_and_nothing_is_written(tmp_path):
    loaded = config.load({"ANSVAR_SECRET_KEY": "given", "ANSVAR_ENCRYPTION_KEY": "too"}, tmp_path)

    assert (loaded.secret_key, loaded.encryption_key) == ("given", "too")
    assert not (tmp_path / "data").exists()


def test_a_lost_key_is_not_silently_replaced(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret-key").touch()

    with pytest.raises(Trouble, match="put the key back from a backup"):
        _ = config.load({}, tmp_path).secret_key
