"""Nothing personal stands in any page, JSON or XML that people without a proof can reach."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from huying.kernel.models import AuditRow, Notice
from huying.portal.actions.matters import install_matters
from huying.portal.api.urls import urlpatterns as open311
from huying.portal.models import FollowedCase, IntakeMessage, RatingLink
from huying.portal.queries.links import token_of
from huying.portal.tests.people import (
    HAND,
    ID_NUMBER,
    NAME,
    OTHER_PHONE,
    PHONE,
    open311_key,
    proved,
    published,
    taken,
)
from huying.portal.tests.test_following import answered
from huying.portal.urls import urlpatterns as portal

pytestmark = pytest.mark.usefixtures("district")

SECRETS = (NAME, PHONE, ID_NUMBER, "5678", "138****", "501室", "114.30512", "30.54321")
BODY = f"我是{NAME}，电话{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}，身份证{ID_NUMBER}，路灯坏了。"


def addresses(number: str, token: str) -> list[str]:
    """Every address of the room with its parameters filled in."""
    values = {"number": number, "token": token, "code": "010303", "verb": "comment", "rest": "x"}
    values |= {"identity": "1", "kind": "rate", "secret": "x"}
    found = []
    for prefix, patterns in (("/portal/", portal), ("/open311/", open311)):
        for pattern in patterns:
            assert not isinstance(pattern, URLResolver)
            assert isinstance(pattern, URLPattern)
            for form in ("json", "xml"):
                route = re.sub(
                    r"<(?:\w+:)?(\w+)>",
                    lambda match, form=form: {**values, "form": form}[match[1]],  # type: ignore[misc]
                    str(pattern.pattern),
                )
                found.append(prefix + route)
    links = (f"/portal/r/{token_of(link)}/" for link in RatingLink.objects.all())
    return list(dict.fromkeys([*found, *links]))


@pytest.mark.parametrize("who", ["stranger", "another telephone"])
def test_no_address_tells_a_stranger_who_appealed(who: str) -> None:
    install_matters(by=HAND)
    number = published(body=BODY, name=NAME)
    answered(number)
    hidden = taken(key="web:2", body=BODY).number
    token = IntakeMessage.objects.exclude(number=number).get().token
    browser = Client() if who == "stranger" else proved(OTHER_PHONE)
    seen = 0
    for case in (number, hidden):
        for address in addresses(case, token):
            answer = browser.get(address)
            assert answer.status_code < 500, address
            text = answer.content.decode()
            seen += answer.status_code == 200
            for secret in SECRETS:
                assert secret not in text, f"{secret} in {address}"
            if case == hidden and "/receipt/" not in address and "/tokens/" not in address:
                found = text.replace(f"number={hidden}", "").replace(f'value="{hidden}"', "")
                assert hidden not in found or answer.status_code == 404, address
    assert seen > 20


def test_not_even_a_key_tells_the_texts_of_what_is_not_public() -> None:
    key = open311_key()
    taken(body=BODY)
    for form in ("json", "xml"):
        for path in ("requests", "servicerequestupdates"):
            address = f"/open311/v2/{path}.{form}?api_key={key}"
            text = Client().get(address).content.decode()
            assert not [secret for secret in SECRETS if secret in text]


def test_nothing_personal_stays_in_what_the_portal_keeps() -> None:
    published(body=BODY)
    kept = f"{list(FollowedCase.objects.values())} {list(IntakeMessage.objects.values())}"
    kept += f"{list(AuditRow.objects.values())} {list(Notice.objects.values())}"
    for secret in (NAME, PHONE, ID_NUMBER):
        assert secret not in kept
