"""Short messages: their kinds, what each says until the district words it, and what must stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 200
PLACE = re.compile(r"\{(\w*)\}")
LINK_LIVES = timedelta(days=7)
INVITED_WITHIN = timedelta(days=3)  # an answer older than this comes from bulk writing: be silent
MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class MessageKind:
    """A kind of message: its name, its default words, and the places that its words must have."""

    label: str | Promise
    words: str | Promise
    places: tuple[str, ...]
    optional: tuple[str, ...] = ("district",)


# Nothing of the matter itself stands in a message: whoever holds the telephone reads it.
KINDS: Mapping[str, MessageKind] = {
    "code": MessageKind(
        _("验证码"),
        _("【{district}民呼我应】验证码 {code}，5 分钟内有效。请勿告诉他人。"),
        ("code",),
    ),
    "rate": MessageKind(
        _("评价链接"),
        _(
            "【{district}民呼我应】您反映的事（{number}）已有办理结果，请点开评价：{link} 。"
            "{days} 天内有效，只能用一次。不点链接的，我们会打电话回访。"
        ),
        ("number", "link"),
        ("district", "days"),
    ),
}


def faults(kind: str, words: str) -> list[str]:
    """What is wrong with the district's own words for a kind, by the names of the places."""
    known = KINDS[kind]
    found = PLACE.findall(words)
    missing = [name for name in known.places if name not in found]
    unknown = [name for name in found if name not in (*known.places, *known.optional)]
    stray = PLACE.sub("", words)
    return [*missing, *unknown, *(mark for mark in "{}" if mark in stray)]


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words with their places filled in."""
    return PLACE.sub(lambda match: values.get(match[1], ""), words)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: one minute, two, four … an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
