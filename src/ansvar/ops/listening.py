"""Taking the address to listen on."""

import errno
import socket

from ansvar.ops.trouble import ConfigurationWrong, Trouble

_HIGHEST_PORT = 65_535


def address_in(text: str, setting: str) -> tuple[str, int]:
    """Read `PORT` or `HOST:PORT`; without a host it is this machine alone.

    Raises: ConfigurationWrong, naming the *setting*.
    """
    host, _colon, port = text.strip().rpartition(":")
    if not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise ConfigurationWrong(
            f"{setting} must be a port or an address with a port, such as 2424 or "
            f"127.0.0.1:2424, not {text!r}."
        )
    return host.strip("[]") or "127.0.0.1", int(port)


def bound_socket(
    host: str, port: int, *, option: str = "--port", variable: str = "ANSVAR_PORT"
) -> socket.socket:
    """Take the address before anything is started, so that a taken one is told at once.

    Raises: Trouble.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taking = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Without it a restart would wait for connections of the last run to fade away.
        taking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taking.bind((host, port))
        # Two servers may bind one address under that option, but only one may listen.
        taking.listen(2048)
    except OSError as error:
        taking.close()
        if error.errno == errno.EADDRINUSE:
            raise Trouble(
                f"Port {port} on {host} is taken by another program; "
                f"choose another with `{option} {port + 1}` or {variable}={port + 1}."
            ) from None
        raise Trouble(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return taking
