"""Taking the address to listen on."""

import errno
import socket

from ansvar.ops.trouble import Trouble


def bound_socket(host: str, port: int) -> socket.socket:
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
                f"choose another with `--port {port + 1}` or ANSVAR_PORT={port + 1}."
            ) from None
        raise Trouble(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return taking
