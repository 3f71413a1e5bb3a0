"""`load_rows()`: the one way in which manifests become rows, by COPY.

A `Rows` collects rows of one model. Ids come in blocks from the table's own sequence and are known at once, so
that rows of a chunk can point at each other before anything is written; `ref` and defaults are filled here.
Text that does not fit its column is cut and numbers that do not fit are left out, and both are told through
`on_misfit`, so that one odd bill never loses a chunk; the bytes as sent stay in the store.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from pcu.arrays import array_text

ID_BLOCK = 500
MOST_IDS = 4000  # asked for at once: what is left over is never used, so blocks grow only with what is written

# COPY text format: backslash, and the characters that end a column or a row (PostgreSQL, "COPY", text format).
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": None})
NULL = "\\N"
# An escaped backslash is passed over, or what stands behind it would be taken for an escape.
_JSON_NULL = re.compile(r"(\\\\)|\\u0000")
_EMPTY: dict[type, str] = {list: "[]", tuple: "[]", dict: "{}"}
_AS_JSON = DjangoJSONEncoder(ensure_ascii=False).encode
# What orjson would write in another way than Django's encoder is left to that one.
_PLAIN_ONLY = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS

Misfit = Callable[[str, str], None]
Encoder = Callable[[Any], str]


def _ignore(column: str, value: str) -> None:
    """For rows whose values were made here and fit by construction."""


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """A block of ids from the sequence of the model's table."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        # The sequence is looked up once and not for every id.
        cursor.execute(
            "WITH s AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence) "
            "SELECT nextval(s.sequence) FROM s, generate_series(1, %s)",
            [f'"{table}"', "id", count],
        )
        return [pk for (pk,) in cursor.fetchall()]


class Rows:
    """Rows of one model on their way into its table."""

    def __init__(self, model: type[models.Model], on_misfit: Misfit = _ignore) -> None:
        self.model = model
        self.on_misfit = on_misfit
        self._fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        # Per column its place in the line and how its values are written; `_blank` is a line without values.
        self._columns: dict[str, tuple[int, Encoder]] = {}
        self._blank = [""]
        self._made: list[tuple[str, Callable[[], str]]] = []  # columns whose default is another for every row
        for place, field in enumerate(self._fields, start=1):
            encode = _encoder(field, self._misfit)
            self._columns[field.attname] = place, encode
            blank = _blank(field, encode)
            self._blank.append(blank if isinstance(blank, str) else "")
            if not isinstance(blank, str):
                self._made.append((field.attname, blank))
        self._ids: list[int] = []
        self._block = ID_BLOCK
        self._lines: list[str] = []

    def _misfit(self, column: str, value: str) -> None:
        self.on_misfit(column, value)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, pk: int | None = None, **values: Any) -> int:
        """Take one row; columns left out get their default. Returns its id."""
        pk = self.new_id() if pk is None else pk
        cells = self._blank.copy()
        cells[0] = str(pk)
        columns = self._columns
        try:
            for name, value in values.items():
                place, encode = columns[name]
                cells[place] = NULL if value is None else encode(value)
        except KeyError:
            if values.keys() <= columns.keys():
                raise
            raise TypeError(
                f"{self.model.__name__} has no column {', '.join(values.keys() - columns.keys())}"
            ) from None
        for name, make in self._made:
            if name not in values:
                cells[self._columns[name][0]] = make()
        self._lines.append("\t".join(cells))
        return pk

    def new_id(self) -> int:
        """An id for a row to be added later."""
        if not self._ids:
            self._ids = next_ids(self.model, self._block)[::-1]
            self._block = min(2 * self._block, MOST_IDS)
        return self._ids.pop()

    def write(self) -> int:
        """COPY what was collected, and forget it. Returns how many rows."""
        count = len(self._lines)
        if count:
            quoted = ", ".join(connection.ops.quote_name(str(f.column)) for f in (self.model._meta.pk, *self._fields))
            table = connection.ops.quote_name(self.model._meta.db_table)
            self._lines.append("")
            with connection.cursor() as cursor:
                cursor.cursor.copy_expert(
                    f"COPY {table} ({quoted}) FROM STDIN",  # names come from the model, values from the stream
                    io.StringIO("\n".join(self._lines)),
                )
            self._lines = []
        return count


def load_rows(batches: Iterable[Rows]) -> dict[str, int]:
    """Write the batches in the order given. Returns rows by model name. Runs in the caller's transaction."""
    return {rows.model.__name__: rows.write() for rows in batches}


