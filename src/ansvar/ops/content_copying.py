"""Copying content from store to store, and comparing the store with what rows name."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.files.storage.handler import StorageHandler
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ansvar.conversations import store
from ansvar.conversations.models import Attachment, InboundMail
from ansvar.ops import console, content_place
from ansvar.ops.config import Config
from ansvar.ops.trouble import Trouble

AT_ONCE = 8
_SHOWN = 10
_BATCH = 10_000
Told = Callable[[int, int], None]


@dataclass
class Outcome:
    """What came of going through many files."""

    copied: int = 0
    copied_bytes: int = 0
    there: int = 0
    wrong: list[str] = field(default_factory=list)


def copy_with_words(loaded: Config, *, origin: str | None, target: str) -> bool:
    """Copy with a bar and a line at the end; True when every file lies at the target now.

    Raises: Trouble.
    """
    source, goal = _opened(loaded, origin), _opened(loaded, target)
    if content_place.named(loaded, origin) == content_place.named(loaded, target):
        raise Trouble("Both places are the same; --from says where the files lie now.")
    with _showing("Copying") as told:
        try:
            outcome = copied(source, goal, told=told)
        except store.ContentAway as away:
            raise Trouble(
                f"The store does not answer: {away.why}. What has been copied stays; "
                "the same command goes on where it ended."
            ) from away
    console.out.print(
        f"[green]✓[/green] {outcome.copied} files copied to "
        f"{escape(content_place.named(loaded, target))}, {outcome.copied_bytes / 1e6:.1f} MB; "
        f"{outcome.there} were there already."
    )
    _name_wrong(outcome.wrong, "could not be copied, because they are not what they should be")
    return not outcome.wrong


def verify_with_words(loaded: Config, *, whole: bool) -> bool:
    """Compare the store with what rows name; True when nothing is missing or damaged.

    Raises: Trouble.
    """
    storage = _opened(loaded, None)
    with _showing("Comparing") as told:
        try:
            outcome = verified(storage, named_content(), whole=whole, told=told)
        except store.ContentAway as away:
            raise Trouble(f"The store does not answer: {away.why}.") from away
    console.out.print(
        f"{outcome.there} files of messages are at {escape(content_place.named(loaded))}"
        f"{', each as it was kept' if whole else ''}."
    )
    _name_wrong(outcome.wrong, "are missing or damaged")
    return not outcome.wrong


def copied(source: Storage, goal: Storage, *, told: Told) -> Outcome:
    """Copy what *goal* lacks; each file is compared with its name before and after.

    Raises: ContentAway.
    """
    there = dict(_sizes(goal))
    everything = [(name, size) for name, size in _sizes(source)]
    outcome = Outcome(there=sum(there.get(name) == size for name, size in everything))
    missing = [name for name, size in everything if there.get(name) != size]

    def carry(name: str) -> int | None:
        with source.open(name, "rb") as file:
            content = file.read()
        if not _is_named(content, name):
            return None
        goal.save(name, File(io.BytesIO(content), name=name))
        with goal.open(name, "rb") as file:
            if not _is_named(file.read(), name):
                raise store.ContentAway(why=f"{name} came back changed")
        return len(content)

    done = outcome.there
    for name, size in _each(carry, missing):
        done += 1
        told(done, len(everything))
        if size is None:
            outcome.wrong.append(name)
        else:
            outcome.copied += 1
            outcome.copied_bytes += size
    return outcome


def verified(
    storage: Storage, wanted: Iterable[tuple[str, int]], *, whole: bool, told: Told
) -> Outcome:
    """Compare *storage* with the content that rows name, by size or by reading all of it.

    Raises: ContentAway.
    """
    there = dict(_sizes(storage))
    named = dict(wanted)
    outcome = Outcome()

    def is_sound(name: str) -> bool:
        if there.get(name) != named[name]:
            return False
        if not whole:
            return True
        with storage.open(name, "rb") as file:
            return _is_named(file.read(), name)

    found: Iterator[tuple[str, bool]]
    found = _each(is_sound, named) if whole else ((name, is_sound(name)) for name in named)
    for done, (name, sound) in enumerate(found, start=1):
        told(done, len(named))
        if sound:
            outcome.there += 1
        else:
            outcome.wrong.append(name)
    return outcome


def named_content() -> Iterator[tuple[str, int]]:
    """Yield the name and the size of all content that messages and received mails name."""
    for model in (Attachment, InboundMail):
        rows = model._default_manager.order_by().values_list("sha256", "size")  # noqa: SLF001 - documented
        for sha256, size in rows.iterator(chunk_size=_BATCH):
            yield store.name_of(sha256), size


def _each(do: Callable[[str], Any], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Do something for each name, several at the same time and never many begun."""
    waiting: dict[Future[Any], str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for name in names:
                waiting[pool.submit(do, name)] = name
                if len(waiting) >= 2 * AT_ONCE:
                    yield from _done(waiting)
            while waiting:
                yield from _done(waiting)
        finally:
            for future in waiting:
                future.cancel()


def _done(waiting: dict[Future[Any], str]) -> Iterator[tuple[str, Any]]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield waiting.pop(future), future.result()


def _sizes(storage: Storage) -> Iterator[tuple[str, int]]:
    return cast("Iterator[tuple[str, int]]", storage.sizes())  # type: ignore[attr-defined]  # both of ours have it


def _is_named(content: bytes, name: str) -> bool:
    return hashlib.sha256(content).hexdigest() == name.replace("/", "")


def _opened(loaded: Config, place: str | None) -> Storage:
    handler = StorageHandler({store.ALIAS: content_place.storage(loaded, place)})  # type: ignore[dict-item]  # django-stubs: names what it gives, not what it takes
    return handler[store.ALIAS]


class _Bar:
    """A bar on the terminal, from the first word of how far it is."""

    def __init__(self, words: str) -> None:
        self._bar = Progress(
            TextColumn(words),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console.out,
            transient=True,
        )
        self._line = self._bar.add_task(words, total=None)

    def __enter__(self) -> Told:
        self._bar.start()
        return lambda done, total: self._bar.update(self._line, completed=done, total=total)

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()


def _showing(words: str) -> _Bar:
    return _Bar(words)


def _name_wrong(wrong: list[str], words: str) -> None:
    if wrong:
        shown = ", ".join(wrong[:_SHOWN]) + (", ..." if len(wrong) > _SHOWN else "")
        console.refuse(f"{len(wrong)} files {words}: {shown}")
