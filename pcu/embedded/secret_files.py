"""Secrets of a demo installation: made once, kept in files only their owner reads, named by the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

# Settings read NAME_FILE where NAME is not set (django-environ, FileAwareEnv).
_FILES = {"SECRET_KEY": "secret_key", "PCU_SAMPLE_SEED": "sample_seed"}


def secret_file_variables(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return NAME_FILE for each secret the environment lacks, its file made where there is none."""
    variables = {}
    for name, file_name in _FILES.items():
        if name not in environment and f"{name}_FILE" not in environment:
            path = folder / file_name
            if not path.exists():
                _write_secret(path)
            variables[f"{name}_FILE"] = str(path)
    return variables


def _write_secret(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
