import pytest
from builders import an_administrator
from desktops import client_of
from django.test import Client


@pytest.fixture
def admin(db: None) -> Client:
    """A browser in which an administrator of everything is logged in."""
    return client_of(an_administrator(name="Ada Min"))
