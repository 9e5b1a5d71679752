from collections.abc import Iterator

import pytest
from django.db import transaction

from ansvar.demo.load import load


@pytest.fixture(scope="module")
def small_demo(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A demo with few tickets for all tests of a module; each takes back what it does to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(lambda _words: None, tickets=30)
        yield
        transaction.set_rollback(True)
