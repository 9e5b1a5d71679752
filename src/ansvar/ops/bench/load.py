"""Mixed load on a running product: agents, requesters, programs and mail, and what was promised.

Whoever is told "yes" is written down, with the words by which it is found again. Programs and mail
servers repeat what was not answered, under the same key, as real ones do; people do not.
"""

import itertools
import random
import smtplib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Final, Self, TypeVar

from ansvar.ops.bench import cast
from ansvar.ops.bench.parts import HOST
from ansvar.ops.bench.visiting import Answer, Visitor

API: Final = "/api/v1/tickets"
MIX: Final[Mapping[str, int]] = {
    "queue": 18,
    "ticket": 22,
    "search": 5,
    "reply": 6,
    "note": 6,
    "portal": 10,
    "say": 6,
    "api_list": 7,
    "api_create": 12,
    "mail": 8,
}
"""Of a hundred things that are done, so many are of each kind."""
Taken = TypeVar("Taken")
_REPEAT_SECONDS = 0.5
_PATIENCE_SECONDS = 30
_BROKEN = (OSError, HTTPException, smtplib.SMTPException)
_TEXT = "It began this morning, and it says the same error again after a restart. "


@dataclass(frozen=True, kw_only=True)
class Done:
    """One thing that was done."""

    kind: str
    at: float
    """By the monotonic clock."""
    seconds: float
    """From when it was due, so that waiting for a free hand counts."""
    wrong: str = ""


