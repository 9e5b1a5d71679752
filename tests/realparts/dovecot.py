"""A real mail server on loopback: Dovecot for IMAP and LMTP, and an SMTP server in front of it.

What is sent by SMTP lies in the recipient's inbox when the sender hears "250". Used by tests and,
for a person to try the product with, by `make demo-mail`.
"""

import asyncio
import base64
import contextlib
import getpass
import logging
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import tokens
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imap_tools.mailbox import MailBoxUnencrypted

HOST = "127.0.0.1"
PASSWORD = "mail"
START_SECONDS = 20
_PLACES = ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/usr/bin/dovecot")

_CONFIG = """
base_dir = {state}/run
log_path = {state}/dovecot.log
protocols = imap lmtp
listen = {host}
ssl = yes
ssl_cert = <{state}/cert.pem
ssl_key = <{state}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{state}/mail/%u
mail_uid = {owner}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {internal_group}
mail_max_userip_connections = 100
imap_idle_notify_interval = 29 mins
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {state}/oauth2.conf.ext
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN {state}/users/%u
}}
userdb {{
  driver = passwd-file
  args = {state}/users/%u
  default_fields = uid={owner} gid={group} home={state}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = {host}
    port = {imap}
  }}
  inet_listener imaps {{
    address = {host}
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = {host}
    port = {lmtp}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

_TOKENS = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={state}/keys/
username_attribute = email
client_id = {client}
"""


def program() -> str | None:
    """Return where Dovecot is installed, or nothing."""
    return shutil.which("dovecot") or next((one for one in _PLACES if os.path.exists(one)), None)  # noqa: PTH110


