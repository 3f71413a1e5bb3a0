"""Starting a server in a session of its own: a terminal's Ctrl-C reaches the launcher, not the server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pcu.embedded.home import Account


def spawn(arguments: Sequence[str], *, account: Account | None, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a program detached, as `account` where one is given, in `folder`, its output added to `log`."""
    environment = {
        # Nothing of the person's shell belongs there: PGDATA, PGOPTIONS or LD_* would change the server.
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - programs of our own wheels
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
