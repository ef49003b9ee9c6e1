"""Sign-in through an identity provider, against a real one on a port of its own."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from huying.kernel.models import AuditRow
from huying.org import actions
from huying.org.models import Account
from huying.org.tests import identity_provider
from huying.org.tests.identity_provider import CLIENT, SECRET, IdentityProvider
from huying.org.tests.people import Cast, account


@pytest.fixture
def provider(settings: Any) -> Iterator[IdentityProvider]:
    """A running provider that the settings name."""
    with identity_provider.running() as one:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "office",
                        "name": "统一身份认证",
                        "client_id": CLIENT,
                        "secret": SECRET,
                        "settings": {"server_url": one.url},
                    }
                ],
            }
        }
        yield one


def walk(client: Client) -> Any:
    """Press the button, visit the provider, come back."""
    page = client.get("/accounts/login/?next=/org/account/")
    assert "统一身份认证" in page.content.decode()
    begun = client.post(page.context["providers"][0]["url"])
    there = urlsplit(begun["Location"])
    connection = http.client.HTTPConnection(there.netloc)
    connection.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(connection.getresponse().getheader("Location") or "")
    connection.close()
    return client.get(f"{back.path}?{back.query}")


def test_identity_signs_in_to_the_account_of_its_name(
    cast: Cast, client: Client, provider: IdentityProvider
) -> None:
    provider.claims = {"sub": "7", "preferred_username": "alice"}
    assert walk(client)["Location"] == "/org/account/"
    assert client.session["_auth_user_id"] == str(account("alice").pk)
    assert SocialAccount.objects.get().uid == "7"
    assert AuditRow.objects.filter(verb="org.sign_in").exists()


def test_identity_stays_bound_when_its_name_changes(
    cast: Cast, client: Client, provider: IdentityProvider
) -> None:
    provider.claims = {"sub": "7", "preferred_username": "alice"}
    walk(client)
    provider.claims = {"sub": "7", "preferred_username": "bob"}
    walk(other := Client())
    assert other.session["_auth_user_id"] == str(account("alice").pk)


@pytest.mark.parametrize("name", ["unknown", "", "closed"])
def test_identity_without_an_account_stays_outside(
    cast: Cast, client: Client, provider: IdentityProvider, name: str
) -> None:
    if name == "closed":
        actions.close_person(account("alice").pk, by=cast.sysadmin)
        name = "alice"
    provider.claims = {"sub": "8", "preferred_username": name}
    before = Account.objects.count()
    assert walk(client)["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session
    assert Account.objects.count() == before
    assert AuditRow.objects.filter(verb="org.sign_in_failed").exists()


def test_without_settings_there_is_no_button(cast: Cast, client: Client) -> None:
    assert not client.get("/accounts/login/").context["providers"]