# It warns of what its own parts do.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class MailServer:
    """Dovecot with its users, and SMTP in front of it; everything goes when it stops."""

    def __init__(self) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="ansvar-mail-"))
        self.imap_port, self.imaps_port, self.lmtp_port, self.smtp_port = _free_ports(4)
        self.users: dict[str, str] = {}
        self.certificate = self.state / "cert.pem"
        self._dovecot: subprocess.Popen[bytes] | None = None
        self._smtp: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start both servers and return when they answer."""
        found = program()
        assert found is not None, "Dovecot is not installed."
        self.state.chmod(0o711)
        for folder in ("run", "mail", "users"):
            (self.state / folder).mkdir()
        _write_token_key(self.state)
        _write_certificate(self.state)
        owner, group, internal, internal_group, login = _accounts()
        if os.getuid() == 0:
            shutil.chown(self.state / "mail", owner, group)
        config = _CONFIG.format(
            state=self.state,
            host=HOST,
            imap=self.imap_port,
            imaps=self.imaps_port,
            lmtp=self.lmtp_port,
            owner=owner,
            group=group,
            internal=internal,
            internal_group=internal_group,
            login=login,
        )
        (self.state / "dovecot.conf").write_text(config)
        self._dovecot = subprocess.Popen(
            [found, "-F", "-c", str(self.state / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_until_it_answers()
        self.start_smtp()

    def stop(self) -> None:
        """Stop both servers and remove all mail."""
        self.stop_smtp()
        if self._dovecot is not None:
            self._dovecot.terminate()
            try:
                self._dovecot.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self._dovecot.kill()
                self._dovecot.wait()
            self._dovecot = None
        shutil.rmtree(self.state, ignore_errors=True)

    def start_smtp(self) -> None:
        """Take mail on the SMTP port, the same one as before."""
        self._smtp = Controller(
            _ToLmtp(self.lmtp_port),
            hostname=HOST,
            port=self.smtp_port,
            authenticator=self._is_known,
            auth_require_tls=False,
        )
        self._smtp.start()

    def stop_smtp(self) -> None:
        """Refuse connections on the SMTP port."""
        if self._smtp is not None:
            self._smtp.stop()
            self._smtp = None

    @contextlib.contextmanager
    def smtp_down(self) -> Iterator[None]:
        """Have no SMTP server for the block."""
        self.stop_smtp()
        try:
            yield
        finally:
            self.start_smtp()

    def add_user(self, address: str, password: str = PASSWORD) -> str:
        """Give somebody an inbox."""
        self.users[address] = password
        # A file each: one file for all is looked at only once a second.
        (self.state / "users" / address).write_text(f"{address}:{password}::::::\n")
        return address

    def deliver(self, to: str, raw: bytes, *, sender: str = "somebody@example.com") -> None:
        """Put a mail into an inbox, as the last mail server on its way does."""
        with smtplib.LMTP(HOST, self.lmtp_port) as server:
            refused = server.sendmail(sender, [to], raw)
        assert not refused, refused

    def send(self, raw: bytes, *, sender: str, to: str) -> None:
        """Send a mail as a mail program does."""
        wire = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        with smtplib.SMTP(HOST, self.smtp_port) as server:
            server.sendmail(sender, [to], wire)

    def inbox(self, address: str) -> list[EmailMessage]:
        """Return the mails in an inbox, oldest first."""
        with self._box(address) as box:
            found = []
            for uid in box.uids("ALL"):
                _status, answer = box.client.uid("fetch", uid, "(BODY.PEEK[])")
                raw: bytes = answer[0][1]
                found.append(message_from_bytes(raw, policy=policy.default))
            return found

    def flags(self, address: str) -> list[tuple[str, ...]]:
        """Return the flags of the mails in an inbox, oldest first."""
        with self._box(address) as box:
            return [mail.flags for mail in box.fetch(mark_seen=False, headers_only=True)]

    def threads(self, address: str) -> str:
        """Return how the server groups an inbox into conversations: `(1 2)(3)`."""
        with self._box(address) as box:
            _status, answer = box.client.thread("REFERENCES", "UTF-8", "ALL")
            grouped: bytes = answer[0]
            return grouped.decode()

    def close_connections(self, address: str) -> None:
        """Throw out all IMAP connections of a user, as a server that restarts does."""
        found = shutil.which("doveadm") or "/usr/bin/doveadm"
        config = str(self.state / "dovecot.conf")
        subprocess.run([found, "-c", config, "kick", address], check=False, capture_output=True)

    def _box(self, address: str) -> MailBoxUnencrypted:
        box = MailBoxUnencrypted(HOST, self.imap_port, timeout=START_SECONDS)
        return box.login(address, self.users[address])

    def _is_known(self, *asked: Any) -> AuthResult:
        given = asked[-1]
        ok = (
            isinstance(given, LoginPassword)
            and self.users.get(given.login.decode()) == given.password.decode()
        )
        # Not handled: the refusal itself is said by the server.
        return AuthResult(success=ok, handled=False)

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                with socket.create_connection((HOST, self.imap_port), timeout=5) as probe:
                    if probe.recv(4) == b"* OK":
                        return
            except OSError:
                pass
            ended = self._dovecot is not None and self._dovecot.poll() is not None
            if ended or time.monotonic() > give_up:
                log = self.state / "dovecot.log"
                said = log.read_text() if log.exists() else "nothing in its log"
                self.stop()
                raise RuntimeError(f"Dovecot does not answer: {said}")
            time.sleep(0.05)


class _ToLmtp:
    """Hands every mail that comes by SMTP to Dovecot before it says yes."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def auth_XOAUTH2(self, server: Any, asked: list[str]) -> AuthResult:  # noqa: N802
        """Take a token as Google and Microsoft do: a refusal is explained before it is said."""
        said = base64.b64decode(asked[1]).decode().split("\1")
        user, token = said[0].removeprefix("user="), said[1].removeprefix("auth=Bearer ")
        if tokens.address_in(token) == user:
            return AuthResult(success=True, auth_data=user)
        await server.challenge_auth(b'{"status":"400"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        try:
            await asyncio.to_thread(self._deliver, envelope)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return f"{code} {said.decode()}"
        except (OSError, smtplib.SMTPException) as error:
            return f"451 {error}"
        return "250 delivered"

    def _deliver(self, envelope: Any) -> None:
        with smtplib.LMTP(HOST, self._port) as server:
            server.sendmail(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)


def _accounts() -> tuple[str, str, str, str, str]:
    """Return owner and group of the mail, and Dovecot's own user, group and log-in user."""
    if os.getuid() == 0:
        return "nobody", "nogroup", "dovecot", "dovecot", "dovenull"
    me = getpass.getuser()
    group = str(pwd.getpwnam(me).pw_gid)
    return me, group, me, group, me


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on just now, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


def _write_token_key(state: Path) -> None:
    folder = state / "keys" / tokens.CLIENT / "HS256"
    folder.mkdir(parents=True)
    (folder / "default").write_bytes(base64.b64encode(tokens.KEY))
    said = _TOKENS.format(state=state, client=tokens.CLIENT)
    (state / "oauth2.conf.ext").write_text(said)


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
