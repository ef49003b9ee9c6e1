"""Verbs on API keys: issue (shown once), withdraw, and the cheap note that one was used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker, System
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow
from huying.kernel.verbs import VERBS, act, require
from huying.org.asker import KeyAsker
from huying.org.keys import make_key
from huying.org.models import Account, ApiKey
from huying.org.queries import may_sign_in

PURPOSES = ("api", "open311")
MOST_KEYS = 20
USE_NOTED_EVERY = timedelta(hours=1)


def issue_key(
    account_id: int,
    name: str,
    scopes: Iterable[str],
    *,
    purpose: str = "api",
    expires_at: datetime | None = None,
    by: Asker,
) -> tuple[ApiKey, str]:
    """Issue a key to oneself (签发密钥): (the key, its text in clear, which is never shown again).

    Only the owner issues: a key made by an administrator for somebody else would carry that
    person's rights. The system may, for an install.
    """
    with act("org.issue_key", by=by) as deed:
        owner = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
        if owner is None or not may_sign_in(owner):
            raise NotFound(_("没有这个人员，或该账户已停用。"))
        own = getattr(by, "account_id", None) == owner.pk and not isinstance(by, KeyAsker)
        if not own and not isinstance(by, System):
            raise Forbidden(_("密钥只能由本人签发。"), remedy=_("请本人登录后在“我的账户”中签发。"))
        wanted = sorted(set(scopes))
        if faults := _faults(name, wanted, purpose, expires_at):
            raise Invalid(_("密钥信息有误。"), faults=faults)
        if ApiKey.objects.filter(owner=owner, revoked_at=None).count() >= MOST_KEYS:
            raise NotNow(_("有效密钥已达上限。"), remedy=_("请先停用不再使用的密钥。"))
        clear, prefix, digest = make_key()
        key = ApiKey.objects.create(
            owner=owner,
            name=name.strip(),
            prefix=prefix,
            digest=digest,
            scopes=wanted,
            purpose=purpose,
            created_at=now(),
            expires_at=expires_at,
        )
        deed.on("key", prefix, _path(owner), owner=owner.pk, scopes=wanted, purpose=purpose)
        return key, clear


def revoke_key(prefix: str, *, by: Asker) -> ApiKey:
    """Withdraw a key at once (停用密钥): its owner, or the security administrator of the area."""
    with act("org.revoke_key", by=by) as deed:
        key = (
            ApiKey.objects.select_for_update(of=("self",))
            .select_related("owner__unit")
            .filter(prefix=prefix)
            .first()
        )
        if key is None:
            raise NotFound(_("没有这个密钥。"))
        if getattr(by, "account_id", None) != key.owner_id:
            if not by.area("org.view").covers(_path(key.owner)):
                raise NotFound(_("没有这个密钥。"))
            require("org.revoke_key", by, _path(key.owner))
        if key.revoked_at is not None:
            raise NotNow(_("该密钥已停用。"))
        key.revoked_at = now()
        key.save(update_fields=["revoked_at"])
        deed.on("key", key.prefix, _path(key.owner), owner=key.owner_id)
        return key


def note_key_use(asker: KeyAsker) -> None:
    """Remember that a key was used, at most once an hour, so that reading stays cheap; no deed."""
    at = now()
    if asker.last_used_at is not None and asker.last_used_at > at - USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
    ApiKey.objects.filter(stale, prefix=asker.prefix).update(last_used_at=at)


def _faults(name: str, scopes: list[str], purpose: str, expires_at: datetime | None) -> list[Fault]:
    faults = []
    if not name.strip() or len(name) > 60:
        faults.append(Fault("name", _("密钥名称不能为空，至多 60 字。")))
    if purpose not in PURPOSES:
        faults.append(Fault("purpose", _("没有这种用途。")))
    rooms = {f"{verb.room}.*" for verb in VERBS}
    known = rooms | set(VERBS.names())
    faults += [
        Fault("scopes", _("没有权限“%s”。") % scope) for scope in scopes if scope not in known
    ]
    if purpose == "api" and not scopes:
        faults.append(Fault("scopes", _("请至少选择一项权限范围。")))
    if expires_at is not None and expires_at <= now():
        faults.append(Fault("expires_at", _("到期时间已过。")))
    return faults


def _path(owner: Account) -> str:
    return owner.unit.path if owner.unit is not None else ""
