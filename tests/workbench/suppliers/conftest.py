import pytest
from budgets import budget  # noqa: F401 - a fixture
from builders import a_team, an_agent
from desktops import Desktop, a_desktop, client_of
from django.test import Client


@pytest.fixture
def desk(db: None) -> Desktop:
    return a_desktop()


@pytest.fixture
def client(desk: Desktop) -> Client:
    """A browser in which the desk's agent is logged in."""
    return client_of(desk.agent)


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser in which an agent of another desk is logged in."""
    return client_of(an_agent(team=a_team()))