@dataclass
class Ledger:
    """What was done, and what the product has said yes to: by kind, the words to find it by."""

    done: list[Done] = field(default_factory=list)
    promised: dict[str, list[str]] = field(default_factory=dict)
    repeated: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, done: Done) -> None:
        """Write down that something was done."""
        with self._lock:
            self.done.append(done)

    def promise(self, kind: str, token: str) -> None:
        """Write down that the product has taken something."""
        with self._lock:
            self.promised.setdefault(kind, []).append(token)

    def count_repeat(self) -> None:
        """Count that something was sent once more."""
        with self._lock:
            self.repeated += 1

    def since(self, moment: float) -> list[Done]:
        """Return what was done since a moment."""
        with self._lock:
            return [one for one in self.done if one.at >= moment]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where load is put on."""

    port: int
    lmtp: int
    token: str
    agent: Mapping[str, str]
    requester: Mapping[str, str]
    """Cookies of somebody who has logged in."""
    references: Sequence[str]
    """Open tickets of the requester, to look at and to answer."""
    requester_id: int
    service_id: int
    seed: str


class Refused(Exception):
    """The product said no, or something that is neither yes nor no."""


class Hand:
    """One who does one thing after the other; not to be shared between threads."""

    def __init__(self, stage: Stage, ledger: Ledger) -> None:
        self._stage = stage
        self._ledger = ledger
        self._agent, self._requester = Visitor(stage.port), Visitor(stage.port)
        self._agent.cookies = dict(stage.agent)
        self._requester.cookies = dict(stage.requester)
        self._program = Visitor(stage.port, token=stage.token)
        self._entrance: smtplib.LMTP | None = None
        self._acts: Mapping[str, Callable[[int], None]] = {
            "queue": lambda _n: self._look(self._agent, "/queue/needs-you/"),
            "ticket": lambda n: self._look(self._agent, f"/tickets/{self._reference(n)}/"),
            "search": lambda _n: self._look(self._agent, f"/search/?q={cast.RARE_WORD}"),
            "portal": lambda _n: self._look(self._requester, "/portal/"),
            "api_list": lambda _n: self._look(self._program, f"{API}?limit=50"),
            "reply": self._reply,
            "note": self._note,
            "say": self._say,
            "api_create": self._create,
            "mail": self._mail,
        }

    def act(self, kind: str, number: int) -> None:
        """Do one thing.

        Raises: Refused; what a broken connection raises.
        """
        self._acts[kind](number)

    def close(self) -> None:
        """Let go of all connections."""
        for visitor in (self._agent, self._requester, self._program):
            visitor.close()
        if self._entrance is not None:
            self._entrance.close()

    def _reference(self, number: int) -> str:
        return self._stage.references[number % len(self._stage.references)]

    def _token(self, kind: str, number: int) -> str:
        return f"{kind}.{self._stage.seed}.{number}"

    @staticmethod
    def _look(visitor: Visitor, path: str) -> None:
        answer = visitor.get(path)
        if answer.status != HTTPStatus.OK:
            raise Refused(f"{path} answers {answer.status}")

    def _reply(self, number: int) -> None:
        self._tell(
            self._agent, f"/tickets/{self._reference(number)}/reply/", kind="reply", number=number
        )

    def _note(self, number: int) -> None:
        self._tell(
            self._agent, f"/tickets/{self._reference(number)}/note/", kind="note", number=number
        )

    def _say(self, number: int) -> None:
        path = f"/portal/tickets/{self._reference(number)}/say/"
        self._tell(self._requester, path, kind="say", number=number)

    def _tell(self, visitor: Visitor, path: str, *, kind: str, number: int) -> None:
        token = self._token(kind, number)
        fields = {
            "csrfmiddlewaretoken": visitor.cookies["csrftoken"],
            "text": f"{_TEXT} {token}",
        }
        answer = visitor.post(path, fields)
        is_taken = answer.status == HTTPStatus.FOUND
        if not is_taken or answer.headers["location"].startswith("/log-in"):
            raise Refused(f"{path} answers {answer.status}")
        self._ledger.promise(kind, token)

    def _create(self, number: int) -> None:
        token = self._token("api", number)
        matter = {
            "subject": f"{token} Cash desk does not start",
            "description": _TEXT,
            "service": self._stage.service_id,
            "requester": self._stage.requester_id,
        }

        def ask() -> Answer:
            return self._program.send(API, matter, key=token)

        for answer in self._until_answered(ask):
            if answer.status == HTTPStatus.CREATED:
                self._ledger.promise("api", token)
                return
            if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in {
                HTTPStatus.CONFLICT,
                HTTPStatus.TOO_MANY_REQUESTS,
            }:
                raise Refused(f"{API} answers {answer.status}: {answer.text[:200]}")
        raise Refused(f"{API} has not answered")

    def _mail(self, number: int) -> None:
        token = self._token("mail", number)
        raw = _letter(token)
        for is_taken in self._until_answered(lambda: self._hand_over(raw)):
            if is_taken:
                self._ledger.promise("mail", token)
                return
        raise Refused("the mail was not taken")

    def _hand_over(self, raw: bytes) -> bool:
        try:
            if self._entrance is None:
                self._entrance = smtplib.LMTP(HOST, self._stage.lmtp)
                self._entrance.timeout = _PATIENCE_SECONDS
            self._entrance.sendmail("somebody@customer.example", [cast.DESK_ADDRESS], raw)
        except _BROKEN:
            if self._entrance is not None:
                self._entrance.close()
                self._entrance = None
            raise
        return True

    def _until_answered(self, ask: "Callable[[], Taken]") -> "Iterator[Taken]":
        """Ask again and again, as a program that knows of failures does, while there is time."""
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                yield ask()
            except _BROKEN as error:
                last: Exception = error
            else:
                last = Refused("it was not taken in time")
            if time.monotonic() > give_up:
                raise last
            self._ledger.count_repeat()
            time.sleep(_REPEAT_SECONDS)


class Crowd:
    """Many hands that do a mix of things at a rate, each as soon as it is due."""

    def __init__(self, stage: Stage, ledger: Ledger, *, hands: int, rate: float) -> None:
        self.ledger = ledger
        self._stage = stage
        self._hands = hands
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._numbers = itertools.count()
        self._luck = random.Random(stage.seed)  # noqa: S311  # the same every time, no secret
        self._lock = threading.Lock()
        self.set_rate(rate)

    def set_rate(self, rate: float) -> None:
        """Do so many things a second from now on."""
        with self._lock:
            self._pause = 1 / rate
            self._next_at = time.monotonic()

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._work) for _ in range(self._hands)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        hand = Hand(self._stage, self.ledger)
        try:
            while not self._stopping.is_set():
                kind, number, due = self._next()
                if self._stopping.wait(max(0.0, due - time.monotonic())):
                    return
                self._do(hand, kind, number, due=due)
        finally:
            hand.close()

    def _next(self) -> tuple[str, int, float]:
        with self._lock:
            (kind,) = self._luck.choices(list(MIX), list(MIX.values()))
            due = self._next_at
            self._next_at += self._pause
            return kind, next(self._numbers), due

    def _do(self, hand: Hand, kind: str, number: int, *, due: float) -> None:
        wrong = ""
        try:
            hand.act(kind, number)
        except Refused as refused:
            wrong = str(refused)
        except _BROKEN as error:
            wrong = f"{kind}: {type(error).__name__}: {error}"
        now = time.monotonic()
        self.ledger.note(Done(kind=kind, at=now, seconds=now - due, wrong=wrong))


def _letter(token: str) -> bytes:
    message = EmailMessage()
    message["From"] = cast.REQUESTER
    message["To"] = cast.DESK_ADDRESS
    message["Subject"] = f"{token} The scanner reads nothing"
    message["Message-ID"] = f"<{token}@customer.example>"
    message["Date"] = format_datetime(datetime.now(tz=UTC))
    message.set_content(_TEXT * 3)
    return message.as_bytes()
