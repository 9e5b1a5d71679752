"""Real counterparts of the product on this machine, and what to do without them."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test that needs *what*; fail it where everything has to be there."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"There is no {what} here.")
    pytest.skip(f"needs {what}")
