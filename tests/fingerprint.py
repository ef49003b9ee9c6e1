"""A fingerprint of every fact in the database, to prove that nothing at all changed."""

from __future__ import annotations

from django.db import connection

FLEETING = {
    "django_session",  # when somebody was last seen is no fact of a case
    "usersessions_usersession",
    "org_apikey",  # last_used_at
    "procrastinate_workers",  # heartbeats
    "procrastinate_periodic_defers",
}


def fingerprint() -> dict[str, tuple[int, int]]:
    """Per table the number of rows and a sum over all their columns."""
    with connection.cursor() as cursor:
        tables = sorted(
            set(connection.introspection.table_names(cursor)) - FLEETING,
        )
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
                f' FROM "{table}" t'
                for table in tables
            )
        )
        return {name: (count, total) for name, count, total in cursor.fetchall()}
