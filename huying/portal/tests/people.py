"""The standing cast of this room: the district of the cases, a key for Open311, messages."""

from __future__ import annotations

import re
from typing import Any

from django.core.cache import cache
from django.test import Client

from huying.cases import actions as cases
from huying.cases.models import Case
from huying.cases.tests import people
from huying.kernel import relay
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.org import actions as org
from huying.org.models import Account, Holding, Post, Role, Unit
from huying.portal.actions.filing import file_appeal
from huying.portal.actions.projecting import publish_sheets
from huying.portal.actions.taking import take
from huying.portal.askers import Citizen
from huying.portal.models import IntakeMessage
from huying.portal.queries.telephones import phone_key

HAND = System("test")
NAME, PHONE, OTHER_PHONE = "欧阳建国", "13812345678", "13987654321"
ID_NUMBER = "420106198001011234"
KEY = phone_key
LAMP = "010303"


def build() -> None:
    """The district of the cases' cast, and what the case side publishes of it."""
    cache.clear()
    people.build()
    publish_sheets()


def centre_account() -> Account:
    """Somebody who signs in and holds the centre's post."""
    org.install_roles(by=HAND)
    unit = Unit.objects.get(code="420106")
    account = Account.objects.create_user(
        username="centre", name="周明", unit=unit, password="Kx7#mpQ2vz", password_changed_at=now()
    )
    role = Role.objects.get(code="district_centre")
    post = Post.objects.create(unit=unit, role=role, area=unit, title="值班长")
    Holding.objects.create(person=account, post=post, since=now())
    return account


def open311_key(scopes: tuple[str, ...] = ("cases.register",)) -> str:
    """A key for Open311 of somebody who may register."""
    account = Account.objects.filter(username="centre").first() or centre_account()
    return org.issue_key(account.pk, "市民应用", list(scopes), purpose="open311", by=HAND)[1]


def filed(**facts: Any) -> IntakeMessage:
    """A message of a citizen, waiting."""
    given: dict[str, Any] = {
        "by": Citizen(phone_key(PHONE)),
        "key": "",
        "channel": "web",
        "body": f"小区门口路灯坏了一周。联系人{NAME}，电话{PHONE}。",
        "name": NAME,
        "phone": PHONE,
        "verified": True,
        "address": "粮道街花园山小区3栋2单元501室",
        "longitude": 114.30512,
        "latitude": 30.54321,
    }
    return file_appeal(**(given | facts))


def taken(**facts: Any) -> IntakeMessage:
    """A message that became a case."""
    message = filed(**facts)
    take(message.pk)
    message.refresh_from_db()
    return message


def accepted(**facts: Any) -> str:
    """A case that came in here and was accepted; its number."""
    number = taken(**facts).number
    case = Case.objects.get(number=number)
    cases.accept(number, version=case.version, by=HAND, category=LAMP)
    return number


def published(**facts: Any) -> str:
    """A case that everybody may see; its number."""
    number = accepted(**facts)
    publish(number)
    return number


def publish(number: str, **more: Any) -> None:
    """Publish a case as one colleague proposes and another approves, and tell the portal."""
    given = {
        "title": "小区门口路灯不亮",
        "body": f"路灯坏了一周，{NAME}，{PHONE}，{ID_NUMBER}。",
        "address": "粮道街花园山小区3栋2单元501室",
    } | more
    case = Case.objects.get(number=number)
    done = cases.publish(number, version=case.version, by=people.centre, **given)
    cases.rule_publication(number, version=done.version, by=HAND, approved=True)
    deliver()


def unpublish(number: str, reason: str) -> None:
    """Take a case back, and tell the portal."""
    case = Case.objects.get(number=number)
    cases.unpublish(number, version=case.version, by=people.centre, reason=reason)
    deliver()


def deliver() -> None:
    """Deliver what was told, as the relay does."""
    while relay.deliver_due():
        pass


def code_in(answer: Any) -> str:
    """The code that a demonstration shows on the page."""
    # A whole page has other digits too: those of tokens and of the names of its files.
    found = re.search(r"验证码 ([0-9]{6})", answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def proved(phone: str = PHONE, client: Client | None = None) -> Client:
    """A browser that has proved a telephone."""
    client = client or Client()
    code = code_in(client.post("/portal/code/", {"phone": phone}))
    answer = client.post("/portal/follow/", {"phone": phone, "code": code})
    assert answer.status_code == 302, answer.content.decode()
    return client
