"""Signing in: password, throttle, forced change, second factor, demo accounts, audit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client

from huying.kernel.clock import frozen, now
from huying.kernel.errors import Forbidden, Invalid
from huying.kernel.models import AuditRow
from huying.org import actions
from huying.org.checks import no_demo_accounts
from huying.org.models import Account
from huying.org.tests.people import PASSWORD, Cast, account


def sign_in(client: Client, username: str = "alice", password: str = PASSWORD) -> Any:
    """Post the sign-in form."""
    return client.post("/accounts/login/", {"login": username, "password": password})


def signed_in(client: Client) -> bool:
    """Whether the client has a person's session."""
    return "_auth_user_id" in client.session


def verbs() -> list[str]:
    """Verbs of the audit about signing in, in order."""
    rows = AuditRow.objects.order_by("id").values_list("verb", flat=True)
    return [verb for verb in rows if verb.startswith(("org.sign", "org.change"))]


def test_sign_in_and_out_are_audited(cast: Cast, client: Client) -> None:
    sign_in(client, password="Wrong-Horse-7")
    sign_in(client)
    client.post("/accounts/logout/")
    assert verbs() == ["org.sign_in_failed", "org.sign_in", "org.sign_out"]
    failed = AuditRow.objects.get(verb="org.sign_in_failed")
    assert failed.object_id == str(account("alice").pk)
    assert "Wrong" not in str(failed.detail)


def test_unknown_name_is_not_kept_in_the_audit(cast: Cast, client: Client) -> None:
    sign_in(client, "My-Secret-99", "x")
    row = AuditRow.objects.get(verb="org.sign_in_failed")
    assert "My-Secret-99" not in f"{row.detail}{row.object_id}{row.actor_label}"


def test_there_is_no_open_sign_up(cast: Cast, client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_five_failures_lock_the_account_for_a_while_from_any_address(
    cast: Cast, client: Client
) -> None:
    for number in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{number + 1}").post(
            "/accounts/login/", {"login": "alice", "password": "wrong"}
        )
    answer = sign_in(Client(REMOTE_ADDR="10.0.0.99"))
    assert "失败次数过多" in answer.content.decode()
    sign_in(client, "bob")
    assert signed_in(client)


def test_twenty_failures_lock_the_address(cast: Cast) -> None:
    for number in range(20):
        sign_in(Client(), f"guess{number}", "wrong")
    attacker = Client()
    sign_in(attacker, "bob")
    assert not signed_in(attacker)
    elsewhere = Client(REMOTE_ADDR="10.1.1.1")
    sign_in(elsewhere, "bob")
    assert signed_in(elsewhere)


def test_closed_account_does_not_sign_in(cast: Cast, client: Client) -> None:
    actions.close_person(account("alice").pk, by=cast.sysadmin)
    answer = sign_in(client)
    assert answer["Location"] == "/accounts/inactive/"
    assert not signed_in(client)


def test_demo_account_is_refused_outside_demo_mode(
    cast: Cast, client: Client, settings: Any
) -> None:
    Account.objects.filter(username="alice").update(demo=True)
    settings.DEMO = False
    assert sign_in(client)["Location"] == "/accounts/inactive/"
    assert not signed_in(client)
    settings.DEMO = True
    sign_in(client)
    assert signed_in(client)
    settings.DEMO = False  # a session begun in demo mode dies with it
    assert client.get("/org/account/").status_code == 302


def test_production_does_not_start_with_demo_accounts(cast: Cast, settings: Any) -> None:
    Account.objects.filter(username="alice").update(demo=True)
    settings.DEMO = False
    assert [error.id for error in no_demo_accounts(None, databases=["default"])] == ["org.E001"]
    with pytest.raises(SystemCheckError, match=r"org\.E001"):
        call_command("check", "--database", "default")
    settings.DEMO = True
    assert no_demo_accounts(None, databases=["default"]) == []


def test_first_sign_in_leads_to_a_new_password(cast: Cast, client: Client) -> None:
    person, first = actions.create_person("newcomer", "新人", "420106005", by=cast.sysadmin)
    sign_in(client, "newcomer", first)
    assert client.get("/org/account/")["Location"] == "/accounts/password/"
    new = "Quite-New-42"
    form = {"oldpassword": first, "password1": new, "password2": new}
    assert client.post("/accounts/password/", form).status_code == 302
    assert client.get("/org/account/").status_code == 200
    person.refresh_from_db()
    assert person.check_password(new) and not person.must_change_password
    assert "org.change_password" in verbs()


def test_expired_password_must_be_changed(cast: Cast, client: Client, settings: Any) -> None:
    settings.PASSWORD_DAYS = 90
    sign_in(client)
    assert client.get("/org/account/").status_code == 200
    Account.objects.filter(username="alice").update(password_changed_at=now() - timedelta(days=90))
    assert client.get("/org/account/")["Location"] == "/accounts/password/"


@pytest.mark.parametrize(
    "password",
    ["Short-1a", "onlysmallletters", "alllower1234567", "Password123", "Wang2-Min3"],
)
def test_weak_password_is_refused(cast: Cast, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, account("alice"))


def test_none_of_the_last_five_passwords_is_taken_again(cast: Cast) -> None:
    used = [PASSWORD, *(f"Turn-Of-{number}-Year" for number in range(5))]
    for password in used[1:]:
        actions.change_password(password, by=cast.alice)
    for password in used[1:]:
        with pytest.raises(Invalid):
            actions.change_password(password, by=cast.alice)
    with pytest.raises(Invalid):
        actions.change_password(used[0], by=cast.alice)
    actions.change_password("Turn-Of-9-Year", by=cast.alice)
    actions.change_password(used[0], by=cast.alice)


