"""The staff of the demonstration: one account to try for each role, and people for every unit.

Everybody is invented: names are drawn from lists, telephone numbers from 1990000xxxx upward. Only
the accounts to try can sign in; their one password is made from this install's own secret.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from demo import words
from huying.kernel import secrets
from huying.kernel.asker import System
from huying.kernel.errors import Forbidden
from huying.kernel.verbs import VERBS
from huying.org.actions.keys import issue_key, revoke_key
from huying.org.actions.people import PersonRow, install_people
from huying.org.models import Account, ApiKey

BY = System("demo", "演示数据")
KEPT = "demo-accounts.json"


@dataclass(frozen=True)
class TryOut:
    """An account to try a role with."""

    role: str
    username: str
    name: str
    unit: str
    title: str
    area: str = ""


@dataclass(frozen=True)
class Access:
    """What somebody needs to try a role; shown by `huying demo accounts`."""

    role: str
    username: str
    password: str
    api_token: str
    open311_key: str
    name: str
    unit: str


TRY_OUTS = (
    TryOut("citizen", "citizen", "林晓江", "420106", "市民"),
    TryOut("grid_worker", "grid", "周桂英", "420106005001G01", "网格员"),
    TryOut("community_staff", "community", "陈海燕", "420106005001", "社区干事"),
    TryOut("street_dispatcher", "street", "李国庆", "420106005", "街道派单员"),
    TryOut("department_handler", "department", "黄志强", "420106D01", "承办人"),
    TryOut("district_centre", "centre", "吴雪梅", "420106", "区呼应中心值班员"),
    TryOut("callback_agent", "callback", "何佳怡", "420106", "回访员"),
    TryOut("evaluator", "evaluator", "罗思远", "420106", "评价员"),
    TryOut("leader", "leader", "郑向阳", "420106", "分管领导"),
    TryOut("auditor", "auditor", "高静", "420106", "安全审计员", "420100"),
    TryOut("system_admin", "sysadmin", "唐明", "420106", "系统管理员", "420100"),
    TryOut("security_admin", "secadmin", "韩涛", "420106", "安全保密管理员", "420100"),
)


def refuse_outside_demo() -> None:
    """Raise Forbidden unless this install is a demonstration."""
    if not settings.DEMO:
        raise Forbidden(
            "演示账号只在演示模式提供。", remedy="正式环境请由系统管理员新增人员，由本人签发密钥。"
        )


def install_staff(unit_kinds: Mapping[str, str]) -> None:
    """The accounts to try and the staff of every unit; `unit_kinds` maps codes to kinds."""
    refuse_outside_demo()
    install_people([*_tried(), *_staff(unit_kinds)], by=BY)


def password() -> str:
    """The one password of the accounts to try, different in every install."""
    key = secrets.material(settings.HOME, "demo.key")
    digest = hmac.digest(key, b"password of the demo accounts", "sha256")
    return "Hy-" + base64.b32encode(digest)[:12].decode().lower()


def access() -> list[Access]:
    """Everything needed to try each role; keys are issued anew when this install has none."""
    refuse_outside_demo()
    path = settings.HOME / "secrets" / KEPT
    kept: dict[str, dict[str, str]] = {}
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
    accounts = {
        account.username: account
        for account in Account.objects.filter(
            demo=True, username__in=[one.username for one in TRY_OUTS]
        ).select_related("unit")
    }
    live = set(
        ApiKey.objects.filter(
            owner__in=accounts.values(), revoked_at=None, name__startswith="演示"
        ).values_list("prefix", flat=True)
    )
    found = []
    changed = False
    for one in TRY_OUTS:
        account = accounts.get(one.username)
        if account is None:
            continue
        own = kept.get(one.username, {})
        if not all(_alive(own.get(purpose, ""), live) for purpose in ("api", "open311")):
            own = kept[one.username] = _keys_of(account)
            changed = True
        unit = account.unit.name if account.unit else ""
        found.append(
            Access(
                *(one.role, one.username, password()),
                *(own["api"], own["open311"], account.name, unit),
            )
        )
    if changed:
        _keep(path, kept)
    return found


def as_rows() -> list[dict[str, str]]:
    """The same as plain rows, for JSON."""
    return [asdict(one) for one in access()]


def _tried() -> Iterator[PersonRow]:
    hashed = make_password(password())
    for number, one in enumerate(TRY_OUTS):
        yield PersonRow(
            one.username,
            one.name,
            one.unit,
            phone(number),
            one.role,
            one.title,
            one.area or one.unit,
            hashed,
            demo=True,
        )


def _staff(unit_kinds: Mapping[str, str]) -> Iterator[PersonRow]:
    """One or more people for each unit; none of them can sign in."""
    generator = random.Random(420106)  # noqa: S311 - invented people, no secrets
    posts = {
        "grid": (("grid_worker", "网格员", 1),),
        "community": (("community_staff", "社区书记", 1), ("community_staff", "社区干事", 1)),
        "street": (("street_dispatcher", "街道派单员", 2),),
        "department": (("department_handler", "承办人", 2),),
        "city_department": (("department_handler", "承办人", 1),),
        "district": (
            *(("district_centre", "区呼应中心值班员", 6), ("callback_agent", "回访员", 4)),
            *(("evaluator", "评价员", 1), ("leader", "分管领导", 2)),
        ),
    }
    short = {"district_centre": "centre", "callback_agent": "callback"}
    number = len(TRY_OUTS)
    for code, kind in unit_kinds.items():
        turn = 0
        for role, title, count in posts.get(kind, ()):
            for _ in range(count):
                turn += 1
                stem = short.get(role, role) if kind == "district" else f"p{code.lower()}"
                yield PersonRow(
                    f"{stem}-{turn}",
                    generator.choice(words.SURNAMES) + generator.choice(words.GIVEN),
                    code,
                    phone(number),
                    role,
                    title,
                    code,
                    demo=True,
                )
                number += 1


def phone(number: int) -> str:
    """An invented mobile number."""
    return f"1990000{number:04d}"


def _alive(token: str, live: set[str]) -> bool:
    """Whether a key in clear, `hy_<prefix>_<secret>`, is one of those in force."""
    return token[3:15] in live


def _keys_of(account: Account) -> dict[str, str]:
    """Fresh keys for an account to try; older ones of the demonstration end."""
    with transaction.atomic():
        old = ApiKey.objects.filter(owner=account, revoked_at=None, name__startswith="演示")
        for key in old:
            revoke_key(key.prefix, by=BY)
        rooms = sorted({f"{verb.room}.*" for verb in VERBS})
        return {
            purpose: issue_key(account.pk, f"演示 {purpose}", scopes, purpose=purpose, by=BY)[1]
            for purpose, scopes in (("api", rooms), ("open311", ["cases.register"]))
        }


def _keep(path: Path, kept: Mapping[str, Mapping[str, str]]) -> None:
    """Write the keys where only this install's owner can read them, wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    spare = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file, ensure_ascii=False)
    spare.replace(path)
