import psycopg
import pytest
from django.db import IntegrityError, OperationalError
from procrastinate.exceptions import ConnectorException
from psycopg import errors
from psycopg_pool import PoolTimeout

from ansvar.kernel.reaching import direct_alias, direct_parameters, is_away


def wrapped(cause: BaseException) -> BaseException:
    """Return an error of Django or of the queue, as it comes out of a command or a job."""
    made = OperationalError(str(cause))
    made.__cause__ = cause
    outer = ConnectorException()
    outer.__cause__ = made
    return outer


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection failed: Connection refused"),
        psycopg.OperationalError("the connection is closed"),
        PoolTimeout("couldn't get a connection after 6.00 sec"),
        errors.AdminShutdown("terminating connection due to administrator command"),
        errors.CannotConnectNow("the database system is starting up"),
        errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"),
        errors.ProtocolViolation("server conn crashed?"),
        errors.TooManyConnections("sorry, too many clients already"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_not_there_is_known_through_all_wrappings(error: BaseException):
    assert is_away(error)
    assert is_away(wrapped(error))


@pytest.mark.parametrize(
    "error",
    [
        errors.DeadlockDetected("deadlock detected"),
        errors.QueryCanceled("canceling statement due to statement timeout"),
        errors.UniqueViolation("duplicate key"),
        errors.LockNotAvailable("could not obtain lock"),
        IntegrityError("duplicate key"),
        ValueError("nothing to do with it"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_database_answers_is_no_absence(error: BaseException):
    assert not is_away(error)
    assert not is_away(wrapped(error))
    assert not is_away(None)


def test_without_a_pooler_the_only_connection_is_the_direct_one():
    parameters = direct_parameters()

    assert direct_alias() == "default"
    assert parameters["dbname"]
    assert "cursor_factory" not in parameters
