"""What a desk has to have before it can be tried: run as a program, it makes that.

Somebody who works there and somebody who asks, a mailbox, a program's token; printed as JSON.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

PASSWORD = "Correct-Horse-7"
MAILBOX = "it@corp.test"


def make_world(environment: Mapping[str, str]) -> dict[str, Any]:
    """Give an empty database such a desk, and return how to reach it."""
    folders = [one for one in sys.path if one.endswith(("tests/support", "tests/realparts"))]
    program = f"import sys; sys.path[:0] = {folders}; import small_world; small_world.make()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=dict(environment), cwd=tempfile.gettempdir(), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def make() -> None:
    """Make it in the database that the environment names."""
    from ansvar.ops import startup  # noqa: PLC0415 - loads Django, in the program only

    with startup.ready():
        from builders import (  # noqa: PLC0415 - as above
            a_desk,
            a_person,
            a_team,
            acting,
            an_agent,
            somebody_with,
        )  # fmt: skip
        from mails import a_mailbox  # noqa: PLC0415 - as above

        from ansvar.access.commands import make_token, set_password  # noqa: PLC0415 - as above
        from ansvar.access.decisions import Role  # noqa: PLC0415 - as above
        from ansvar.kernel.actor import SYSTEM  # noqa: PLC0415 - as above

        desk = a_desk(name="IT", prefix="IT")
        team = a_team(desk, is_default=True)
        elin = an_agent(team=team, login="elin", name="Elin")
        petra = somebody_with(Role.SUPERVISOR, desk, login="petra", name="Petra")
        for person in (elin, petra):
            set_password(person.pk, PASSWORD, by=SYSTEM)
        a_mailbox(desk, address=MAILBOX, entrance="handed", imap_host="")
        requester = a_person(name="Anna", email="anna@example.com")
        tokens = {
            name: make_token(person.pk, title="load", by=acting(person))[1]
            for name, person in (("token", elin), ("supervisor", petra))
        }
        json.dump({"desk": desk.pk, "requester": requester.pk, **tokens}, sys.stdout)
