"""`huying org`: a production install from nothing."""

from __future__ import annotations

import io
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from huying.kernel.errors import Refusal
from huying.kernel.models import AuditRow
from huying.kernel.services import INSTALLERS
from huying.org import settings as org_settings
from huying.org.models import Account, Role, Unit
from huying.org.queries import asker_for
from huying.org.tests.people import Cast, account


def run(*arguments: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("org", *arguments, stdout=out)
    return out.getvalue()


def test_install_then_three_administrators(db: None) -> None:
    with pytest.raises(CommandError, match="install"):
        run("administrators", "xt.admin", "aq.admin", "sj.admin")
    run("install")
    assert Unit.objects.count() == 161
    said = run("administrators", "xt.admin", "aq.admin", "sj.admin")
    duties = {n: asker_for(account(n)).roles for n in ("xt.admin", "aq.admin", "sj.admin")}
    assert duties == {
        "xt.admin": {"system_admin"},
        "aq.admin": {"security_admin"},
        "sj.admin": {"auditor"},
    }
    for name in duties:
        assert account(name).must_change_password
        line = next(one for one in said.splitlines() if name in one)
        assert account(name).check_password(line.split("首次密码 ")[1].split(" ")[0])
    with pytest.raises(CommandError, match="已有管理员"):
        run("administrators", "a.one", "b.two", "c.three")


def test_install_takes_a_list_of_departments(db: None) -> None:
    path = Path(__file__).parents[3] / "demo" / "departments.csv"
    run("install", "--departments", str(path))
    assert Unit.objects.filter(kind="department").count() == 46
    assert Unit.objects.filter(kind="city_department").count() == 14


def test_close_demo_closes_them_all(cast: Cast) -> None:
    Account.objects.filter(username__in=["alice", "bob"]).update(demo=True)
    run("close-demo")
    assert not Account.objects.filter(demo=True, is_active=True).exists()
    assert account("carol").is_active


def test_every_start_makes_sure_of_roles_and_refuses_demo_accounts(
    cast: Cast, settings: Any
) -> None:
    installer = INSTALLERS["org"]
    rows = AuditRow.objects.count()
    installer.run()
    assert AuditRow.objects.count() == rows  # nothing to do is no deed
    Role.objects.filter(code="citizen").delete()
    installer.run()
    assert Role.objects.filter(code="citizen").exists()
    Account.objects.filter(username="alice").update(demo=True)
    settings.DEMO = False
    with pytest.raises(Refusal, match="演示账户"):
        installer.run()


def test_settings_read_the_identity_provider_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n", encoding="utf-8")
    for name, value in (
        ("URL", "https://id.example.cn"),
        ("CLIENT", "huying"),
        ("SECRET_FILE", str(secret)),
    ):
        monkeypatch.setenv(f"HUYING_OIDC_{name}", value)
    monkeypatch.setenv("HUYING_SECOND_FACTOR_ROLES", "system_admin,auditor")
    read: dict[str, Any] = runpy.run_path(org_settings.__file__)
    app = read["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"][0]
    assert (app["client_id"], app["secret"]) == ("huying", "hush")
    assert read["SECOND_FACTOR_ROLES"] == {"system_admin", "auditor"}
    monkeypatch.delenv("HUYING_OIDC_CLIENT")
    with pytest.raises(KeyError):
        runpy.run_path(org_settings.__file__)
