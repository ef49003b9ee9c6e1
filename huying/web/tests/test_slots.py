"""What rooms put into the slots appears to whoever may use it, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from huying.kernel.asker import Asker
from huying.web import slots
from huying.web.forms import Form, LookupField
from huying.web.slots import Hit, Option

pytestmark = pytest.mark.django_db


def _never(asker: Asker) -> bool:
    return False


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two entries of each slot: one for all who signed in, one for nobody."""
    registries: tuple[Any, ...] = (slots.NAVIGATION, slots.SEARCH, slots.HOME_CARDS, slots.LOOKUPS)
    kept = [(registry, dict(registry._items)) for registry in registries]
    slots.NAVIGATION.register("t.yes", slots.NavigationItem("可见之页", "jobs", "list"))
    slots.NAVIGATION.register("t.no", slots.NavigationItem("不可见页", "jobs", "list", _never))
    found = [Hit("路灯 <b>不亮</b>", "/found/1")]
    slots.SEARCH.register("t.yes", slots.SearchSource("诉求", "list", lambda a, t, n: found))
    slots.SEARCH.register("t.no", slots.SearchSource("密件", "list", lambda a, t, n: found, _never))
    slots.HOME_CARDS.register(
        "t.yes", slots.HomeCard("待办", "web/state_loading.html", lambda asker: {})
    )
    slots.HOME_CARDS.register(
        "t.none", slots.HomeCard("空卡", "web/state_loading.html", lambda asker: None)
    )
    street = Option("1", "粮道街道", "武昌区")
    slots.LOOKUPS.register(
        "units",
        slots.Lookup(
            lambda asker, text, limit: [street] if text in street.label else [],
            lambda asker, value: street if value == "1" else None,
        ),
    )
    yield
    for registry, items in kept:
        registry._items.clear()
        registry._items.update(items)


@pytest.fixture
def signed_in(anna: Any) -> Client:
    client = Client()
    client.force_login(anna)
    return client


@pytest.mark.usefixtures("filled")
def test_navigation_shows_only_what_one_may_do(signed_in: Client) -> None:
    words = signed_in.get("/").content.decode()
    assert "可见之页" in words
    assert "不可见页" not in words
    assert "审计记录" not in words


@pytest.mark.usefixtures("filled")
def test_home_is_made_of_cards_and_silent_ones_are_left_out(signed_in: Client) -> None:
    words = signed_in.get("/").content.decode()
    assert "待办" in words
    assert "空卡" not in words


@pytest.mark.usefixtures("filled")
def test_search_asks_only_permitted_sources_and_escapes(signed_in: Client) -> None:
    words = signed_in.get("/search/?q=路灯").content.decode()
    assert "路灯 &lt;b&gt;不亮&lt;/b&gt;" in words
    assert "密件" not in words


@pytest.mark.usefixtures("filled")
def test_one_character_is_not_searched(signed_in: Client) -> None:
    assert "/found/1" not in signed_in.get("/search/?q=路").content.decode()


@pytest.mark.usefixtures("filled")
def test_the_search_box_gets_a_part_and_not_a_page(signed_in: Client) -> None:
    answer = signed_in.get("/search/?q=路灯", headers={"hx-request": "true"})
    assert "<html" not in answer.content.decode()
    assert "/found/1" in answer.content.decode()


@pytest.mark.usefixtures("filled")
def test_a_lookup_answers_with_options(signed_in: Client, client: Client) -> None:
    words = signed_in.get("/lookup/units/?lookup_text=粮道").content.decode()
    assert 'data-value="1"' in words
    assert client.get("/lookup/units/?lookup_text=粮道").status_code == 404
    assert signed_in.get("/lookup/nothing/").status_code == 404


class _Somebody:
    id, label = "person:1", "甲"


class _UnitForm(Form):
    unit = LookupField("units", label="单位")


@pytest.mark.usefixtures("filled")
def test_a_form_takes_only_what_the_lookup_knows() -> None:
    by: Any = _Somebody()
    good = _UnitForm({"unit": "1"}, by=by)
    assert good.is_valid()
    assert good.cleaned_data["unit"].label == "粮道街道"
    bad = _UnitForm({"unit": "2"}, by=by)
    assert not bad.is_valid()
    assert "unit" in bad.errors
