"""`Among`: rows whose column holds one of very many values, asked with one array and not a parameter a value.

For the look-ups of a chunk, which ask for thousands: Django prepares, and the driver writes, every value of an `in`
by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func

from pcu.arrays import array_text


class Among(Func):
    """A condition for `filter()`: `Among("version", ids)`, `Among("key", keys, array="text")`.

    column: as in `F()`, a foreign key by its name. values: of the column's own type, without None. array: their type
    in PostgreSQL.
    """

    def __init__(self, column: str, values: Iterable[Any], *, array: str = "bigint") -> None:
        super().__init__(F(column), output_field=BooleanField())
        self.values = list(values)  # a condition may be used more than once
        self.array = array

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, Any]:
        column, parameters = compiler.compile(self.get_source_expressions()[0])
        # Both names of types and of columns come from the code, values go as a parameter.
        return f"{column} = ANY(%s::{self.array}[])", (*parameters, array_text(self.values))
