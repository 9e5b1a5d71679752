"""Running the product as another user of the machine; only root can."""

import pwd
import subprocess
import sys
from pathlib import Path

from ansvar.ops import place
from realparts import missing

_SOURCE = Path(place.__file__).parents[2]


def run_as(name: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with *arguments* as the user *name*, with the packages of this run."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    # The Python of the tests may lie in a home folder that nobody else may enter.
    for python in (sys.executable, f"/usr/bin/python{version}"):
        if _run(python, name, "-c", "import ansvar.ops.postgres", PATH="/usr/bin:/bin"):
            done = _run(python, name, *arguments, **environment)
            assert done is not None
            return done
    return missing(f"Python {version} for the user {name}")


def _run(
    python: str, name: str, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str] | None":
    user = pwd.getpwnam(name)
    try:
        done = subprocess.run(
            [python, *arguments],
            env={"PYTHONPATH": ":".join([str(_SOURCE), *sys.path]), **environment},
            cwd="/",
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            input="",
            capture_output=True,
            text=True,
            check=False,
        )
    except (PermissionError, FileNotFoundError):
        return None
    return None if "ModuleNotFoundError" in done.stderr else done