def test_reset_gives_a_first_password_and_ends_sessions(cast: Cast, client: Client) -> None:
    sign_in(client)
    first = actions.reset_password(account("alice").pk, by=cast.sysadmin)
    assert client.get("/org/account/").status_code == 302
    assert account("alice").check_password(first)
    validate_password(first)
    with pytest.raises(Forbidden):
        actions.reset_password(account("sysadmin").pk, by=cast.sysadmin)


def test_reset_withdraws_every_key_and_says_so_before(cast: Cast) -> None:
    alice, kept = account("alice").pk, []
    for owner, name in ((cast.alice, "值班屏"), (cast.alice, "报表"), (cast.bob, "别人的")):
        kept.append(actions.issue_key(owner.account_id, name, ["org.view"], by=owner)[1])
    administrator = Client()
    administrator.force_login(account("sysadmin"))
    address = f"/org/people/{alice}/password/"
    assert "接口密钥全部停用" in administrator.get(address).content.decode()
    assert administrator.post(address).status_code == 200
    statuses = [
        Client().get("/api/v1/org/me", headers={"authorization": f"Bearer {key}"}).status_code
        for key in kept
    ]
    assert statuses == [401, 401, 200]
    assert AuditRow.objects.get(verb="org.reset_password").detail == {"keys_withdrawn": 2}


def code_now(secret: str) -> str:
    """What an authenticator app shows for this secret now."""
    step = int(time.time() // 30).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def enrol(client: Client) -> str:
    """Enrol a second factor on the page; returns its secret."""
    again = client.get("/accounts/2fa/totp/activate/")["Location"]
    client.post(again, {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret: str = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


@pytest.mark.django_db(transaction=True)
def test_second_factor_is_asked_after_the_password(cast: Cast, client: Client) -> None:
    sign_in(client)
    secret = enrol(client)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    other = Client()
    assert sign_in(other)["Location"].startswith("/accounts/2fa/authenticate/")
    assert not signed_in(other)
    other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not signed_in(other)
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert signed_in(other)
    changes = AuditRow.objects.filter(verb="org.change_second_factor")
    assert {row.detail["change"] for row in changes} >= {"added", "wrong code"}


def test_role_that_needs_a_second_factor_must_enrol_first(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"system_admin"})
    sign_in(client, "sysadmin")
    assert client.get("/org/account/")["Location"] == "/accounts/2fa/totp/activate/"
    enrol(client)
    assert client.get("/org/account/").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()
    sign_in(other := Client(), "alice")
    assert other.get("/org/account/").status_code == 200


def test_lost_second_factor_is_removed_by_the_security_administrator(
    cast: Cast, client: Client
) -> None:
    sign_in(client)
    enrol(client)
    alice = account("alice").pk
    for other in (cast.sysadmin, cast.auditor, cast.centre, cast.alice):
        with pytest.raises(Forbidden):
            actions.reset_second_factor(alice, by=other)
    administrator = Client()
    administrator.force_login(account("secadmin"))
    address = f"/org/people/{alice}/second-factor/"
    assert address in administrator.get(f"/org/people/{alice}/").content.decode()
    asked = administrator.get(address).content.decode()
    assert "王敏" in asked and "备用码作废" in asked
    assert administrator.post(address)["Location"] == f"/org/people/{alice}/"
    assert client.get("/org/account/").status_code == 302  # the old session is over
    sign_in(again := Client())
    assert signed_in(again)
    row = AuditRow.objects.filter(verb="org.reset_second_factor").get()
    assert (row.object_kind, row.object_id) == ("person", str(alice))
    assert row.actor_id == f"person:{account('secadmin').pk}"
    assert address not in administrator.get(f"/org/people/{alice}/").content.decode()
    assert administrator.post(address).status_code == 409


def test_sessions_are_listed_and_ended(cast: Cast, client: Client) -> None:
    from allauth.usersessions.models import UserSession

    sign_in(client)
    other = Client()
    sign_in(other)
    sessions = list(UserSession.objects.filter(user=account("alice")).order_by("id"))
    assert len(sessions) == 2
    with pytest.raises(Exception, match=r"会话|权限"):
        actions.end_session(sessions[0].pk, by=cast.bob)
    actions.end_session(sessions[0].pk, by=cast.alice)
    assert client.get("/org/account/").status_code == 302
    assert other.get("/org/account/").status_code == 200
    actions.end_session(sessions[1].pk, by=cast.sysadmin)
    assert other.get("/org/account/").status_code == 302


def test_session_ends_after_its_time(cast: Cast, client: Client) -> None:
    sign_in(client)
    age = client.session.get_expiry_age()
    assert age == 12 * 3600
    assert client.session.get_expire_at_browser_close()
    with frozen(now()):
        assert client.get("/org/account/").status_code == 200


@pytest.mark.parametrize("administrator", ["secadmin", "auditor"])
def test_no_system_administrator_can_sign_in_as_another_administrator(
    cast: Cast, administrator: str
) -> None:
    person = account(administrator)
    for reset, by in (
        (actions.reset_password, cast.sysadmin),
        (actions.reset_second_factor, cast.secadmin),
    ):
        with pytest.raises(Forbidden, match="三员分立"):
            reset(person.pk, by=by)
    told = io.StringIO()
    call_command("org", "reset-password", administrator, "--second-factor", stdout=told)
    fresh = account(administrator)
    assert fresh.must_change_password
    assert fresh.check_password(told.getvalue().split("新密码 ")[1].split()[0])
