"""Waiting for what another process does, when there is nothing to listen to."""

import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 60


def wait_until(is_true: Callable[[], bool]) -> None:
    """Return as soon as *is_true* holds; fail after a minute."""
    pause = threading.Event()
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < give_up, "It has not come true within a minute."
        pause.wait(0.05)
