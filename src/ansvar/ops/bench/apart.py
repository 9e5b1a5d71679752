"""The product in parts: web, worker and mail entrance as processes of their own, one database."""

import contextlib
import logging
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiosmtpd.controller import Controller
from django.db import connection

from ansvar.catalogue.models import Service
from ansvar.ops import postgres
from ansvar.ops.bench import cast, inside, interface, parts, processes
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.load import Stage
from ansvar.ops.bench.parts import HOST, Part
from ansvar.ops.bench.visiting import Visitor
from ansvar.ops.trouble import Trouble
from ansvar.people.models import Person

DATABASE: Final = "database"
_TICKETS: Final = 12
"""Of the requester, which are looked at and answered all the time."""


class Sink:
    """A mail server that takes every mail and remembers its Message-ID."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        """Take a mail."""
        head = envelope.content[:100_000]
        for line in head.splitlines():
            name, _colon, value = line.partition(b":")
            if name.lower() == b"message-id":
                self.taken.append(value.strip().decode("ascii", "replace"))
                break
        return "250 taken"


class Apart:
    """The running parts; each can be killed and started again at the same address."""

    def __init__(self, data: Path, cluster: Cluster) -> None:
        self.cluster = cluster
        self.web_port, self.lmtp_port = parts.free_port(), parts.free_port()
        self.sink = Sink()
        self._data = data
        self._sink_port = parts.free_port()
        self._commands: Mapping[str, tuple[str, ...]] = {
            "web": ("web", "--host", HOST, "--port", str(self.web_port)),
            "worker": ("worker",),
            "receive": ("receive", "--lmtp", f"{HOST}:{self.lmtp_port}"),
        }
        self.running: dict[str, Part] = {}
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        # It tells every step of every conversation.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        controller = Controller(self.sink, hostname=HOST, port=self._sink_port)
        controller.start()
        self._closing.callback(controller.stop)
        for name in self._commands:
            self.start(name)
        self._closing.callback(self._stop_all)
        try:
            self.wait_until_ready()
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def names(self) -> list[str]:
        """What can be killed."""
        return [*self._commands, DATABASE]

    def start(self, name: str) -> None:
        """Start a part."""
        self.running[name] = Part(self._data, *self._commands[name])

    def wait_until_ready(self) -> None:
        """Wait until every part does its work.

        Raises: Trouble.
        """
        self.running["web"].wait_until_healthy(self.web_port)
        self.running["worker"].wait_for("is running")
        self.running["receive"].wait_for("Mail is taken")

    def revive(self) -> None:
        """Start what has ended by itself, as a supervisor does: it began while others were away."""
        for name, part in list(self.running.items()):
            try:
                part.ensure_alive()
            except Trouble:
                part.stop()
                self.start(name)

    def kill(self, name: str) -> None:
        """Kill a part at once, as a power cut does; the database comes back by itself."""
        if name == DATABASE:
            os.kill(self.cluster.postmaster, signal.SIGKILL)
            return
        os.kill(self.running[name].pid, signal.SIGKILL)
        self.running.pop(name).stop()

    def reconnect(self) -> None:
        """Connect anew to a database that was away."""
        self.cluster = Cluster(postgres.EmbeddedPostgres(self._data))
        self._closing.callback(self.cluster.close)

    def ensure_alive(self) -> None:
        """Refuse to go on when a part has ended by itself.

        Raises: Trouble.
        """
        for part in self.running.values():
            part.ensure_alive()

    def memory(self) -> dict[str, float]:
        """Return the memory of each part in MB; of the database without its shared buffers."""
        found = {
            name: processes.memory_megabytes([part.pid]) for name, part in self.running.items()
        }
        found[DATABASE] = processes.own_megabytes(processes.tree_of(self.cluster.postmaster))
        return found

    @contextlib.contextmanager
    def stage(self, seed: str) -> Iterator[Stage]:
        """Prepare what load needs: people who have logged in, a token, tickets to answer.

        Raises: Trouble.
        """
        inside.direct_mail(self._sink_port)
        requester = Person.objects.get(login=cast.REQUESTER)
        token_id, secret = inside.token_of(cast.AGENT)
        service = Service.objects.filter(state=Service.State.AGREED).earliest("pk").pk
        program = Visitor(self.web_port, token=secret)
        matter = {"subject": "To be answered", "requester": requester.pk, "service": service}
        made = [program.send(interface.TICKETS, matter) for _ in range(_TICKETS)]
        program.close()
        if any("reference" not in answer.json for answer in made):
            raise Trouble(f"Tickets could not be opened: {made[-1].text[:200]}")
        try:
            yield Stage(
                port=self.web_port,
                lmtp=self.lmtp_port,
                token=secret,
                agent=self._logged_in(cast.AGENT),
                requester=self._logged_in(cast.REQUESTER),
                references=[answer.json["reference"] for answer in made],
                requester_id=requester.pk,
                service_id=service,
                seed=seed,
            )
        finally:
            # The one of before may have died with the database.
            connection.close()
            inside.take_token_away(token_id)

    def _logged_in(self, login: str) -> Mapping[str, str]:
        visitor = Visitor(self.web_port)
        visitor.log_in(login)
        # The first page gives the cookie by which forms are believed.
        visitor.get("/portal/")
        visitor.close()
        return visitor.cookies

    def _stop_all(self) -> None:
        for part in self.running.values():
            part.stop()
