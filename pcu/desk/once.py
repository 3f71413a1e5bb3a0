"""A form makes what it asks for once, however often it is sent.

The page puts a key into the form when it is shown (`{% once %}`); the row that is made keeps it, under a constraint of
the database, and a service that meets the key again answers with the row it made.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from django.http import QueryDict

FIELD = "once"


def key_of(post: QueryDict, part: object = "") -> UUID | None:
    """The key a form was sent with; None where it carries none. `part` tells apart what one form may make."""
    try:
        key = UUID(post.get(FIELD, ""))
    except ValueError:
        return None
    return uuid5(key, str(part)) if part else key
