"""Rotation of field keys: a new key seals, then every registered column is sealed anew by it.

The old keys stay until `retire`: a transaction that was open during the rotation may still commit a
value sealed by one of them, and a value without its key is lost.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huying.kernel import audit, secrets
from huying.kernel.asker import ADMINISTRATOR
from huying.kernel.errors import NotNow
from huying.kernel.secrets import ENCRYPTED_FIELDS, EncryptedField

BATCH = 500
SETTLE = timedelta(minutes=15)  # longer than any transaction that may still use an older key


def rotate(*, new_key: bool = True) -> Generator[tuple[EncryptedField, int]]:
    """Seal everything with the newest key, in batches that commit one by one; tell the progress.

    Without `new_key` an interrupted rotation goes on: what is sealed anew already is passed over.
    """
    if new_key:
        secrets.add_field_key()
    header = secrets.newest_header()
    for field in ENCRYPTED_FIELDS:
        last = None
        while True:
            changed, last = _next_batch(field, header, last)
            if not changed:
                break
            yield field, changed
    with transaction.atomic():
        audit.append("kernel.rotate_keys", ADMINISTRATOR, "keys", "", "", {})


def retire() -> list[int]:
    """Delete the old keys once nothing is sealed by them; returns their numbers.

    Raises NotNow while the newest key is too young or a value still needs an old one.
    """
    if secrets.age_of_newest_key() < SETTLE:
        raise NotNow(_("新密钥启用不足 15 分钟，旧密钥可能仍在使用。"), remedy=_("请稍后再执行。"))
    header = secrets.newest_header()
    left = sum(_count(field, header) for field in ENCRYPTED_FIELDS)
    if left:
        raise NotNow(
            _("还有 %(left)d 个值由旧密钥加密。") % {"left": left},
            remedy=_("请先执行 huying rotate-keys --resume。"),
        )
    retired = secrets.retire_field_keys()
    with transaction.atomic():
        audit.append("kernel.retire_keys", ADMINISTRATOR, "keys", "", "", {"retired": retired})
    return retired


def _next_batch(field: EncryptedField, header: bytes, last: str | int | None) -> tuple[int, Any]:
    """Seal up to BATCH rows after `last` anew; the lock lets no writer change one in between."""
    table, key, column = _names(field)
    after = "" if last is None else f" and {key} > %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"select {key}, {column} from {table}"  # noqa: S608 names quoted by the database
            f" where {column} is not null and substr({column}, 1, {len(header)}) <> %s{after}"
            f" order by {key} limit {BATCH} for update",
            [header] if last is None else [header, last],
        )
        rows = cursor.fetchall()
        fresh = [(secrets.seal_text(secrets.open_text(old)), pk) for pk, old in rows]
        cursor.executemany(f"update {table} set {column} = %s where {key} = %s", fresh)  # noqa: S608
    return len(rows), rows[-1][0] if rows else last


def _count(field: EncryptedField, header: bytes) -> int:
    table, _key, column = _names(field)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from {table} where {column} is not null"  # noqa: S608
            f" and substr({column}, 1, {len(header)}) <> %s",
            [header],
        )
        number: int = cursor.fetchone()[0]
    return number


def _names(field: EncryptedField) -> tuple[str, ...]:
    """Table, primary key and column, quoted."""
    columns = {column.name: column for column in field.model._meta.concrete_fields}
    key = next(column for column in columns.values() if column.primary_key)
    named = (field.model._meta.db_table, key.column, columns[field.field].column)
    return tuple(connection.ops.quote_name(str(name)) for name in named)
