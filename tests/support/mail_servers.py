"""The fixture `mail_server`: a real mail server on loopback, one for the test run."""

from collections.abc import Iterator

import pytest
from dovecot import MailServer, program

from realparts import missing


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """Give the test run a mail server; add a user of your own, others use it too."""
    if program() is None:
        missing("Dovecot")
    with MailServer() as server:
        yield server
