"""How the database is emptied after a test whose rows others see (`transaction=True`).

Django's own way cuts every table and its indexes off on disk and then makes all permissions and content types anew:
a second for a test that wrote a hundred rows.
"""

from __future__ import annotations

from django.db import OperationalError, connections, transaction
from django.test import TransactionTestCase

# Migrating makes their rows, and no test changes them.
KEPT = {"django_content_type", "auth_permission"}

_by_django = TransactionTestCase._fixture_teardown


def delete_all_rows(using: str = "default") -> None:
    """Delete what is in the tables of all models but `KEPT`, once nobody writes there any more."""
    for times_left in (2, 1, 0):
        try:
            return _delete_all_rows(using)
        except OperationalError:  # it and a request that is still being answered waited for each other
            if not times_left:
                raise


def _delete_all_rows(using: str) -> None:
    connection = connections[using]
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in sorted(set(names) - KEPT)]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        # a request that is still being answered ends first, or its rows would come after
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # neither foreign keys nor append-only histories
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables))
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")


def teardown(case: TransactionTestCase) -> None:
    """Stands in for `TransactionTestCase._fixture_teardown`; what only a superuser may is left to Django elsewhere."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        (is_superuser,) = cursor.fetchone()
    if is_superuser == "on":
        delete_all_rows()
    else:
        _by_django(case)
