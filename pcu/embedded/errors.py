"""What went wrong with the embedded servers, in words for the person who typed the command."""

from __future__ import annotations


class EmbeddedError(Exception):
    """Something the person at the keyboard can act on; shown without a traceback."""
