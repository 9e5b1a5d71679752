"""`ansvar serve`: database, web server, worker and receivers under one supervising process."""

import contextlib
import fcntl
import functools
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import ansvar
from ansvar.ops import config, console, listening, startup
from ansvar.ops.config import Config
from ansvar.ops.trouble import Trouble

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked for the end while something was still being started."""


class Ending:
    """Turns signals into one orderly end: the first asks for it, a second one insists."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._on_ask: Callable[[bool], None] | None = None

    def listen(self) -> None:
        """Catch the signals that mean the end; until `hand_to`, they raise Stopped."""
        for number in _SIGNALS:
            signal.signal(number, self._caught)

    def hand_to(self, on_ask: Callable[[bool], None]) -> None:
        """Call *on_ask* instead of raising, with True when the asking is repeated."""
        self._on_ask = on_ask
        if self.asked.is_set():
            on_ask(False)

    def _caught(self, _number: int, _frame: FrameType | None) -> None:
        again = self.asked.is_set()
        self.asked.set()
        if self._on_ask is not None:
            self._on_ask(again)
        elif not again:
            # Only once: a second Ctrl-C must not break into the closing of what was started.
            raise Stopped


@contextlib.contextmanager
def sole_server(data: Path, address: str) -> Iterator[None]:
    """Refuse a second `ansvar serve` on the same data folder, naming the first.

    Raises: Trouble.
    """
    path = data / "serve.lock"
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise Trouble(
            f"The data folder {data} cannot be written: {error.strerror}; "
            "choose another with ANSVAR_DATA or mend its permissions."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Trouble(
                f"Ansvar is already running on {data} ({file.read().strip()}); "
                "stop it, or choose another folder with ANSVAR_DATA."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {address}\n")
        file.flush()
        yield


def serve(*, demo: bool) -> None:
    """Run all of Ansvar until it is told to stop; *demo*: fill an empty one for trying it out.

    Raises: Trouble.
    """
    with _until_stopped() as ending:
        loaded = config.load()
        with sole_server(loaded.data, loaded.base_url):
            _serve(loaded, ending, demo=demo)


def serve_pages() -> None:
    """Run the web server alone until it is told to stop.

    Raises: Trouble.
    """
    with _until_stopped() as ending:
        loaded = config.load()
        with listening.bound_socket(loaded.host, loaded.port) as sock, startup.ready():
            told = functools.partial(console.out.print, f"Serving pages at {loaded.base_url}")
            _run_pages(loaded, sock, ending, when_ready=told)


def run_part(name: str) -> None:
    """Run the worker or the mail receiver alone until told to stop.

    Raises: Trouble.
    """
    with _until_stopped() as ending, startup.ready() as loaded, _parts(loaded, [name]):
        console.out.print(f"The {name} is running; Ctrl-C stops it.")
        ending.hand_to(lambda _again: None)
        ending.asked.wait()


def take_handed_mail(address: str) -> None:
    """Run the LMTP entrance alone until told to stop.

    Raises: Trouble.
    """
    with (
        _until_stopped() as ending,
        _lmtp_socket(address) as taking,
        startup.ready() as loaded,
        _parts(loaded, [], taking),
    ):
        host, port = taking.getsockname()[:2]
        console.out.print(f"Mail is taken by LMTP at {host}, port {port}; Ctrl-C stops it.")
        ending.hand_to(lambda _again: None)
        ending.asked.wait()


def _lmtp_socket(address: str) -> socket.socket:
    host, port = listening.address_in(address, "ANSVAR_LMTP")
    return listening.bound_socket(host, port, option="--lmtp", variable="ANSVAR_LMTP")


@contextlib.contextmanager
def _until_stopped() -> Iterator[Ending]:
    ending = Ending()
    ending.listen()
    try:
        yield ending
    except Stopped:
        console.out.print("Stopped while starting.")


def _serve(loaded: Config, ending: Ending, *, demo: bool) -> None:
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(listening.bound_socket(loaded.host, loaded.port))
        lmtp = stack.enter_context(_lmtp_socket(loaded.lmtp)) if loaded.lmtp else None
        console.out.print(f"[bold]Ansvar {ansvar.__version__}[/bold]  [dim]{loaded.data}[/dim]")
        with console.step("Starting the database") as doing:
            startup.load_django()
            version = stack.enter_context(startup.database_running(loaded))
            doing.outcome = f"Database ready, PostgreSQL {version}"
        startup.migrate_with_words()
        if demo:
            from ansvar.ops import demonstration  # noqa: PLC0415  # needs Django set up

            demonstration.load_at_first_start()
        stack.enter_context(_parts(loaded, ["worker", "mail receiver"], lmtp))
        _run_pages(loaded, sock, ending, when_ready=lambda: _say_where(loaded, demo=demo))
        console.out.print("\nStopping: what has been begun is finished first.")
    console.out.print("[green]✓[/green] Stopped.")


def _say_where(loaded: Config, *, demo: bool) -> None:
    console.out.print(f"\n  Ansvar is ready at [bold]{loaded.base_url}[/bold]")
    if demo:
        console.out.print("  Log in by one click on the log-in page, as one of the demo's people.")
    else:
        console.out.print("  The first administrator: `ansvar createuser --role administrator`")
    console.out.print("  Ctrl-C stops everything, also the database.\n")


def _run_pages(
    loaded: Config,
    sock: socket.socket,
    ending: Ending,
    *,
    when_ready: Callable[[], None],
) -> None:
    from ansvar.ops import web  # noqa: PLC0415  # needs Django set up

    server = web.Server(loaded, when_ready)

    def end(again: bool) -> None:  # noqa: FBT001  # the signature of Ending
        server.should_exit = True
        server.force_exit = again

    ending.hand_to(end)
    server.run(sockets=[sock])
    # A server that could not start has ended without being asked.
    if not ending.asked.is_set():
        raise Trouble("The web server ended by itself; the lines above say why.")


@contextlib.contextmanager
def _parts(loaded: Config, names: list[str], lmtp: socket.socket | None = None) -> Iterator[None]:
    """Run parts beside the main thread for as long as the block lasts."""
    from ansvar.ops import background, health  # noqa: PLC0415  # need Django set up

    makers = {
        "worker": lambda: background.worker(loaded.worker_jobs),
        "mail receiver": background.receivers,
    }
    parts = [makers[name]() for name in names]
    if lmtp is not None:
        parts.append(background.lmtp_entrance(lmtp))
    for part in parts:
        health.supervised[part.name] = part.is_working
        part.start()
    try:
        yield
    finally:
        for part in parts:
            part.stop()
        for part in parts:
            part.join(timeout=background.STOP_SECONDS)
            health.supervised.pop(part.name, None)
