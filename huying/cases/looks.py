"""How facts of an appeal look on every page: tones, marks, and deadlines in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from huying.cases.models import Case, SupervisionOrder, SupervisionTrigger
from huying.cases.queries.orders import standing
from huying.cases.queries.work import RUNNING
from huying.cases.rules import STATES
from huying.cases.rules.outgoing import TRACKS
from huying.cases.rules.states import MAX_ROUNDS, REQUESTS, SATISFIED, SUPERVISIONS, TRIGGERS
from huying.kernel.clock import now
from huying.web.templatetags.web import icon, moment, tag, until

TONES = {
    "registered": "info",
    "accepted": "info",
    "dispatched": "warn",
    "in_progress": "info",
    "suspended": "warn",
    "replied": "ok",
    "awaiting_callback": "warn",
    "evaluated": "ok",
}
LABELS = dict(STATES)
SOON = 24 * 3600
STANDINGS = (
    ("waiting", lazy("待回复")),
    ("late", lazy("逾期未回复")),
    ("answered", lazy("已回复，待销号")),
    ("closed", lazy("已销号")),
    ("raised", lazy("逾期，已升级")),
)
STANDING_LABELS = dict(STANDINGS)
STANDING_TONES = {
    "waiting": "warn",
    "late": "bad",
    "answered": "info",
    "closed": "idle",
    "raised": "bad",
}


def state_tag(state: str) -> SafeString:
    """The state in words, in its colour."""
    return tag(LABELS.get(state, state), TONES.get(state, "idle"))


def state_of(case: Case) -> SafeString:
    """The state of a case; one that was rated badly says that it goes round again."""
    if case.state == "evaluated" and not case.imported and not case.unreached:
        good = bool(case.solved) and (case.grade or 0) >= SATISFIED
        if not good and case.round < MAX_ROUNDS:
            return tag(_("已评价，待重派"), "warn")
    if case.state == "not_accepted" and case.refusal in TRACKS:
        return tag(TRACKS[case.refusal].label, "idle")
    return state_tag(case.state)


def tone_of(due_at: datetime) -> str:
    """Red when past, yellow in the last day."""
    left = (due_at - now()).total_seconds()
    return "bad" if left < 0 else "warn" if left < SOON else "idle"


def deadline(due_at: datetime, provisional: bool) -> SafeString:
    """The time left in words; beyond the published calendar it says that it may still move."""
    words = until(due_at)
    tone = tone_of(due_at)
    picture = icon("clock-exclamation", css="small") if tone == "bad" else SafeString("")
    mark = tag(_("暂定"), "idle") if provisional else SafeString("")
    return format_html('<span class="due tone-{}">{}{}</span> {}', tone, picture, words, mark)


def due(case: Case) -> SafeString:
    """The handling deadline of a case while it runs; how it ended once it has been answered."""
    if case.imported or case.due_at is None:
        return SafeString("—")
    if case.state in RUNNING:
        if case.paused:
            return tag(_("计时暂停"), "idle", "player-pause")
        return deadline(case.due_at, case.due_provisional)
    if case.replied_at is None:
        return SafeString("—")
    if case.replied_at <= case.due_at:
        return format_html('<span class="faint">{}</span>', _("按时办结"))
    return format_html('<span class="due tone-bad">{}</span>', _("超时办结"))


def late(case: Case) -> bool:
    """Whether the handling deadline has passed without an answer."""
    return (
        case.state in RUNNING
        and not case.imported
        and not case.paused
        and case.due_at is not None
        and case.due_at < now()
    )


def marks(case: Case) -> SafeString:
    """What makes a case special: urgent, sensitive, supervised, a later round, imported."""
    found = []
    if case.urgent:
        found.append(tag(_("紧急"), "bad", "urgent"))
    if case.sensitive:
        found.append(tag(_("敏感"), "warn", "eye-off"))
    if case.request:
        kind = dict(REQUESTS)[case.request]
        found.append(tag(_("%(kind)s申请待裁定") % {"kind": kind}, "warn", "gavel"))
    if case.calls_open:
        found.append(tag(_("呼叫中"), "info", "speakerphone"))
    if case.supervision:
        found.append(tag(_("督办 %(level)s 级") % {"level": case.supervision}, "bad", "flag"))
    if case.merged_count:
        said = _("并 %(count)s 件") % {"count": case.merged_count}
        found.append(tag(said, "info", "stack-2"))
    if case.parent_id:
        found.append(tag(_("拆分件"), "idle", "sitemap"))
    if case.publication in ("approved", "renewed"):
        found.append(tag(_("已公开"), "ok", "world"))
    if case.confidential:
        found.append(tag(_("保密"), "bad", "lock"))
    if case.round > 1:
        found.append(tag(_("第 %(round)s 轮") % {"round": case.round}, "warn", "repeat"))
    if case.imported:
        found.append(tag(_("历史"), "idle", "history"))
    return format_html_join("", "{}", ((mark,) for mark in found))


def titled(case: Case) -> SafeString:
    """The title with its marks, and with a dot where others did something since one looked."""
    found = marks(case)
    news = SafeString("")
    if getattr(case, "unread", False):
        words = _("有新变化")
        news = format_html('<span class="unread-dot" role="img" aria-label="{}"></span>', words)
    if not found:
        return format_html("{}{}", news, case.title)
    return format_html('{}{}<span class="marks">{}</span>', news, case.title, found)


def level_tag(order: SupervisionOrder) -> SafeString:
    """The level of an order, the higher the redder."""
    return tag(_("%(level)s 级") % {"level": order.level}, ("info", "warn", "bad")[order.level - 1])


def standing_tag(order: SupervisionOrder) -> SafeString:
    """Where an order stands, in its colour."""
    found = standing(order)
    return tag(STANDING_LABELS[found], STANDING_TONES[found])


def order_due(order: SupervisionOrder) -> SafeString:
    """The time left to answer; how it ended once it was answered or raised."""
    if order.answered_at is None and order.closed_at is None:
        return deadline(order.due_at, order.provisional)
    return format_html('<span class="faint">{}</span>', moment(order.due_at, "short"))


def order_standing(order: SupervisionOrder) -> SafeString:
    """The time left to answer, else where the order stands."""
    waits = order.answered_at is None and order.closed_at is None
    return deadline(order.due_at, order.provisional) if waits else standing_tag(order)


def level_words(level: int) -> str:
    """A level with its form (潍§26, 济§28)."""
    return str(dict(SUPERVISIONS)[level])


def condition(row: SupervisionTrigger) -> str:
    """A condition of supervision in words."""
    said = str(dict(TRIGGERS)[row.code])
    if row.days:
        said = _("%(days)s 天内%(what)s") % {"days": row.days, "what": said}
    if row.threshold:
        said += _("，达到 %(count)s 次") % {"count": row.threshold}
    return said


def ordered(row: SupervisionTrigger) -> str:
    """The order that a condition opens, in words."""
    level = level_words(row.level) if row.level else _("升一级")
    return _("%(level)s，%(time)s内回复") % {
        "level": level,
        "time": spoken(row.measure, row.amount),
    }


def spoken(measure: str, amount: Any) -> str:
    """A length of time in words: `5 个工作日`, `2 个工作小时`, `24 小时`, `7 天`."""
    number = Decimal(str(amount)).normalize()
    if measure == "natural_hours" and number >= 48 and number % 24 == 0:
        return _("%(amount)s 天") % {"amount": f"{number / 24:f}"}
    words = {
        "natural_hours": _("%(amount)s 小时"),
        "working_hours": _("%(amount)s 个工作小时"),
        "working_days": _("%(amount)s 个工作日"),
    }
    return words[measure] % {"amount": f"{number:f}"}


def lasted(minutes: int) -> str:
    """So many minutes in words: `45 分钟`, `3 小时 5 分`, `2 天 4 小时`."""
    hours, rest = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    if days:
        return _("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": left}
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s 分钟") % {"minutes": rest}


def basis(code: str) -> str:
    """What a deadline rests on, in words."""
    return {"S": _("法规"), "P": _("通行做法"), "G": _("系统默认")}.get(code, code)
