"""Who is who in a conversation, and what it amounts to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

_A_MOMENT = timedelta(seconds=1)


class LeftOut(StrEnum):
    """Why a mail does not become words on a ticket."""

    BROKEN = "broken"
    AUTOMATIC = "automatic"
    """A program wrote it, and it answers nothing here."""
    NO_REPLY = "no-reply"
    """From an address that reads nothing, and nobody of the desk answered."""
    NOBODY_ASKED = "nobody-asked"
    """Only the desk wrote."""
    JUNK = "junk"
    """The mail server took it for spam."""
    OLDER = "older"
    """From before the day that was given."""
    KNOWN = "known"
    """On a ticket already."""


@dataclass(frozen=True, kw_only=True)
class Insiders:
    """The addresses from which a desk speaks."""

    desk: frozenset[str] = frozenset()
    """The desk's own addresses: nobody in particular."""
    agents: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def is_desk(self, address: str) -> bool:
        """Tell whether it is an address of the desk itself."""
        return without_token(address) in self.desk

    def includes(self, address: str) -> bool:
        """Tell whether the desk speaks from an address."""
        domain = address.rpartition("@")[2]
        return self.is_desk(address) or address in self.agents or domain in self.domains


@dataclass(frozen=True, kw_only=True)
class Said:
    """A mail of a conversation."""

    number: int
    at: datetime
    author: str
    name: str = ""
    addressed: tuple[str, ...] = ()
    own: str = ""
    references: tuple[str, ...] = ()
    is_automatic: bool = False
    is_no_reply: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A mail in its place: when it was said and by which side."""

    said: Said
    at: datetime
    is_out: bool

    @property
    def is_answer(self) -> bool:
        """Whether a person of the desk said it."""
        return self.is_out and not self.said.is_automatic


@dataclass(frozen=True, kw_only=True)
class Story:
    """A conversation as it went."""

    lines: tuple[Line, ...]
    requester: str
    """The address of who asked; empty when the conversation becomes no ticket."""
    requester_name: str = ""
    left_out: LeftOut | None = None

    @property
    def begun_at(self) -> datetime:
        """When the first word was said."""
        return self.lines[0].at

    @property
    def asked_at(self) -> datetime:
        """When the first words came from outside."""
        return next((line.at for line in self.lines if not line.is_out), self.begun_at)

    @property
    def last_said(self) -> datetime:
        """When a person last said something."""
        return max(
            (line.at for line in self.lines if not line.said.is_automatic),
            default=self.lines[-1].at,
        )

    @property
    def first_answer(self) -> Line | None:
        """The first words of the desk after somebody had asked."""
        answers = (line for line in self.lines if line.is_answer and line.at >= self.asked_at)
        return next(answers, None)

    @property
    def waiting_since(self) -> datetime | None:
        """Since when words from outside wait for an answer; nothing when the desk spoke last."""
        since = None
        for line in self.lines:
            if line.is_answer:
                since = None
            elif not line.said.is_automatic and since is None:
                since = line.at
        return since

    @property
    def answerers(self) -> tuple[str, ...]:
        """Who answered, each time somebody else did."""
        found: list[str] = []
        for line in self.lines:
            if line.is_answer and found[-1:] != [line.said.author]:
                found.append(line.said.author)
        return tuple(found)


def without_token(address: str) -> str:
    """Return an address without what stands after a plus sign."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def story_of(mails: Iterable[Said], insiders: Insiders) -> Story:
    """Return how a conversation went, and who asked."""
    ordered = in_order(mails)
    requester = _requester(ordered, insiders)
    lines = tuple(
        Line(
            said=said,
            at=said.at,
            is_out=insiders.includes(said.author)
            and not (requester is not None and said.author == requester.author),
        )
        for said in ordered
    )
    if requester is None:
        is_noise = all(said.is_automatic for said in ordered)
        why = LeftOut.AUTOMATIC if is_noise else LeftOut.NOBODY_ASKED
        return Story(lines=lines, requester="", left_out=why)
    story = Story(lines=lines, requester=requester.author, requester_name=requester.name)
    if requester.is_no_reply and story.first_answer is None:
        return replace(story, requester="", left_out=LeftOut.NO_REPLY)
    return story


def in_order(mails: Iterable[Said]) -> list[Said]:
    """Return mails as they were said; an answer never before what it answers.

    A clock that is slow dates an answer before its question: then it was said right after it.
    """
    waiting = sorted(mails, key=lambda said: (said.at, said.number))
    by_id = {said.own: said for said in waiting if said.own}
    moments: dict[int, datetime] = {}
    for said in waiting:
        _settle(said, by_id, moments)
    moved = [replace(said, at=moments[said.number]) for said in waiting]
    return sorted(moved, key=lambda said: (said.at, said.number))


def _settle(said: Said, by_id: dict[str, Said], moments: dict[int, datetime]) -> None:
    """Give a mail its moment, after those it answers have theirs; circles are left as they are."""
    path = [said]
    seen = {said.number}
    while path:
        one = path[-1]
        above = [by_id[ref] for ref in one.references if ref in by_id]
        unsettled = [other for other in above if other.number not in moments]
        following = next((other for other in unsettled if other.number not in seen), None)
        if following is not None:
            seen.add(following.number)
            path.append(following)
            continue
        earliest = [moments[other.number] + _A_MOMENT for other in above if other not in unsettled]
        moments[one.number] = max([one.at, *(at for at in earliest if at > one.at)])
        path.pop()


def _requester(ordered: Sequence[Said], insiders: Insiders) -> Said | None:
    people = [said for said in ordered if not said.is_automatic]
    first = next(iter(people), None)
    if first is not None and _asks_own_desk(first, insiders):
        return first
    outside = [said for said in people if not insiders.includes(said.author)]
    readers = [said for said in outside if not said.is_no_reply]
    return next(iter(readers or outside), None)


def _asks_own_desk(said: Said, insiders: Insiders) -> bool:
    """Tell whether somebody of the desk writes to the desk alone, as any colleague does."""
    return (
        insiders.includes(said.author)
        and not insiders.is_desk(said.author)
        and bool(said.addressed)
        and all(insiders.includes(address) for address in said.addressed)
        and any(insiders.is_desk(address) for address in said.addressed)
    )
