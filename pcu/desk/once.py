"""One form shown, or one call under a key, makes one thing: a second click finds what the first has made.

A page puts `new_key()` into its form, the API takes the header Idempotency-Key. What is stored with the row is a digest
of that key, of the person and of what was said: a form sent again from the history of the browser with other words
makes another thing. The column is unique in the database wherever it is not empty.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from pcu.sql import fetch

LENGTH = 64
"""Characters of a stored digest."""
FIELD = "form_key"
"""The name of the hidden field."""


def new_key() -> str:
    """For a form that is shown."""
    return str(uuid.uuid4())


def digest_of(form_key: str, user_id: int, *said: Any) -> str:
    """What to store; "" without a key. said: values of JSON, days, moments, saved rows, and lists of them."""
    if not form_key:
        return ""
    text = json.dumps([form_key, user_id, *said], cls=_Encoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def made_before(rows: models.QuerySet[Any], digest: str) -> Any:
    """The row made under a digest, or None. Inside a transaction: who comes second waits for the first to end."""
    if not digest:
        return None
    fetch("SELECT pg_advisory_xact_lock(hashtextextended(%(digest)s, 0))", {"digest": digest})
    return rows.filter(once=digest).first()


def once_only(name: str) -> models.UniqueConstraint:
    """The constraint of a model with a column `once`."""
    return models.UniqueConstraint(fields=["once"], name=name, condition=~models.Q(once=""))


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            return [value._meta.label, value.pk]
        return super().default(value)
