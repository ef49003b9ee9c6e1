"""Every word on a page goes through gettext, so that the language switch leaves none behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOMS = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
TRANSLATED = (
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL),
    re.compile(r"""{%\s*trans(?:late)?\s+(?:"[^"]*"|'[^']*').*?%}""", re.DOTALL),
    re.compile(r"""_\((?:"[^"]*"|'[^']*')\)"""),
    re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL),
    re.compile(r"{#.*?#}"),
    re.compile(r">中文<"),  # the language switch names each language in itself
)


def _bare(text: str) -> list[str]:
    for pattern in TRANSLATED:
        text = pattern.sub("", text)
    return CHINESE.findall(text)


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=str(p.relative_to(ROOMS))) for p in ROOMS.glob("*/templates/**/*.html")],
)
def test_a_template_has_no_chinese_outside_of_translation(path: Path) -> None:
    assert _bare(path.read_text(encoding="utf-8")) == []


def test_bare_chinese_is_noticed() -> None:
    assert _bare('<p>保存</p>{% trans "取消" %}{# 注释 #}') == ["保存"]


@pytest.mark.django_db
def test_a_foreign_browser_still_gets_chinese() -> None:
    answer = Client(headers={"accept-language": "en-US"}).get("/")
    assert answer["Content-Language"] == "zh-hans"
    assert 'lang="zh-CN"' in answer.content.decode()


@pytest.mark.django_db
def test_the_language_switch_is_remembered() -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/"})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    answer = client.get("/")
    assert answer["Content-Language"] == "en"
    assert 'lang="en"' in answer.content.decode()
