"""Mail handed to the product as mail servers do it: over LMTP, and to a program of its own."""

import os
import smtplib
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import product
from waiting import wait_until

from ansvar.ops.postgres import running as running_database

DESK = """
import sys
sys.path[:0] = sys.argv[1].split(":")
from ansvar.ops import startup
startup.load_django()
from mails import a_mail, a_mailbox
from builders import a_desk, a_team
from ansvar.conversations.models import InboundMail, Mailbox
if sys.argv[2] == "count":
    print(InboundMail.objects.count())
else:
    desk = a_desk()
    a_team(desk, is_default=True)
    a_mailbox(desk, address="it@corp.test", entrance="handed", imap_host="", largest_mb=1)
"""
MAIL = "From: anna@example.com\nTo: it@corp.test\nSubject: Printer\n\nNothing comes out.\n"


def script(data: Path, order: str) -> str:
    support = ":".join(one for one in sys.path if one.endswith(("tests/support", "realparts")))
    return subprocess.run(
        [sys.executable, "-c", DESK, support, order],
        env=product.environment(data),
        cwd=tempfile.gettempdir(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_mail_server_hands_mail_over_and_hears_what_became_of_it(used_data: Path):
    port = product.free_port()
    with running_database(used_data):
        script(used_data, "make")
        entrance = subprocess.Popen(
            [sys.executable, "-m", "ansvar", "receive", "--lmtp", str(port)],
            env=product.environment(used_data),
            cwd=tempfile.gettempdir(),
            stdout=subprocess.DEVNULL,
        )
        try:
            codes = [
                product.ansvar(used_data, "mail", "pipe", *given, stdin=mail).returncode
                for given, mail in (
                    (("--mailbox", "it@corp.test"), MAIL),
                    (("--mailbox", "it@corp.test"), "\n"),
                    (("--mailbox", "nobody@corp.test"), MAIL),
                )
            ]
            wait_until(lambda: answers(port))
            with smtplib.LMTP("127.0.0.1", port) as client:
                assert client.sendmail("anna@example.com", ["it+t1@corp.test"], MAIL) == {}
        finally:
            entrance.terminate()
            entrance.wait()
        assert codes == [os.EX_OK, os.EX_DATAERR, os.EX_NOUSER]
        assert script(used_data, "count") == "2"


def test_without_a_database_a_piped_mail_is_to_come_again(data: Path):
    away = f"postgresql://desk@127.0.0.1:{product.free_port()}/desk"
    ended = product.ansvar(data, "mail", "pipe", stdin=MAIL, DATABASE_URL=away)
    assert ended.returncode == os.EX_TEMPFAIL
    assert "DATABASE_URL" in ended.stderr
