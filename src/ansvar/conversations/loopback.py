"""Which names mean this very machine."""

import contextlib
import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine by its name alone, whatever a name server says."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower().rstrip(".") == "localhost"
