"""Waiting for what another process does, when there is nothing to listen to."""

import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 60


def wait_until(is_true: Callable[[], bool], *, patience: float = PATIENCE_SECONDS) -> None:
    """Return as soon as *is_true* holds; fail after a minute, or so many seconds of *patience*."""
    pause = threading.Event()
    give_up = time.monotonic() + patience
    while not is_true():
        assert time.monotonic() < give_up, f"It has not come true within {patience:.0f} seconds."
        pause.wait(0.05)
