"""What commands need before they can begin: Django, a database that answers, the present tables."""

import contextlib
import os
from collections.abc import Iterator

from ansvar.ops import config, console, database
from ansvar.ops.config import Config
from ansvar.ops.trouble import Trouble

# Any number that no other program on the same database would choose: "ansv" in ASCII.
_MIGRATION_LOCK = 0x616E7376


def load_django() -> Config:
    """Set Django up and return the configuration it was set up with.

    Raises: Trouble.
    """
    # First by itself: Django would wrap a refusal of the settings into its own words.
    loaded = config.load()
    _ = loaded.secret_key, loaded.encryption_key, database.all_settings(loaded)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansvar.settings")
    import django  # noqa: PLC0415  # a second of imports that `--version` does without

    django.setup()
    from django.conf import settings  # noqa: PLC0415  # as above

    django_config: Config = settings.CONFIG
    return django_config


@contextlib.contextmanager
def database_running(loaded: Config) -> Iterator[str]:
    """Keep the database at hand for the block, starting the embedded one; yields its version.

    Raises: Trouble.
    """
    with contextlib.ExitStack() as stack:
        if database.is_embedded(loaded):
            from ansvar.ops import postgres  # noqa: PLC0415  # not needed with a server of one's own

            stack.enter_context(postgres.running(loaded.data))
        version = database.ensure_usable(loaded)
        stack.callback(_close_connections)
        yield version


@contextlib.contextmanager
def ready() -> Iterator[Config]:
    """Give a command Django, the database and the present tables.

    Raises: Trouble.
    """
    loaded = load_django()
    with database_running(loaded):
        from ansvar.ops.health import waiting_migrations  # noqa: PLC0415  # needs Django set up

        if waiting_migrations():
            raise Trouble("The database is not up to date; run `ansvar migrate` first.")
        yield loaded


@contextlib.contextmanager
def ready_to_read() -> Iterator[Config]:
    """Give a command that only reads figures the same, and a copy of the database where it can.

    Raises: Trouble.
    """
    with ready() as loaded:
        from ansvar.kernel import replica  # noqa: PLC0415  # needs Django set up

        with replica.reading():
            yield loaded


def migrate() -> int:
    """Apply the migrations that wait, one process at a time; returns how many there were."""
    from django.core.management import call_command  # noqa: PLC0415  # needs Django set up
    from django.db import connection  # noqa: PLC0415  # as above

    from ansvar.ops.health import waiting_migrations  # noqa: PLC0415  # as above

    with _past_the_pooler(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            waiting = waiting_migrations()
            if waiting:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
    return waiting


@contextlib.contextmanager
def _past_the_pooler() -> Iterator[None]:
    """Let Django's own connection of this thread be the direct one inside, where there is one.

    Migrations use that connection by its name, and the lock is held by its session.
    """
    from django.db import connections  # noqa: PLC0415  # needs Django set up

    from ansvar.kernel.reaching import DIRECT  # noqa: PLC0415  # as above

    own = connections["default"]
    if DIRECT not in connections.settings:
        yield
        return
    own.close()
    pooled, own.settings_dict = own.settings_dict, connections.settings[DIRECT]
    try:
        yield
    finally:
        own.close()
        own.settings_dict = pooled


def migrate_with_words() -> None:
    """Apply the migrations that wait, as a step on the terminal."""
    with console.step("Bringing the tables up to date") as doing:
        count = migrate()
        doing.outcome = (
            f"Tables brought up to date: {count} migrations" if count else "Tables ready"
        )


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415  # needs Django set up

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()
