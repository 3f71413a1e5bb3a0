"""Database functions that say of a party what `core.identity` says: expressions of its indexes."""

from __future__ import annotations

from django.db.models import CharField, Func


class PlainName(Func):
    """A name as `plain_name` makes it, as near as PostgreSQL can: candidates, to be compared once more."""

    template = "btrim(regexp_replace(lower(normalize(%(expressions)s, NFKC)), '[^[:alnum:]]+', ' ', 'g'))"
    output_field = CharField()


class NumberInKey(Func):
    """The tax number in the key of a party (the name, where it is known by name)."""

    template = "split_part(%(expressions)s, ':', 3)"
    output_field = CharField()