def insert_new(model: type[models.Model], conflict: Sequence[str], rows: Sequence[dict[str, Any]]) -> dict[Any, int]:
    """Insert identity rows that may be there already, in order of their key so that two workers cannot deadlock.

    Every row gives all columns but the id. Returns key (tuple of the `conflict` columns) to id of what this call
    inserted; a key that is missing was there, or another worker was quicker: read it again.
    """
    if not rows:
        return {}
    fields: list[Any] = [model._meta.get_field(name) for name in rows[0]]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    casts = ", ".join(f"%s::{_array_type(field)}" for field in fields)
    keys: list[Any] = [model._meta.get_field(name) for name in conflict]
    ordered = sorted(rows, key=lambda row: tuple(str(row[name]) for name in conflict))
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) SELECT * FROM unnest({casts}) "  # noqa: S608  # model names
        f"ON CONFLICT ({', '.join(quote(key.column) for key in keys)}) DO NOTHING "
        f"RETURNING id, {', '.join(quote(key.column) for key in keys)}"
    )
    values = [array_text(_plain(row[name]) for row in ordered) for name in rows[0]]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {tuple(key): pk for pk, *key in cursor.fetchall()}


def set_columns(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Update many rows at once; each row is (id, *values in the order of `columns`)."""
    if not rows:
        return
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in columns)]
    casts = ", ".join(f"%s::{_array_type(field)}" for field in fields)
    aliases = [f"c{index}" for index in range(len(fields))]
    changes = ", ".join(f"{quote(f.column)} = n.{a}" for f, a in zip(fields[1:], aliases[1:], strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} t SET {changes} "  # noqa: S608  # names come from the model
            f"FROM unnest({casts}) AS n({', '.join(aliases)}) WHERE t.id = n.c0",
            [array_text(map(_plain, column)) for column in zip(*rows, strict=True)],
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return value


def _array_type(field: Any) -> str:
    related = field.target_field if field.is_relation else field
    return f"{related.rel_db_type(connection) if field.is_relation else related.db_type(connection)}[]"


def _blank(field: models.Field[Any, Any], encode: Encoder) -> str | Callable[[], str]:
    """How a column without a value is written: always the same, or made anew for every row."""
    if not field.has_default():
        return "" if isinstance(field, models.CharField | models.TextField) and not field.null else NULL
    default = field.default
    if callable(default) and default not in (list, dict):
        return lambda: encode(default())
    return encode(default() if callable(default) else default)


def _encoder(field: models.Field[Any, Any], misfit: Misfit) -> Encoder:
    """How a value of this column is written in COPY's text format."""
    name = field.name
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.CharField):
        return _text_encoder(name, field.max_length, misfit)
    if isinstance(field, models.DecimalField):
        return _decimal_encoder(name, field, misfit)
    if isinstance(field, models.IntegerField):
        return _integer_encoder(name, field, misfit)
    if isinstance(field, models.DateTimeField):
        return datetime.isoformat
    return _scalar


def _escaped(text: str) -> str:
    """Most texts need no escape, and looking is many times faster than translating."""
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def _json(value: Any) -> str:
    if not value and value.__class__ in _EMPTY:  # most lists of a bill are, and the encoder takes its time
        return _EMPTY[value.__class__]
    text = json_text(value)
    # JSON has no control characters of its own; each stands behind a backslash.
    if "\\" not in text:
        return text
    # PostgreSQL's jsonb refuses the null character even when it is escaped.
    return _JSON_NULL.sub(r"\1", text).translate(_ESCAPES)


def json_text(value: Any) -> str:
    """A value as JSON, as Django's encoder gives it but for spaces; several times faster for what is plain."""
    try:
        text = orjson.dumps(value, option=_PLAIN_ONLY).decode()
    except TypeError:  # a Decimal, a moment, a whole number of more than 64 bits, a text that is no Unicode
        return _AS_JSON(value)
    # A number that is not finite has become null here; jsonb is to refuse it, as it does what Django's encoder writes.
    return text if "null" not in text else _AS_JSON(value)


def _text_encoder(name: str, limit: int | None, misfit: Misfit) -> Encoder:
    if limit is None:
        return _escaped

    def encode(value: str) -> str:
        if not value:  # most texts of a bill are, and need no look
            return ""
        if len(value) > limit:
            misfit(name, value)
            value = value[:limit]
        return _escaped(value)

    return encode


def _decimal_encoder(name: str, field: Any, misfit: Misfit) -> Encoder:
    bound = Decimal(10) ** (field.max_digits - field.decimal_places)
    bound -= Decimal(1).scaleb(-field.decimal_places)

    def encode(value: Decimal) -> str:
        number = Decimal(value)
        if not number.is_finite() or abs(number) >= bound:
            misfit(name, str(value))
            return NULL
        return f"{number:f}"

    return encode


def _integer_encoder(name: str, field: Any, misfit: Misfit) -> Encoder:
    low, high = connection.ops.integer_field_range(field.get_internal_type())

    def encode(value: int) -> str:
        if not low <= value <= high:
            misfit(name, str(value))
            return NULL
        return str(value)

    return encode


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _escaped(value)
    return str(value)
