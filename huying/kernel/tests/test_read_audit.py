"""Who may read which audit rows, and what of them is masked."""

from __future__ import annotations

import pytest

from huying.kernel import audit, queries
from huying.kernel.asker import EVERYWHERE, Area, System
from huying.kernel.errors import Forbidden
from huying.kernel.tests.people import ALICE, Person

pytestmark = pytest.mark.django_db

AUDITOR = Person("auditor", {"kernel.view_audit": EVERYWHERE})
STREET = Person("street", {"kernel.view_audit": Area(("420100/420106/420106001/",))})


def append(path: str, **detail: str) -> None:
    audit.append("cases.accept", System("test"), "case", "1", path, detail)


def test_an_auditor_sees_rows_inside_the_area_only() -> None:
    append("420100/420106/420106001/")
    append("420100/420106/420106002/")
    append("")
    assert len(queries.audit_rows(AUDITOR)) == 3
    assert [row.area_path for row in queries.audit_rows(STREET)] == ["420100/420106/420106001/"]


def test_nobody_else_sees_any() -> None:
    with pytest.raises(Forbidden):
        queries.audit_rows(ALICE)


def test_phone_and_identity_numbers_are_masked_wherever_they_occur() -> None:
    append("", note="电话13812345678,再打13987654321", identity="42010619900101123X")
    found = queries.audit_rows(AUDITOR)[0].detail
    assert found == {"note": "电话138****5678,再打139****4321", "identity": "420106********123X"}


def test_pages_go_on_where_they_ended() -> None:
    for _turn in range(5):
        append("")
    first = queries.audit_rows(AUDITOR, limit=3)
    second = queries.audit_rows(AUDITOR, limit=3, before=first[-1].id)
    assert len({row.id for row in first + second}) == 5
