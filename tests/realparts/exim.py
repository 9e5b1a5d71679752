"""A real mail transfer agent on loopback: Exim, which takes any mail and delivers it to Dovecot.

What Dovecot does not take comes back to its sender as Exim's own report.
"""

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

HOST = "127.0.0.1"
START_SECONDS = 20
_PLACES = ("/usr/sbin/exim4", "/usr/sbin/exim")

_CONFIG = """
exim_user = {user}
exim_group = {group}
spool_directory = {state}/spool
log_file_path = {state}/%slog
pid_file_path = {state}/exim.pid
primary_hostname = mx.corp.test
local_interfaces = {host}
daemon_smtp_ports = {port}
tls_advertise_hosts =
keep_environment =
acl_smtp_rcpt = taken
message_size_limit = 20M
rfc1413_query_timeout = 0s
recipient_unqualified_hosts =
begin acl
taken:
  accept
begin routers
all:
  driver = manualroute
  transport = dovecot
  route_list = * {host} byname
  self = send
begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts_override
  port = {lmtp}
begin retry
* * F,1h,1m
"""


def program() -> str | None:
    """Return where Exim is installed, or nothing."""
    found = shutil.which("exim4") or shutil.which("exim")
    return found or next((one for one in _PLACES if os.path.exists(one)), None)  # noqa: PTH110


class TransferAgent:
    """Exim in front of an LMTP server; everything goes when it stops."""

    def __init__(self, lmtp_port: int) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="ansvar-mta-"))
        self.lmtp_port = lmtp_port
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self._exim: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        found = program()
        assert found is not None, "Exim is not installed."
        user, group = _account()
        config = self.state / "exim.conf"
        config.write_text(
            _CONFIG.format(
                state=self.state,
                host=HOST,
                port=self.port,
                lmtp=self.lmtp_port,
                user=user,
                group=group,
            )
        )
        if os.getuid() == 0:
            shutil.chown(self.state, user, group)
        self._exim = subprocess.Popen(
            [found, "-bdf", "-q1m", "-C", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_until_it_answers()
        return self

    def __exit__(self, *_: object) -> None:
        if self._exim is not None:
            # Deliveries are processes of their own, in the same session.
            os.killpg(self._exim.pid, signal.SIGTERM)
            try:
                self._exim.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._exim.pid, signal.SIGKILL)
                self._exim.wait()
        shutil.rmtree(self.state, ignore_errors=True)

    @property
    def log(self) -> str:
        """What Exim has done, and why."""
        return "\n".join(one.read_text() for one in sorted(self.state.glob("*log")))

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                with socket.create_connection((HOST, self.port), timeout=5) as probe:
                    if probe.recv(3) == b"220":
                        return
            except OSError:
                pass
            ended = self._exim is not None and self._exim.poll() is not None
            if ended or time.monotonic() > give_up:
                said = self.log
                self.__exit__()
                raise RuntimeError(f"Exim does not answer: {said or 'nothing in its log'}")
            time.sleep(0.05)


def _account() -> tuple[str, str]:
    """Return user and group that Exim becomes: its own, or ours where nobody is root."""
    if os.getuid() == 0:
        return "Debian-exim", "Debian-exim"
    return getpass.getuser(), grp.getgrgid(pwd.getpwuid(os.getuid()).pw_gid).gr_name
