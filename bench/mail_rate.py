"""How fast mail becomes tickets: fetched by IMAP from a real Dovecot, to committed rows.

What one mail costs that is handed over by LMTP, `ansvar bench --only mail` tells.

Fills an inbox, starts the product and watches the rows come:

    python bench/mail_rate.py                     one process for everything (`ansvar serve`)
    python bench/mail_rate.py --apart             `ansvar receive` and `ansvar worker` by themselves
    python bench/mail_rate.py --profile           where the time of reading goes, in this process

Budget on two cores: 60 mails a second from the mail server to committed tickets.
"""

import argparse
import collections
import contextlib
import cProfile
import os
import pstats
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "realparts"), str(ROOT / "tests" / "support")]

from aiosmtpd.controller import Controller  # noqa: E402 - the path comes first
from dovecot import HOST, PASSWORD, MailServer  # noqa: E402 - as above
from product import environment, free_port, tree_of  # noqa: E402 - as above

BUDGET = 60
ADDRESS = "it@corp.test"
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 600


def main() -> None:
    """Measure as asked and print the figures."""
    options = _options()
    with _house(options) as data:
        if options.profile:
            _profile(options)
        else:
            _measure(options, data)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--mailboxes", type=int, default=1)
    parser.add_argument("--apart", action="store_true", help="receiver and worker by themselves")
    parser.add_argument("--workers", type=int, default=1, help="with --apart")
    parser.add_argument("--profile", action="store_true", help="statements and functions")
    parser.add_argument("--seed", type=int, default=3)
    return parser.parse_args()


def mails(count: int, seed: int) -> Iterator[bytes]:
    """Yield the mails that `ansvar bench` hands over as well."""
    from ansvar.ops.bench.letters import letters  # noqa: PLC0415 - the path comes first

    senders = [f"person{number}@customer.test" for number in range(count // 4 + 1)]
    return letters(count, to=ADDRESS, senders=senders, seed=str(seed))


@contextlib.contextmanager
def _house(options: argparse.Namespace) -> Iterator[Path]:
    """Give a mail server with a full inbox and an Ansvar with a desk whose mail it is."""
    parent = Path(tempfile.mkdtemp(prefix="ansvar-bench-"))
    parent.chmod(0o711)
    for name in [name for name in os.environ if name.startswith("ANSVAR_")]:
        del os.environ[name]
    os.environ["ANSVAR_DATA"] = str(parent / "data")
    from ansvar.ops import place, startup  # noqa: PLC0415 - reads the environment

    sink = Controller(_Sink(), hostname=HOST, port=free_port())
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, parent, ignore_errors=True)
        stack.callback(
            lambda: shutil.rmtree(place.locate(parent / "data").root, ignore_errors=True)
        )
        server = stack.enter_context(MailServer())
        sink.start()
        stack.callback(sink.stop)
        loaded = startup.load_django()
        stack.enter_context(startup.database_running(loaded))
        startup.migrate()
        addresses = [f"{number}.{ADDRESS}" for number in range(options.mailboxes)]
        _furnish(server, addresses, sink.port)
        _fill(server, addresses, options)
        yield parent / "data"


class _Sink:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - the library's name
        return "250 taken"


def _furnish(server: MailServer, addresses: list[str], smtp_port: int) -> None:
    from builders import a_desk, a_team  # noqa: PLC0415 - needs Django set up

    from ansvar.conversations.commands import create_mailbox  # noqa: PLC0415 - as above
    from ansvar.kernel.actor import SYSTEM  # noqa: PLC0415 - as above

    desk = a_desk()
    a_team(desk, is_default=True)
    for address in addresses:
        server.add_user(address)
        create_mailbox(
            desk=desk,
            by=SYSTEM,
            address=address,
            imap_host=HOST,
            imap_port=server.imap_port,
            imap_security="none",
            imap_user=address,
            imap_password=PASSWORD,
            smtp_host=HOST,
            smtp_port=smtp_port,
            smtp_security="none",
            is_active=False,
        )


def _fill(server: MailServer, addresses: list[str], options: argparse.Namespace) -> None:
    size = 0
    with smtplib.LMTP(HOST, server.lmtp_port) as lmtp:
        for number, raw in enumerate(mails(options.mails, options.seed)):
            size += len(raw)
            lmtp.sendmail("somebody@customer.test", [addresses[number % len(addresses)]], raw)
    print(f"{options.mails} mails, {size / 1e6:.0f} MB, in {len(addresses)} inboxes")


def _measure(options: argparse.Namespace, data: Path) -> None:
    from ansvar.conversations.models import InboundMail, Mailbox  # noqa: PLC0415 - needs Django

    orders = [["serve", "--port", str(free_port())]]
    if options.apart:
        orders = [["receive"], *[["worker"]] * options.workers]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "ansvar", *order],
            env=environment(data),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        for order in orders
    ]
    try:
        # Idle, as a product is when mail comes.
        time.sleep(8)
        before = _processor_seconds()
        Mailbox.objects.update(is_active=True)
        seen: list[tuple[float, int, int]] = []
        waiting = InboundMail.State.STORED
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not seen or seen[-1][2] < options.mails:
            assert time.monotonic() < give_up, seen[-1]
            stored = InboundMail.objects.count()
            read = InboundMail.objects.exclude(state=waiting).count()
            if stored:
                seen.append((time.monotonic(), stored, read))
            time.sleep(LOOK_SECONDS)
        spent = _processor_seconds()
        _report(options, seen, {name: spent[name] - before[name] for name in spent})
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _report(
    options: argparse.Namespace, seen: list[tuple[float, int, int]], spent: dict[str, float]
) -> None:
    from django.db.models import Count  # noqa: PLC0415 - needs Django set up

    from ansvar.conversations.models import InboundMail, OutboundMail  # noqa: PLC0415 - as above
    from ansvar.tickets.models import Ticket  # noqa: PLC0415 - as above

    begun = seen[0][0]
    all_stored = next(at for at, stored, _read in seen if stored >= options.mails)
    all_read = seen[-1][0]
    becoming = InboundMail.objects.values_list("state").annotate(Count("pk")).order_by("state")
    print(f"became: {dict(becoming)}; tickets: {Ticket.objects.count()}")
    print(f"acknowledgements sent meanwhile: {OutboundMail.objects.filter(state='sent').count()}")
    print(f"stored:    {(options.mails - seen[0][1]) / max(all_stored - begun, 0.01):8.1f} mails/s")
    rate = options.mails / (all_read - begun)
    print(f"committed: {rate:8.1f} mails/s   (budget {BUDGET})")
    shares = ", ".join(f"{name} {1000 * cpu / options.mails:.1f}" for name, cpu in spent.items())
    print(f"processor, ms a mail: {shares}")


