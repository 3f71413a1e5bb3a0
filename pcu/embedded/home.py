"""Where one set of embedded servers lives: files, sockets, the account it runs as, the lock of who uses it.

A home belongs to a folder of the checkout, ``var/<name>``. A normal user keeps everything there. PostgreSQL
refuses to run as root, and the account it then runs as (nobody) may be unable to reach the checkout, so for
root the servers' files lie in a folder of their own under /var/lib, tied to ``var/<name>`` by a mark in both:
delete ``var/`` and the next start begins afresh, as it does for a normal user.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pcu.embedded.errors import EmbeddedError

# 104 bytes on macOS, 108 on Linux, closing zero included; the longest name of ours is ".s.PGSQL.5432.lock".
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
_ROOT_STATE = Path("/var/lib/pcu-embedded")
# A record lock does not keep this very process from taking it twice.
_CLAIMED: set[Path] = set()


@dataclass(frozen=True)
class Account:
    """The user the servers run as: None when it is us, else a user for `subprocess.Popen` to change to."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_servers(cls) -> Account | None:
        if os.geteuid() != 0:
            return None
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedError(
                "PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as. "
                "Start as another user, or set DATABASE_URL and REDIS_URL."
            ) from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)


class Home:
    """One ``var/<name>``, claimed by one launcher or test run at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.account = Account.for_servers()
        key = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        self._state_root = _ROOT_STATE if self.account else None
        self.state = self.folder if self._state_root is None else self._state_root / key
        self.copies = None if self._state_root is None else self._state_root / "wheels"
        self.sockets = _short_temporary_folder() / f"pcu-{os.geteuid()}-{key}"
        self._lock: IO[str] | None = None

    def claim(self) -> bool:
        """Take the home for this process; False when another one holds it. Never waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.folder in _CLAIMED:
            return False
        lock = (self.folder / "lock").open("a")
        try:
            # A record lock, which children do not inherit: it is gone the moment the launcher is.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            lock.close()
            return False
        self._lock = lock
        _CLAIMED.add(self.folder)
        return True

    def release(self) -> None:
        """Give the home back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            _CLAIMED.discard(self.folder)

    def prepare_sockets(self) -> None:
        """Make the socket folder, or check that the one found there is ours and closed to others."""
        owner = self.account.uid if self.account else os.geteuid()
        try:
            self.sockets.mkdir(mode=0o700)
        except FileExistsError:
            found = self.sockets.lstat()
            if found.st_mode != stat.S_IFDIR | 0o700 or found.st_uid != owner:
                raise EmbeddedError(
                    f"{self.sockets} should be a folder of this program, closed to others, and is not. "
                    "Remove it and start again."
                ) from None
        else:
            self._give_to_servers(self.sockets)

    def is_forsaken(self) -> bool:
        """Whether the servers' files outlived the ``var/<name>`` they belong to (root only)."""
        if self._state_root is None or not self.state.exists():
            return False
        return _read(self.state / "mark") != _read(self.folder / "mark")

    def prepare_state(self) -> None:
        """Make the folder of the servers' files, tied to ours."""
        if self._state_root is None or self.state.exists():
            return
        self._state_root.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.state.mkdir(mode=0o700)
        mark = secrets.token_hex(16)
        (self.state / "mark").write_text(mark)
        (self.folder / "mark").write_text(mark)
        self._give_to_servers(self.state)

    def make_private_folder(self, name: str) -> Path:
        """Return a folder among the servers' files, owned by their account and closed to others."""
        folder = self.state / name
        if not folder.exists():
            folder.mkdir(mode=0o700)
            self._give_to_servers(folder)
        return folder

    def wipe(self) -> None:
        """Remove all the home holds except its lock, which we hold. The servers must be down."""
        if self._state_root is not None and self.state.exists():
            shutil.rmtree(self.state)
        shutil.rmtree(self.sockets, ignore_errors=True)
        for path in self.folder.iterdir():
            if path.name == "lock":
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _give_to_servers(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def claim_first_free(root: Path, name: str, at_most: int = 16) -> Home:
    """Claim ``root/name``, or ``root/name-2``, ``root/name-3``… when other runs hold the ones before."""
    for number in range(1, at_most + 1):
        home = Home(root / (name if number == 1 else f"{name}-{number}"))
        if home.claim():
            return home
    raise EmbeddedError(f"{at_most} runs already hold {root / name}. Wait for one to end.")


def _short_temporary_folder() -> Path:
    """Return the temporary folder, or /tmp where its name is too long for a socket or needs quoting."""
    folder = Path(tempfile.gettempdir())
    longest = len(os.fsencode(folder / "pcu-4294967295-0123456789ab"))
    if longest > _LONGEST_SOCKET_FOLDER or set(str(folder)) & set(" ,\"'"):
        return Path("/tmp")  # noqa: S108 - the one place on every machine; what is made in it is 0700 and checked
    return folder


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except FileNotFoundError:
        return None
