"""Typing the own password again, in one's own session or on a machine somebody else signed in at.

A wrong one counts as a failed sign-in of that person, and the same lock-out holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pcu.accounts.models import User


class NotConfirmedError(Exception):
    """Not this person's password, or signing in is locked for a while. `code` is stable, `message` translated."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A person who has just typed the own password. Made by `confirm` alone."""

    user: User


def confirm(request: HttpRequest, user: User, password: str) -> Confirmed:
    """Raises NotConfirmedError. Call it outside a transaction: a refusal is counted whatever happens to the rest."""
    credentials = {"username": user.get_username(), "password": password.replace("\0", "")}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise NotConfirmedError("locked_out", _("Too many wrong passwords. Try again in a quarter of an hour."))
    if not password:
        raise NotConfirmedError("required", _("Type the password of %(name)s.") % {"name": user})
    found = authenticate(request, **credentials)
    # the person of the session is not who failed: the page answers, with what was typed, and not the lock-out
    request.axes_locked_out = False  # type: ignore[attr-defined]  # set by axes
    if found is None or found.pk != user.pk or not found.is_active:
        raise NotConfirmedError("wrong_password", _("This is not the password of %(name)s.") % {"name": user})
    return Confirmed(user)
