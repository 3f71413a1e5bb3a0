"""What of a lookout may be told to whom."""

from __future__ import annotations

from django import template

from pcu.accounts.models import User
from profiling.lookouts.models import Lookout
from profiling.lookouts.seeing import tells_why

register = template.Library()


@register.filter
def may_tell_why(lookout: Lookout, user: User) -> bool:
    """Whether reason and source of a lookout that the user sees are for the user as well."""
    return tells_why(lookout, user)
