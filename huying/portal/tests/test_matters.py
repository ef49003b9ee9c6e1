"""我要办事: the default list, what citizens see of it, and officers who edit it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from huying.cases.tests.people import leader
from huying.kernel.errors import Forbidden, Invalid, Stale
from huying.portal.actions.matters import edit_matter, install_matters
from huying.portal.models import Matter
from huying.portal.tests.people import HAND, centre_account

pytestmark = pytest.mark.usefixtures("district")

FACTS: dict[str, Any] = {
    "group": "elder",
    "materials": ["身份证", " "],
    "steps": [],
    "active": True,
    "confirmed": True,
    "name": "助餐卡",
    "unit": "区民政局",
}


def test_about_thirty_matters_are_there_from_the_first_start() -> None:
    assert install_matters(by=HAND) >= 30
    assert install_matters(by=HAND) == 0
    page = Client().get("/portal/matters/").content.decode()
    assert "高龄津贴申领" in page
    one = Client().get("/portal/matters/senior-allowance/").content.decode()
    assert "要带的材料" in one
    assert "未经本区确认" in one


def test_a_few_characters_find_a_matter_and_nothing_says_so() -> None:
    install_matters(by=HAND)
    found = Client().get("/portal/matters/?q=津贴").content.decode()
    assert "高龄津贴申领" in found
    assert "结婚登记" not in found
    assert "没有找到这件事" in Client().get("/portal/matters/?q=飞机").content.decode()
    assert Client().get("/portal/matters/nothing/").status_code == 404


def test_a_matter_is_added_changed_hidden_and_never_overwritten_unseen() -> None:
    made = edit_matter("meal-card", by=HAND, version=None, **FACTS)
    assert made.materials == ["身份证"]
    with pytest.raises(Invalid):
        edit_matter("meal-card", by=HAND, version=None, **FACTS)
    edit_matter("meal-card", by=HAND, version=1, **FACTS | {"active": False})
    with pytest.raises(Stale):
        edit_matter("meal-card", by=HAND, version=1, **FACTS)
    assert Client().get("/portal/matters/meal-card/").status_code == 404
    with pytest.raises(Forbidden):
        edit_matter("meal-card", by=leader, version=2, **FACTS)
    with pytest.raises(Invalid) as refused:
        edit_matter("x", by=HAND, version=None, **FACTS | {"name": "", "group": "moon"})
    assert {fault.where for fault in refused.value.faults} == {"name", "group"}


def test_an_officer_edits_by_pages() -> None:
    install_matters(by=HAND)
    browser = Client()
    browser.force_login(centre_account())
    assert "高龄津贴申领" in browser.get("/portal/desk/matters/").content.decode()
    address = "/portal/desk/matters/senior-allowance/"
    assert browser.get(address).status_code == 200
    form = {
        "name": "高龄津贴",
        "group": "elder",
        "unit": "区民政局",
        "version": "1",
        "active": "on",
    }
    assert browser.post(address, form | {"materials": "身份证\n户口簿"}).status_code == 302
    row = Matter.objects.get(code="senior-allowance")
    assert (row.name, row.materials) == ("高龄津贴", ["身份证", "户口簿"])
    assert browser.post(address, form).status_code == 409
    assert browser.post("/portal/desk/matters/new/", {}).status_code == 422
