from collections.abc import Iterator

import pytest
from django.db import transaction

from ansvar.ops.bench.filling import make_desk
from ansvar.ops.bench.filling.founding import House

TICKETS = 300


@pytest.fixture(scope="module")
def small_bench(django_db_setup, django_db_blocker) -> Iterator[House]:
    """A desk of some hundred tickets for all tests of a module, which change nothing of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_desk(TICKETS, lambda _words, _done, _of: None)
        transaction.set_rollback(True)