def _processor_seconds() -> dict[str, float]:
    """Return what has been used so far: by the product, its database, and the mail server."""
    ticks = os.sysconf("SC_CLK_TCK")
    spent = collections.Counter({"product": 0.0, "database": 0.0, "mail server": 0.0})
    pids = [pid for pid in tree_of(os.getpid()) if pid != os.getpid()]
    for pid in pids:
        with contextlib.suppress(OSError):
            said = Path(f"/proc/{pid}/stat").read_text()
            name = said[said.index("(") + 1 : said.rindex(")")]
            fields = said[said.rindex(")") + 2 :].split()
            # With its own ended children: Dovecot has a process for each connection.
            used = sum(int(fields[one]) for one in (11, 12, 13, 14)) / ticks
            own = sum(int(fields[one]) for one in (11, 12)) / ticks
            if "postgres" in name:
                spent["database"] += own
            elif name.startswith(("python", "ansvar")):
                spent["product"] += own
            else:
                spent["mail server"] += used if name == "dovecot" else own
    return dict(spent)


def _profile(options: argparse.Namespace) -> None:
    """Store and read all mails in this process, counting statements and functions."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    from ansvar.conversations.commands import Arrival, keep_mails, read_inbound  # noqa: PLC0415
    from ansvar.conversations.models import InboundMail, Mailbox  # noqa: PLC0415 - as above

    mailbox = Mailbox.objects.earliest("pk")
    arrivals = [
        Arrival(raw=raw, uid=number)
        for number, raw in enumerate(mails(options.mails, options.seed), start=1)
    ]
    begun = time.perf_counter()
    for start in range(0, len(arrivals), 50):
        keep_mails(mailbox.pk, arrivals[start : start + 50], uid_validity=1)
    print(f"stored:    {options.mails / (time.perf_counter() - begun):8.1f} mails/s")
    counted: collections.Counter[str] = collections.Counter()
    seconds: collections.Counter[str] = collections.Counter()

    def watch(execute: Any, sql: str, *more: Any) -> Any:
        at = time.perf_counter()
        try:
            return execute(sql, *more)
        finally:
            shape = _shape(sql)
            counted[shape] += 1
            seconds[shape] += time.perf_counter() - at

    ids = list(InboundMail.objects.order_by("pk").values_list("pk", flat=True))
    half = len(ids) // 2
    begun, used = time.perf_counter(), time.process_time()
    for pk in ids[:half]:
        read_inbound(pk)
    used = time.process_time() - used
    print(f"read:      {half / (time.perf_counter() - begun):8.1f} mails/s, unwatched")
    print(f"processor: {1000 * used / half:.1f} ms a mail in Python, without the database")
    profiler = cProfile.Profile()
    with connection.execute_wrapper(watch):
        profiler.enable()
        for pk in ids[half:]:
            read_inbound(pk)
        profiler.disable()
    rest = len(ids) - half
    print(f"statements a mail: {sum(counted.values()) / rest:.1f}")
    print(f"in statements: {1000 * sum(seconds.values()) / rest:.1f} ms a mail")
    for shape, spent in seconds.most_common(30):
        print(f"{1000 * spent / rest:7.2f} ms {counted[shape] / rest:6.2f} x  {shape[:150]}")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    pstats.Stats(profiler).sort_stats("cumtime").print_stats("ansvar|tickets|people", 40)


def _shape(sql: str) -> str:
    words = sql.replace('"', "").split()
    if words[0] == "SELECT" and "FROM" in words:
        at = words.index("FROM")
        words = ["SELECT", "…", *words[at:]]
    return " ".join(words)


if __name__ == "__main__":
    main()
