"""Pages of the working calendar: a year at a glance, one day changed, a year loaded, published."""

from __future__ import annotations

import csv
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huying.kernel import actions, queries
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotFound, Unauthenticated
from huying.kernel.queries import DayOfYear
from huying.kernel.verbs import require
from huying.web import answers, slots
from huying.web.context import asker_of
from huying.web.exports import safe
from huying.web.forms import Form

VERB = "kernel.edit_calendar"
YEARS = range(2000, 2101)
LARGEST = 1_000_000
COLUMNS = ("date", "workday", "holiday", "in_lieu")
# The names in the calendar that ships with the product, which is published in English.
SHIPPED_NAMES = {
    "New Year's Day": gettext_lazy("元旦"),
    "Spring Festival": gettext_lazy("春节"),
    "Tomb-sweeping Day": gettext_lazy("清明节"),
    "Labour Day": gettext_lazy("劳动节"),
    "Dragon Boat Festival": gettext_lazy("端午节"),
    "Mid-autumn Festival": gettext_lazy("中秋节"),
    "National Day": gettext_lazy("国庆节"),
}


class DayForm(Form):
    """Whether a day is worked, and what is celebrated."""

    kind = forms.ChoiceField(
        label=gettext_lazy("这一天"),
        choices=[("work", gettext_lazy("上班")), ("free", gettext_lazy("放假"))],
        widget=forms.RadioSelect,
    )
    holiday = forms.CharField(
        label=gettext_lazy("节日或原因"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("例如“春节”；调休上班的周末也写所属节日。"),
    )


class YearForm(Form):
    """A file with the days of a year."""

    file = forms.FileField(
        label=gettext_lazy("日历文件 (.csv)"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy(
            "每行一天：date 为 2027-02-06 这样的日期，workday 为 1（上班）或 0（放假），"
            "holiday 为节日名称，in_lieu 可不填。"
        ),
    )


def keeper(request: HttpRequest) -> Asker:
    """Who asks, signed in and keeping the calendar."""
    asker = asker_of(request)
    if not slots.signed_in(asker):
        raise Unauthenticated(_("请先登录。"))
    require(VERB, asker)
    return asker


def page_of(year: int) -> str:
    """The address of a year."""
    return f"{reverse('calendar')}?year={year}"


def name_of(day: DayOfYear) -> str:
    """What is celebrated on a day, in the reader's language."""
    return str(SHIPPED_NAMES.get(day.holiday, day.holiday))


def look_of(day: DayOfYear) -> dict[str, Any]:
    """How a day is shown: its tone, its mark, and all of it in words for who cannot see them."""
    if day.made_up:
        tone, mark, words = "info", _("班"), _("调休上班")
    elif day.off:
        tone, mark, words = "bad", _("休"), _("放假")
    elif day.workday:
        tone, mark, words = "", "", _("工作日")
    else:
        tone, mark, words = "idle", "", _("周末")
    said = [words, name_of(day), "" if day.published else _("暂定")]
    return {
        "date": day.date,
        "tone": tone,
        "mark": mark,
        "published": day.published,
        "words": "，".join(word for word in said if word),
    }


def months_of(days: list[DayOfYear], today: date) -> list[dict[str, Any]]:
    """The months of a year as weeks from Monday to Sunday; None stands where a month has no day."""
    months = []
    for _number, of_month in groupby(days, key=lambda day: day.date.month):
        shown = [look_of(day) | {"today": day.date == today} for day in of_month]
        first = shown[0]["date"]
        cells: list[Any] = [None] * first.weekday() + shown
        cells += [None] * (-len(cells) % 7)
        weeks = [cells[place : place + 7] for place in range(0, len(cells), 7)]
        months.append({"first": first, "weeks": weeks})
    return months


@require_safe
def year_page(request: HttpRequest) -> HttpResponse:
    """A year of the calendar, and which running clocks rest on days not yet published."""
    asker = keeper(request)
    today = now().date()
    asked = request.GET.get("year", str(today.year))
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    if year not in YEARS:
        raise NotFound(_("没有这一年的日历。"))
    days = queries.calendar_year(asker, year)
    provisional = [clock for ask in slots.PROVISIONAL for clock in ask(asker)]
    context = {
        "year": year,
        "before": page_of(year - 1) if year - 1 in YEARS else "",
        "after": page_of(year + 1) if year + 1 in YEARS else "",
        "months": months_of(days, today),
        "weekdays": _("一 二 三 四 五 六 日").split(),
        "published": sum(day.published for day in days),
        "left": sum(not day.published for day in days),
        "worked": sum(day.workday for day in days),
        "free": sum(not day.workday for day in days),
        "made_up": sum(day.made_up for day in days),
        "provisional": provisional,
        "provisional_count": sum(clock.number for clock in provisional),
    }
    return render(request, "web/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_day(request: HttpRequest, day: str) -> HttpResponse:
    """Set one day as worked or free."""
    asker = keeper(request)
    found = _day(asker, day)
    start = {"kind": "work" if found.workday else "free", "holiday": name_of(found)}
    form = answers.form_of(request, DayForm, by=asker, initial=start)

    def deed(data: dict[str, Any]) -> None:
        worked = data["kind"] == "work"
        actions.edit_calendar(found.date, workday=worked, holiday=data["holiday"], by=asker)

    told = _("%(day)s 已改。") % {"day": found.date}
    back = page_of(found.date.year)
    if answer := answers.take(request, form, deed, told=told, back=back):
        return answer
    return answers.confirm(
        request,
        title=_("%(day)s 上班还是放假") % {"day": found.date},
        message=_("这一天随即视为已公布。以后开始的时限按新日历计算。"),
        action=reverse("calendar_day", args=[day]),
        button=_("保存"),
        form=form,
        back=back,
        status=answers.status_of(form),
    )


def _day(asker: Asker, text: str) -> DayOfYear:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = date.min
    if asked.year not in YEARS:
        raise NotFound(_("没有这一天。"))
    return next(day for day in queries.calendar_year(asker, asked.year) if day.date == asked)


@require_http_methods(["GET", "HEAD", "POST"])
def load_year(request: HttpRequest) -> HttpResponse:
    """Load the days of a year from a file, all or none of them."""
    asker = keeper(request)

    def deed(data: dict[str, Any]) -> HttpResponse:
        days = actions.load_calendar(_text_of(data["file"]), by=asker)
        answers.done(request, _("已载入 %(count)s 天。") % {"count": len(days)})
        return answers.go(request, page_of(days[0].date.year))

    return answers.form_page(
        request,
        YearForm,
        deed,
        by=asker,
        title=_("导入一年的工作日历"),
        lead=_("先检查、后导入：任何一行有误，全部不导入。可先下载某一年的日历，改好再导入。"),
        back=reverse("calendar"),
        button=_("导入"),
    )


def _text_of(file: Any) -> str:
    """The text of an upload, from Excel's own encoding too."""
    if file.size > LARGEST:
        raise Invalid(_("文件太大。"), faults=[Fault("file", _("一年的日历不超过 1 MB。"))])
    data = file.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return str(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Invalid(_("读不出文件。"), faults=[Fault("file", _("请另存为 UTF-8 编码的 CSV。"))])


@require_safe
def year_file(request: HttpRequest, year: int) -> HttpResponse:
    """A year as the file that `load_year` takes."""
    asker = keeper(request)
    if year not in YEARS:
        raise NotFound(_("没有这一年的日历。"))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="calendar-{year}.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for day in queries.calendar_year(asker, year):
        writer.writerow([day.date, int(day.workday), safe(name_of(day)), 0])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def publish_year(request: HttpRequest, year: int) -> HttpResponse:
    """Ask, then publish what is left of a year."""
    asker = keeper(request)
    if year not in YEARS:
        raise NotFound(_("没有这一年的日历。"))
    if request.method == "POST":
        count = actions.publish_calendar(year, by=asker)
        answers.done(
            request, _("%(year)s 年已公布，新增 %(count)s 天。") % {"year": year, "count": count}
        )
        return answers.go(request, page_of(year))
    left = sum(not day.published for day in queries.calendar_year(asker, year))
    return answers.confirm(
        request,
        title=_("公布 %(year)s 年") % {"year": year},
        message=_(
            "还有 %(count)s 天未公布，将按页面所示公布：周一至周五上班，周末放假。"
            "请先核对国务院办公厅的放假通知，把节假日和调休都改好。"
        )
        % {"count": left},
        action=reverse("calendar_publish", args=[year]),
        button=_("公布"),
        back=page_of(year),
    )


urlpatterns: list[URLPattern] = [
    path("calendar/", year_page, name="calendar"),
    path("calendar/import/", load_year, name="calendar_import"),
    path("calendar/day/<slug:day>/", change_day, name="calendar_day"),
    path("calendar/<int:year>/publish/", publish_year, name="calendar_publish"),
    path("calendar/<int:year>.csv", year_file, name="calendar_file"),
]
