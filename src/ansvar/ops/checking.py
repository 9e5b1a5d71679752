"""`ansvar check`: what is wrong with an installation, and how to mend it."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator

from rich.markup import escape

from ansvar.conversations.scanner_address import ScannerUnreachable, address_of, ping
from ansvar.ops import checking_servers, config, console, content_place, database, startup
from ansvar.ops.config import Config
from ansvar.ops.finding import Finding
from ansvar.ops.trouble import Trouble

_LITTLE_SPACE = 1024**3
_LOOPBACK = ("127.", "localhost", "::1")
_LARGEST_SKEW_SECONDS = 5


Check = Callable[[Config], Iterator[Finding]]


def print_settings() -> None:
    """List every setting with its value, where that came from and what it means.

    Raises: Trouble.
    """
    for one in config.listed(config.load()):
        value = escape(one.value) or "[dim]none[/dim]"
        source = "" if one.source == "default" else f"  [cyan]from {escape(one.source)}[/cyan]"
        console.out.print(f"[bold]{one.variable}[/bold] = {value}{source}")
        console.out.print(f"    [dim]{one.meaning}[/dim]")
    console.out.print(
        f"\nWithout a source: the default. In {config.FILE_NAME} a setting is called like its "
        "variable without ANSVAR_, in small letters; the environment goes before the file."
    )


def print_findings() -> bool:
    """Run every check and print what came of it; True when nothing grave is wrong.

    Raises: Trouble when the settings themselves cannot be used.
    """
    loaded = config.load()
    findings = [finding for check in _CHECKS for finding in check(loaded)]
    for finding in findings:
        if not finding.remedy:
            console.out.print(f"[green]✓[/green] {escape(finding.words)}")
            continue
        mark = "[red]✗[/red]" if finding.is_grave else "[yellow]![/yellow]"
        console.out.print(f"{mark} {escape(finding.words)}\n  → {escape(finding.remedy)}")
    return not any(finding.remedy and finding.is_grave for finding in findings)


def _variables(_loaded: Config) -> Iterator[Finding]:
    for name in config.unknown_variables(os.environ):
        yield Finding(
            f"The variable {name} is set, but there is no such setting.",
            "Correct its name, see `ansvar check --settings`.",
            is_grave=False,
        )


def _addresses(loaded: Config) -> Iterator[Finding]:
    is_open = not loaded.host.startswith(_LOOPBACK)
    if loaded.debug and is_open:
        yield Finding(
            f"Debugging is on while listening on {loaded.host}.",
            "Unset ANSVAR_DEBUG: its error pages show settings and source.",
        )
    if is_open and loaded.base_url.startswith("http://"):
        yield Finding(
            f"People reach Ansvar at {loaded.base_url}, unencrypted.",
            "Put a proxy with TLS before it and set ANSVAR_BASE_URL to its https:// address.",
            is_grave=False,
        )
    else:
        yield Finding(f"Address: {loaded.base_url}")


def _folder(loaded: Config) -> Iterator[Finding]:
    data = loaded.data
    if not data.exists():
        yield Finding(f"Data folder {data}: not made yet, `ansvar serve` makes it.")
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(
            f"The data folder {data} cannot be written by this user.",
            "Mend its permissions, or choose another with ANSVAR_DATA.",
        )
        return
    free = shutil.disk_usage(data).free
    words = f"Data folder {data}: {free / 1024**3:.1f} GB free"
    yield Finding(words, "Make room." if free < _LITTLE_SPACE else "")
    for name in ("secret-key", "encryption-key"):
        path = data / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(f"Others on this machine may read {path}.", f"chmod 600 {path}")


def _database(loaded: Config) -> Iterator[Finding]:
    if database.is_embedded(loaded):
        from ansvar.ops import place  # noqa: PLC0415  # not needed with a server of one's own

        root = place.locate(loaded.data).root
        if not any(root.glob("pg[0-9]*[0-9]")):
            yield Finding("Embedded database: not made yet, `ansvar serve` makes it.")
            return
    try:
        startup.load_django()
        with startup.database_running(loaded) as version:
            yield Finding(f"Database: PostgreSQL {version}")
            yield from checking_servers.findings(loaded)
            yield from _tables()
    except Trouble as trouble:
        yield Finding(str(trouble), "Mend that first; the rest of the database was not looked at.")


def _tables() -> Iterator[Finding]:
    from ansvar.ops.health import waiting_migrations  # noqa: PLC0415  # needs Django set up

    if waiting := waiting_migrations():
        yield Finding(
            f"The tables are not up to date: {waiting} migrations.", "Run `ansvar migrate`."
        )
        return
    yield Finding("Tables: up to date")
    yield from _clocks()
    yield from _failures()
    yield from _mail()


def _clocks() -> Iterator[Finding]:
    from django.db import connection  # noqa: PLC0415  # needs Django set up
    from django.utils import timezone  # noqa: PLC0415  # as above

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        skew = abs((cursor.fetchone()[0] - timezone.now()).total_seconds())
    if skew > _LARGEST_SKEW_SECONDS:
        yield Finding(
            f"The clocks of this machine and of the database are {skew:.0f} s apart.",
            "Let both follow the same time server.",
        )


def _failures() -> Iterator[Finding]:
    from ansvar.kernel.models import Failure  # noqa: PLC0415  # needs Django set up

    failed = Failure.objects.filter(state=Failure.State.OPEN).count()
    if failed:
        yield Finding(
            f"{failed} background jobs have failed for good.",
            "Look at them under Administration, Failed work, and run them again.",
            is_grave=False,
        )


def _mail() -> Iterator[Finding]:
    from ansvar.ops.health import warnings  # noqa: PLC0415  # needs Django set up

    for words in warnings():
        yield Finding(
            words, "Look at the mailbox under Administration, Mail, and try it.", is_grave=False
        )


def _scanner(loaded: Config) -> Iterator[Finding]:
    address = address_of(loaded.clamav)
    if address is None:
        yield Finding("Virus scanner: none; files are taken as they are.")
        return
    try:
        ping(address)
    except ScannerUnreachable as trouble:
        yield Finding(
            f"The virus scanner at {trouble}",
            "Start clamd, or correct ANSVAR_CLAMAV; until then files are marked as not scanned.",
            is_grave=False,
        )
    else:
        yield Finding(f"Virus scanner: {address} answers")


def _content(loaded: Config) -> Iterator[Finding]:
    """Put, get and take away a file, as whoever answers a ticket will need it."""
    place = content_place.named(loaded)
    if content_place.is_folder(loaded.content_store):
        yield Finding(f"Files of messages: {place}")
        return
    try:
        startup.load_django()
        from ansvar.ops import content_trying  # noqa: PLC0415  # needs Django set up

        content_trying.put_and_get()
    except Trouble as trouble:
        yield Finding(
            f"Files of messages cannot lie at {place}: {trouble}",
            "Correct ANSVAR_CONTENT_STORE, ANSVAR_S3_ENDPOINT and the keys, or mend the store; "
            "until then mail waits and answers with files are refused.",
        )
    else:
        yield Finding(f"Files of messages: {place}; put, read and taken away again")


_CHECKS: tuple[Check, ...] = (_variables, _addresses, _folder, _content, _scanner, _database)
