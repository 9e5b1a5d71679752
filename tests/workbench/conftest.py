import math

import pytest
from browser import complaints, opened, served, the_browser  # noqa: F401 - fixtures
from budgets import budget  # noqa: F401 - a fixture
from builders import a_team, an_agent
from desktops import Desktop, a_desktop, client_of
from django.test import Client

from ansvar.workbench import alarms


@pytest.fixture(autouse=True)
def no_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no page ask for the alarms that a process remembers; `alarms.forget` brings them."""
    monkeypatch.setattr(alarms, "_kept", alarms._Kept(stalls=[], until=math.inf))


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
