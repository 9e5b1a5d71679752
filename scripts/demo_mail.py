"""A real mail server on loopback, to try Ansvar with real mail: `make demo-mail`.

Run it beside `make run`. It gives the IT desk of the demo organisation an inbox and Ansvar fetches
from it; what you type is sent by mail, and what the desk answers is shown here.
"""

import argparse
import os
import subprocess
import sys
import threading
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "realparts"))

from dovecot import HOST, PASSWORD, MailServer, program  # noqa: E402 - its folder comes first

DESK = "it@lindblom.example"
SENDER = "anna.ek@lindblom.example"
NAME = "Anna Ek"
LOOK_SECONDS = 1.0

SAMPLE_SUBJECT = "Cash desk 3 prints nothing"
SAMPLE_TEXT = """Hello,

cash desk 3 prints no receipts since this morning. The light on the printer is red.

Anna
"""
SAMPLE_HTML = """<p>Hello,</p><p>cash desk 3 prints <b>no receipts</b> since this morning.
The light on the printer is red.</p><p><i>Anna</i></p>"""


def main() -> None:
    """Start the server, connect the desk, and talk until told to stop."""
    options = _options()
    if program() is None:
        sys.exit("Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd")
    with MailServer() as server:
        for address in (DESK, SENDER):
            server.add_user(address)
        _say_where(server)
        is_connected = _connect(server, options.desk)
        over = threading.Event()
        watching = threading.Thread(target=_watch, args=[server, over])
        watching.start()
        try:
            if options.send:
                _send(server, SAMPLE_SUBJECT, SAMPLE_TEXT, is_sample=True)
            _talk(server)
        except (KeyboardInterrupt, EOFError):
            print()
        finally:
            over.set()
            watching.join()
            if is_connected:
                _manage(["connect_mailbox", DESK, "--off"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A mail server on loopback to try Ansvar with.")
    parser.add_argument("--send", action="store_true", help="send a sample mail at once")
    parser.add_argument("--desk", default="IT", help="letters of the desk that gets the inbox")
    return parser.parse_args()


def _say_where(server: MailServer) -> None:
    print(f"""
  Mail servers on {HOST}, for trying only; everything in them goes when this ends.
    IMAP  port {server.imap_port}, SMTP  port {server.smtp_port}, without TLS
    {DESK:32} password {PASSWORD}   the desk
    {SENDER:32} password {PASSWORD}   somebody who needs help
""")


def _connect(server: MailServer, desk: str) -> bool:
    """Connect the desk of a running Ansvar with the server; tell how to do it by hand if not."""
    settings = [
        f"--desk={desk}",
        f"--imap-host={HOST}",
        f"--imap-port={server.imap_port}",
        "--imap-security=none",
        f"--imap-user={DESK}",
        f"--smtp-host={HOST}",
        f"--smtp-port={server.smtp_port}",
        "--smtp-security=none",
        f"--smtp-user={DESK}",
        "--password-stdin",
    ]
    data = Path(os.environ.get("ANSVAR_DATA", ROOT / "data"))
    if not os.environ.get("DATABASE_URL") and not data.exists():
        print("  Ansvar has not run here yet: start `make run` first, then this again.\n")
        return False
    done = _manage(["connect_mailbox", DESK, *settings], password=PASSWORD)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        print(f"  The desk is not connected: {reason}")
        print("  Connect it on the administrators' page for mailboxes, with the values above.\n")
        return False
    print(f"  {DESK} belongs to the desk {desk} now; Ansvar fetches its mail within seconds.\n")
    return True


def _manage(arguments: list[str], *, password: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ansvar", "manage", *arguments],
        cwd=ROOT,
        input=f"{password}\n",
        capture_output=True,
        text=True,
        check=False,
    )


def _talk(server: MailServer) -> None:
    print("  Enter sends a sample mail; a line of your own is sent as a mail; `r <words>` answers")
    print("  the desk's last mail; Ctrl-C ends.\n")
    while True:
        typed = input().strip()
        if typed.startswith("r "):
            _answer(server, typed[2:])
        elif typed:
            _send(server, typed[:70], typed)
        else:
            _send(server, SAMPLE_SUBJECT, SAMPLE_TEXT, is_sample=True)


def _send(server: MailServer, subject: str, text: str, *, is_sample: bool = False) -> None:
    message = _mail(subject, text)
    if is_sample:
        message.add_alternative(SAMPLE_HTML, subtype="html")
        message.add_attachment("Error 17: paper jam\n", filename="printer.log")
    server.send(message.as_bytes(), sender=SENDER, to=DESK)
    print(f"→ {subject}")


def _answer(server: MailServer, text: str) -> None:
    mails = server.inbox(SENDER)
    if not mails:
        print("  The desk has not written yet.")
        return
    last = mails[-1]
    message = _mail(f"Re: {last['Subject'].removeprefix('Re: ')}", text)
    message["In-Reply-To"] = last["Message-ID"]
    message["References"] = f"{last['References'] or ''} {last['Message-ID']}".strip()
    server.send(message.as_bytes(), sender=SENDER, to=DESK)
    print(f"→ {message['Subject']}")


def _mail(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"{NAME} <{SENDER}>"
    message["To"] = DESK
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="lindblom.example")
    message["Date"] = formatdate()
    message.set_content(text)
    return message


def _watch(server: MailServer, over: threading.Event) -> None:
    """Show what arrives in the sender's inbox."""
    shown = 0
    while not over.wait(LOOK_SECONDS):
        for mail in server.inbox(SENDER)[shown:]:
            shown += 1
            body = mail.get_body(["plain"])
            words = body.get_content().strip() if body else ""
            print(f"\n← {mail['Subject']}\n  " + words.replace("\n", "\n  ") + "\n")


if __name__ == "__main__":
    main()
