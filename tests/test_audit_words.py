"""Whatever a verb writes into the audit is read in words: its object's kind and every detail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import huying
from huying.web import audit_words

ROOMS = Path(huying.__file__).parent
WRITTEN_OTHERWISE = {"level", "threshold", "measure", "watcher", "items", "valid_until"}


def _written() -> Iterator[tuple[str, str, list[str]]]:
    """Where (a file and line), about what kind, with which details."""
    for path in ROOMS.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "deed.on" and call.args:
                first = call.args[0]
                first = first.value if isinstance(first, ast.Starred) else first
                first = first.elts[0] if isinstance(first, ast.Tuple) else first
                assert isinstance(first, ast.Constant), f"{path}:{call.lineno}"
                names = [word.arg for word in call.keywords if word.arg]
                yield f"{path.name}:{call.lineno}", str(first.value), names


def test_every_kind_of_object_has_words() -> None:
    found = list(_written())
    assert len(found) > 60
    assert [one for one in found if audit_words.THINGS.get(one[1]) is None] == []


def test_every_detail_has_words() -> None:
    facts = set(audit_words.FACTS.names())
    missing = [
        (where, kind, name)
        for where, kind, names in _written()
        for name in names
        if name not in facts and f"{kind}.{name}" not in facts
    ]
    assert missing == []
    assert facts >= WRITTEN_OTHERWISE


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        ("case", {"version": 4, "to": "dispatched"}, "版本: 4；转为: 待签收"),
        ("case", {"trigger": "citizen"}, "触发条件: 同一诉求人反复提出"),
        ("call", {"to": "open"}, "转为: 待应答"),
        ("person", {"method": "password", "address": "10.0.0.7"}, "方式: 密码；来自: 10.0.0.7"),
        ("person", {"reason": "wrong password"}, "原因: 密码不正确"),
        ("exclusion", {"approved": False, "reason": ""}, "同意: 否；理由: —"),
        ("key", {"scopes": ["cases.accept", "cases.*"]}, "范围: 受理、cases.*"),
        ("shift", {"starts_at": "2026-04-01T00:30:00+00:00"}, "开始: 2026-04-01 08:30"),
        ("case", {"unheard_of": "2026-13-45T99:99"}, "unheard_of: 2026-13-45T99:99"),
    ],
)
def test_details_read_in_words(kind: str, detail: dict[str, object], said: str) -> None:
    assert audit_words.details(kind, detail) == said
