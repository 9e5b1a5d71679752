"""Parts that run beside the web server in the same process: the worker and the receivers.

One process, because a second interpreter with all of Django costs a small machine 100 MB; who has
outgrown that runs `ansvar worker` and `ansvar receive` by themselves.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable

import structlog
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from typing_extensions import override

from ansvar.kernel.reaching import direct_parameters, is_away

log = structlog.get_logger(__name__)

STOP_SECONDS = 10
POLL_SECONDS = 1.0
_SHORTEST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_LONGEST_WITHOUT_DATABASE = 5.0
_WORKER_CONNECTIONS = 4
_SOUND_AFTER_SECONDS = 60.0


class Background(threading.Thread):
    """A part that runs until told to stop; after a failure it is started again, ever later."""

    def __init__(self, name: str, run: Callable[[threading.Event], None]) -> None:
        # A daemon: a part that does not heed the event must not hold up the end for ever.
        super().__init__(name=name, daemon=True)
        self.stopping = threading.Event()
        self._part = run
        self._works = False

    def is_working(self) -> bool:
        """Whether the part is running now, and not pausing after a failure."""
        return self.is_alive() and self._works

    @override
    def run(self) -> None:
        pause = _SHORTEST_PAUSE
        while not self.stopping.is_set():
            begun = time.monotonic()
            self._works = True
            try:
                self._part(self.stopping)
            except Exception as error:
                if is_away(error):
                    # Nothing is wrong with the part: it goes on as soon as the database is there.
                    pause = min(pause, _LONGEST_WITHOUT_DATABASE)
                    log.warning(
                        "part_without_database",
                        part=self.name,
                        error=str(error),
                        again_in_seconds=pause,
                    )
                else:
                    log.exception("part_failed", part=self.name, again_in_seconds=pause)
            else:
                # The worker says itself what went wrong, and ends as if it had been asked to.
                pause = min(pause, _LONGEST_WITHOUT_DATABASE)
            finally:
                self._works = False
            if time.monotonic() - begun > _SOUND_AFTER_SECONDS:
                pause = _SHORTEST_PAUSE
            self.stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def stop(self) -> None:
        """Ask the part to end what it is doing; `join` waits for it."""
        self.stopping.set()


def worker(jobs: int) -> Background:
    """Make the part that does queued jobs, *jobs* at a time."""

    def run(stopping: threading.Event) -> None:
        asyncio.run(_work(jobs, stopping))

    return Background("worker", run)


def receivers() -> Background:
    """Make the part that waits for mail in every mailbox."""

    def run(stopping: threading.Event) -> None:
        from ansvar.conversations import receiver  # noqa: PLC0415  # loads the mail libraries

        receiver.run(stopping)

    return Background("mail receiver", run)


def lmtp_entrance(taking: socket.socket) -> Background:
    """Make the part that takes mail which a mail server hands over."""

    def run(stopping: threading.Event) -> None:
        from ansvar.conversations import handed  # noqa: PLC0415  # loads the mail libraries

        handed.run(stopping, taking)

    return Background("LMTP entrance", run)


async def _work(jobs: int, stopping: threading.Event) -> None:
    # The global app keeps Django's connection: what pages queue stays in their transaction.
    # It queues what runs by schedule on a connection that nobody else would close when it broke.
    await sync_to_async(connections.close_all)()
    # A worker listens for jobs, which a pooler would not let it.
    direct = PsycopgConnector(
        kwargs=await sync_to_async(direct_parameters)(),
        min_size=1,
        max_size=_WORKER_CONNECTIONS,
        # A worker that has lost the database is to end and begin anew, not to wait for it.
        timeout=_LONGEST_WITHOUT_DATABASE,
        reconnect_timeout=_LONGEST_WITHOUT_DATABASE,
    )
    own = app.with_connector(direct)
    async with own.open_async():
        working = asyncio.create_task(
            own.run_worker_async(
                concurrency=jobs,
                # A job that waited for another's lock is not announced when that one ends.
                fetch_job_polling_interval=POLL_SECONDS,
                install_signal_handlers=False,
                shutdown_graceful_timeout=STOP_SECONDS - 2,
            )
        )
        while not stopping.is_set() and not working.done():
            await asyncio.wait({working}, timeout=0.2)
        if stopping.is_set():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            if not stopping.is_set():
                raise
