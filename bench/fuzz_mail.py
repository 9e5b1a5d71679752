"""Read thousands of broken mails and report time and memory: `python bench/fuzz_mail.py [FOLDER]`.

The mails are made from the fixtures below and, when a folder is given, from its files: bytes are
changed, pieces left out, repeated, nested and joined. The seed makes a run repeatable.
"""

import argparse
import random
import resource
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

settings.configure(USE_I18N=False)

from ansvar.conversations.parsing import Unreadable, read_mail  # noqa: E402  # needs the settings

DAMAGES = ("bit", "gap", "echo", "end", "joined", "nested", "fields", "byte", "byte")
SLOWEST_SECONDS = 5.0
MOST_GROWTH_MB = 60
LARGEST_SAMPLE = 300_000
WARM_UP = 1_000
BITS = [
    b"\0", b"\r\n", b"\r\n\r\n", b'"', b"(", b";", b"<", b"--", b"=?utf-8?B?", b"\xff\xfe", b"=\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"begin 644 a\r\n", b"\x78\x9f\x3e\x22", b"\x30\x80",
    b"BEGIN:VEVENT\r\n", b"<div>", b"> ", b"From: x@y.test\r\n", b"Subject: =?koi8-r?Q?=C0?=\r\n",
]  # fmt: skip


def own_samples() -> list[bytes]:
    """Return mails of many kinds."""
    plain, rich, full = EmailMessage(), EmailMessage(), EmailMessage()
    for number, message in enumerate((plain, rich, full)):
        message["From"] = f'"Berg, Åsa" <asa{number}@example.com>'
        message["To"] = "IT <it@corp.test>, hr@corp.test"
        message["Subject"] = "Skrivaren är trasig, Принтер"
        message["Message-ID"] = f"<{number}@example.com>"
        message.set_content("Hej,\n\nden skriver inte ut.\n\n> Fungerar den?\n\n-- \nÅsa\n" * 5)
    rich.add_alternative("<p>Hej<br>hopp <img src='cid:a'></p>" * 30, subtype="html")
    full.add_attachment(b"%PDF" * 500, maintype="application", subtype="pdf", filename="ö.pdf")
    full.add_attachment(plain)
    calendar = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nDTSTART:20250203T100000Z\r\n"
    full.add_attachment(
        calendar + b"SUMMARY:Fika\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        maintype="text", subtype="calendar", filename="i.ics",
    )  # fmt: skip
    tnef = b"\x78\x9f\x3e\x22\x01\x00\x01\x0c\x80\x07\x00\x04\x00\x00\x00Hej\0\0\0"
    full.add_attachment(tnef, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return [plain.as_bytes(), rich.as_bytes(), full.as_bytes()]


def broken(samples: list[bytes], chance: random.Random) -> bytes:
    """Return one of the samples, damaged."""
    mail = bytearray(chance.choice(samples))
    for _ in range(chance.randrange(1, 30)):
        at, length = chance.randrange(len(mail) + 1), chance.randrange(1, 400)
        damage = chance.choice(DAMAGES)
        if damage == "bit":
            mail[at:at] = chance.choice(BITS) * chance.choice((1, 1, 1, 30, 3_000))
        elif damage == "gap":
            del mail[at : at + length]
        elif damage == "echo":
            mail[at:at] = mail[at : at + length] * chance.randrange(1, 20)
        elif damage == "end":
            del mail[at + 200 :]
        elif damage == "joined":
            mail += chance.choice(samples)
        elif damage == "nested":
            mail[:0] = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        elif damage == "fields":
            mail[:0] = b"From: a@b.test\r\n" * chance.randrange(1, 500)
        elif at < len(mail):
            mail[at] = chance.randrange(256)
    return bytes(mail[: 4 * LARGEST_SAMPLE])


def memory_mb() -> float:
    """Return what the program holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    """Read the mails; anything but a mail or a refusal in words is an error."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    samples = own_samples()
    if given.folder:
        files = sorted(path for path in given.folder.rglob("*") if path.is_file())
        samples += [path.read_bytes()[:LARGEST_SAMPLE] for path in files]
    chance = random.Random(given.seed)
    refused, errors, took, begun, held = 0, 0, [], time.monotonic(), 0.0
    for number in range(given.count):
        if number == min(WARM_UP, given.count // 2):
            held = memory_mb()
        raw = broken(samples, chance)
        start = time.process_time()
        try:
            read_mail(raw)
        except Unreadable as refusal:
            refused += 1
            if refusal.__cause__ is not None:
                errors += 1
                print(f"mail {number}: {refusal.__cause__!r}")
        took.append(time.process_time() - start)
    grown = memory_mb() - held
    took.sort()
    print(f"{given.count} mails of {len(samples)} samples in {time.monotonic() - begun:.0f} s")
    print(f"refused {refused}, by an error nobody foresaw {errors}")
    print(
        f"time: median {took[len(took) // 2] * 1000:.1f} ms, 99 of 100 under "
        f"{took[len(took) * 99 // 100] * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms"
    )
    print(f"memory: {held:.0f} MB after warming up, {grown:+.0f} MB at the end")
    return int(errors > 0 or grown > MOST_GROWTH_MB or took[-1] > SLOWEST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
