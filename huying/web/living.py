"""The living page of demo mode: every component and state, in the theme that is chosen."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huying.kernel import errors
from huying.kernel.asker import Asker
from huying.kernel.models import CalendarDay
from huying.web import answers, states
from huying.web.context import asker_of
from huying.web.forms import Form, LookupField
from huying.web.listing import Listing, table_page
from huying.web.slots import Hit
from huying.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    LookupFilter,
    Table,
    TextFilter,
)
from huying.web.templatetags.web import tag
from huying.web.views import HitGroup

WEEK = [
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
]


class SampleTable(Table):
    """The published days of the working calendar, as a table that anybody may see."""

    name = "web.sample"
    title = gettext_lazy("工作日历")
    default_sort = "-date"
    page_size = 10
    empty_icon = "calendar"
    empty_heading = gettext_lazy("还没有公布的日期")
    empty_hint = gettext_lazy("管理员载入当年的工作日历后，日期会显示在这里。")
    columns: ClassVar = (
        Column("date", gettext_lazy("日期"), sort="date", nowrap=True, phone="title"),
        Column(
            "workday",
            gettext_lazy("类型"),
            cell=lambda day: tag(_("工作日"), "info") if day.workday else tag(_("休息日"), "ok"),
            phone="tag",
        ),
        Column("weekday", gettext_lazy("星期"), value=lambda day: WEEK[day.date.weekday()]),
        Column("holiday", gettext_lazy("节日"), sort="holiday"),
        Column("in_lieu", gettext_lazy("调休"), shown=False),
    )
    filters: ClassVar = (
        TextFilter("holiday", gettext_lazy("节日"), placeholder=gettext_lazy("按节日名称筛选")),
        ChoiceFilter(
            "day",
            gettext_lazy("星期"),
            choices=[(str(number), name) for number, name in enumerate(WEEK, 1)],
            field="date__iso_week_day",
        ),
        DateRangeFilter(
            "date",
            gettext_lazy("日期"),
            apply=lambda rows, value, asker: rows.filter(
                **{
                    name: day
                    for name, day in (("date__gte", value[0]), ("date__lte", value[1]))
                    if day
                }
            ),
        ),
        BooleanFilter("workday", gettext_lazy("是否上班")),
        LookupFilter("verb", gettext_lazy("查找"), lookup="verbs", apply=lambda rows, _v, _a: rows),
    )

    def rows(self, asker: Asker) -> QuerySet[Any]:
        return CalendarDay.objects.all()

    def tone(self, row: Any) -> str:
        return "warn" if row.in_lieu else ""


class SampleForm(Form):
    """Every kind of field."""

    title = forms.CharField(
        label=gettext_lazy("标题"), max_length=40, help_text=gettext_lazy("一句话说清楚。")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("", "—"), ("road", gettext_lazy("道路")), ("noise", gettext_lazy("噪音"))],
    )
    day = forms.DateField(
        label=gettext_lazy("日期"), required=False, widget=forms.DateInput({"type": "date"})
    )
    verb = LookupField("verbs", label=gettext_lazy("动作"), required=False)
    urgency = forms.ChoiceField(
        label=gettext_lazy("紧急程度"),
        widget=forms.RadioSelect,
        choices=[("normal", gettext_lazy("一般")), ("urgent", gettext_lazy("紧急"))],
    )
    body = forms.CharField(label=gettext_lazy("内容"), widget=forms.Textarea({"rows": 3}))
    longitude = forms.FloatField(label=gettext_lazy("经度"), required=False)
    latitude = forms.FloatField(label=gettext_lazy("纬度"), required=False)
    agree = forms.BooleanField(label=gettext_lazy("信息属实"), required=False)


def _area(code: str, name: str, box: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "code": code,
            "name": name,
            "level": "street",
            "longitude": (west + east) / 2,
            "latitude": (south + north) / 2,
        },
    }


def _point(name: str, tone: str, longitude: float, latitude: float) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"name": name, "tone": tone, "note": _("示例")},
    }


def _drawings() -> dict[str, Any]:
    week = [str(name) for name in WEEK]
    return {
        "bars": {
            "kind": "stack",
            "labels": week,
            "series": [
                {"name": _("按期办结"), "values": [32, 41, 38, 45, 40, 12, 9]},
                {"name": _("超期"), "values": [3, 2, 4, 1, 2, 0, 1]},
            ],
        },
        "lines": {
            "kind": "area",
            "labels": week,
            "unit": "%",
            "whole": False,
            "series": [{"name": _("满意率"), "values": [91.2, 92.0, None, 93.4, 92.8, 94.1, 95.0]}],
        },
        "pie": {
            "kind": "pie",
            "labels": [_("道路"), _("噪音"), _("物业"), _("供水")],
            "series": [{"name": _("件数"), "values": [42, 31, 18, 9]}],
        },
        "nothing": {"kind": "bar", "labels": [], "series": []},
        "areas": {
            "type": "FeatureCollection",
            "features": [
                _area("a", _("甲街道"), (114.30, 30.53, 114.33, 30.56)),
                _area("b", _("乙街道"), (114.33, 30.53, 114.37, 30.56)),
                _area("c", _("丙街道"), (114.30, 30.56, 114.37, 30.58)),
            ],
        },
        "points": {
            "type": "FeatureCollection",
            "features": [
                _point(_("路面破损"), "bad", 114.315, 30.545),
                _point(_("路灯不亮"), "warn", 114.345, 30.551),
                _point(_("已修复"), "ok", 114.335, 30.571),
            ],
        },
    }


def _refusals() -> list[errors.Refusal]:
    fault = errors.Fault(_("第 3 行 · 手机号"), _("应为 11 位数字。"), _("请核对后重填。"))
    return [
        errors.Forbidden(str(states.FORBIDDEN), remedy=_("如需办理，请联系本单位系统管理员。")),
        errors.NotFound(str(states.NOT_FOUND)),
        errors.NotNow(_("这件诉求已经办结，不能再签收。"), allowed=["web.save_view", "web.export"]),
        errors.Invalid(_("有 1 处需要修改。"), faults=[fault]),
        errors.Unauthenticated(_("登录已过期。")),
        states.Broken(_("系统遇到意外情况，没有完成这次操作，已记入日志。")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def living(request: HttpRequest) -> HttpResponseBase:
    """Every component once; the form may be sent to see its errors."""
    asker = asker_of(request)
    of_table = request.headers.get("HX-Target", "").endswith("web-sample")
    if of_table or "export" in request.GET or {"view_name", "drop_view"} & set(request.POST):
        return table_page(request, SampleTable)
    faulty = SampleForm({"title": "", "longitude": "x"}, by=asker, prefix="faulty")
    groups = [
        HitGroup(
            _("诉求"),
            "message-report",
            [Hit(_("路灯不亮"), "#search", "WH42010620261122-0007", _("办理中"))],
            "#search",
        ),
        HitGroup(_("单位"), "building-bank", [Hit(_("甲街道办事处"), "#search")], ""),
    ]
    context: dict[str, Any] = {
        "listing": Listing(SampleTable(), request, request.GET),
        "form": SampleForm(by=asker),
        "faulty": faulty,
        "refusals": [states.context_of(refusal) for refusal in _refusals()],
        "groups": groups,
        "tones": [
            ("ok", "circle-check", _("已办结")),
            ("info", "progress", _("办理中")),
            ("warn", "clock-exclamation", _("即将到期")),
            ("bad", "alert-triangle", _("已超期")),
            ("idle", "archive", _("归档")),
        ],
        **_drawings(),
    }
    return render(request, "web/living.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The confirm dialog, and what follows it."""
    if request.method == "POST":
        answers.done(request, _("已删除。"), undo=reverse("living_undo"))
        return answers.go(request, reverse("living"))
    return answers.confirm(
        request,
        title=_("删除这条记录？"),
        message=_("删除后 10 秒内可以撤销。"),
        action=reverse("living_ask"),
        button=_("删除"),
        danger=True,
        fields={"version": 3},
        back=reverse("living"),
    )


@require_http_methods(["POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Take the sample deed back."""
    messages.info(request, _("已撤销。"))
    return answers.go(request, reverse("living"))


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, status: int) -> HttpResponse:
    """Refuse with a status, to see its page."""
    for refusal in _refusals():
        if refusal.status == status:
            if status == 500:
                raise RuntimeError("the living page breaks on purpose")
            raise refusal
    raise errors.NotFound(str(states.NOT_FOUND))


urlpatterns: list[URLPattern] = [
    path("living/", living, name="living"),
    path("living/ask/", ask, name="living_ask"),
    path("living/undo/", undo, name="living_undo"),
    path("living/refuse/<int:status>/", refuse, name="living_refuse"),
]
