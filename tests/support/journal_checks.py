"""What a test expects the journal to have got."""

from collections.abc import Iterator
from contextlib import contextmanager

from ansvar.kernel.models import Entry


@contextmanager
def facts_recorded() -> Iterator[list[str]]:
    """Give a list that holds, afterwards, the names of the facts recorded inside, in order."""
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    names: list[str] = []
    yield names
    names += Entry.objects.filter(pk__gt=last).order_by("pk").values_list("fact", flat=True)


@contextmanager
def records_nothing() -> Iterator[None]:
    """Check that nothing was recorded inside."""
    with facts_recorded() as names:
        yield
    assert names == []
