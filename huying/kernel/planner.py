"""Lets the database's planner know at once of what a bulk write brought."""

from __future__ import annotations

from django.db import connection, models

MANY = 200  # rows, from which on it is worth the milliseconds


def count_anew(*tables: type[models.Model]) -> None:
    """Count these tables within the transaction that filled them; last thing in it.

    Autovacuum, waking in the middle of a long load, counts the rows that are not committed as
    none, and for a minute or more every join is planned as if the table were empty: loops over
    thousands of rows within loops. What is counted here stays locked against it until the commit.
    """
    names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {names}")
