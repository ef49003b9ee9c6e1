"""After a rotation every column is sealed anew; old keys go only when nobody needs them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from huying.kernel import rotation, secrets
from huying.kernel.errors import NotNow
from huying.kernel.models import AuditRow
from huying.kernel.registry import Registry

FIELD = secrets.EncryptedField(AuditRow, "actor_label")


@pytest.fixture
def sealed(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with a sealed column, more rows than one batch, one of them empty."""
    settings.HOME = tmp_path
    fields: Registry[secrets.EncryptedField] = Registry("encrypted fields")
    fields.register("sealed", FIELD)
    monkeypatch.setattr(rotation, "ENCRYPTED_FIELDS", fields)
    monkeypatch.setattr(rotation, "BATCH", 10)
    monkeypatch.setattr(rotation, "_names", lambda field: ("sealed", "id", "value"))
    with connection.cursor() as cursor:
        cursor.execute("create table sealed (id integer primary key, value bytea)")
        rows = [(number, secrets.seal_text(f"值{number}")) for number in range(25)]
        cursor.executemany("insert into sealed values (%s, %s)", [*rows, (25, None)])


def values() -> list[bytes | None]:
    with connection.cursor() as cursor:
        cursor.execute("select value from sealed order by id")
        return [None if row[0] is None else bytes(row[0]) for row in cursor.fetchall()]


def test_everything_is_sealed_anew_and_still_opens(sealed: None) -> None:
    old = secrets.newest_header()
    assert [changed for _field, changed in rotation.rotate()] == [10, 10, 5]
    new = secrets.newest_header()
    assert new != old
    assert [v and v.startswith(new) for v in values()] == [True] * 25 + [None]
    assert [secrets.open_text(v) for v in values() if v] == [f"值{n}" for n in range(25)]
    assert AuditRow.objects.filter(verb="kernel.rotate_keys").count() == 1


def test_an_interrupted_rotation_goes_on_without_another_key(sealed: None) -> None:
    interrupted = rotation.rotate()
    next(interrupted)
    interrupted.close()
    key = secrets.newest_header()
    assert [secrets.open_text(v) for v in values() if v] == [f"值{n}" for n in range(25)]
    assert [changed for _field, changed in rotation.rotate(new_key=False)] == [10, 5]
    assert secrets.newest_header() == key


def test_old_keys_stay_until_the_new_one_has_settled(
    sealed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(rotation.rotate())
    with pytest.raises(NotNow):
        rotation.retire()
    monkeypatch.setattr(rotation, "SETTLE", timedelta(0))
    assert rotation.retire() == [1]
    assert [secrets.open_text(v) for v in values() if v] == [f"值{n}" for n in range(25)]


def test_a_value_committed_late_keeps_its_old_key(
    sealed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = secrets.seal_text("迟到")
    list(rotation.rotate())
    with connection.cursor() as cursor:
        cursor.execute("insert into sealed values (99, %s)", [late])
    monkeypatch.setattr(rotation, "SETTLE", timedelta(0))
    with pytest.raises(NotNow):
        rotation.retire()
    list(rotation.rotate(new_key=False))
    assert rotation.retire() == [1]


def test_every_binary_column_of_our_rooms_is_registered() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("huying.")
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    assert found == set(secrets.ENCRYPTED_FIELDS.names())


def test_names_come_quoted_from_the_model() -> None:
    assert rotation._names(FIELD) == ('"kernel_auditrow"', '"id"', '"actor_label"')
