"""What calls and joint meetings ask for: on the page of a case, and on their own pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.verbs import LONG, VerbForm, chosen_yes, yes_no
from huying.cases.queries.called import upper_of
from huying.cases.queries.meetings import last_room
from huying.cases.queries.page import CasePage
from huying.cases.rules.calls import GRADES, SIDES
from huying.cases.widgets import ManyLookupField, UnitField
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import Invalid
from huying.kernel.queries import working_calendar
from huying.web.forms import Form

ABOUT_ASK = _("已经做了什么、卡在哪里、需要上级做什么；不要写诉求人的姓名电话")


class CallUpForm(VerbForm):
    """呼叫上级."""

    lead = _("诉求仍由本单位答复诉求人；呼叫未超时期间，办理时限暂停计算。")

    lead_unit = UnitField(label=_("应答单位"))
    co = ManyLookupField("case_unit", label=_("协助单位"), required=False)
    subject = forms.CharField(label=_("事由"), max_length=100)
    ask = forms.CharField(
        label=_("请求"), max_length=2000, widget=forms.Textarea(LONG), help_text=ABOUT_ASK
    )

    def fit(self, page: CasePage) -> None:
        lead = next((one.unit for one in page.handlers if one.part == "lead"), None)
        upper = upper_of(lead) if lead else None
        if upper is not None:
            self.initial["lead_unit"] = upper.code
            words = _("默认为上一级（%(unit)s），也可改为其所属部门")
            self.fields["lead_unit"].help_text = words % {"unit": upper.name}
        self.initial["subject"] = page.title[:100]

    def arguments(self) -> dict[str, Any]:
        return called_by(self.cleaned_data)

    def take(self, refusal: Invalid) -> None:
        super().take(in_the_form(refusal))


class CallAloneForm(Form):
    """呼叫, for what is no case."""

    unit = forms.ChoiceField(label=_("以哪个单位的名义"))
    lead_unit = UnitField(label=_("应答单位"), help_text=_("上一级或其所属部门"))
    co = ManyLookupField("case_unit", label=_("协助单位"), required=False)
    subject = forms.CharField(label=_("事由"), max_length=100)
    ask = forms.CharField(
        label=_("请求"), max_length=2000, widget=forms.Textarea(LONG), help_text=ABOUT_ASK
    )

    def __init__(self, *arguments: Any, units: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what stands above
        field.choices = units

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        return {"unit": self.cleaned_data["unit"], **called_by(self.cleaned_data)}

    def take(self, refusal: Invalid) -> None:
        super().take(in_the_form(refusal))


def called_by(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What both forms of calling ask for, as arguments."""
    return {
        "lead": cleaned["lead_unit"].value,
        "co": [option.value for option in cleaned["co"]],
        "subject": cleaned["subject"],
        "ask": cleaned["ask"],
    }


def in_the_form(refusal: Invalid) -> Invalid:
    """The faults by the names of these forms, where `lead` is what stands above the fields."""
    faults = [
        replace(fault, where="lead_unit") if fault.where == "lead" else fault
        for fault in refusal.faults
    ]
    return Invalid(refusal.message, faults=faults, remedy=refusal.remedy)


def next_session() -> datetime:
    """The next morning or afternoon on which offices are open, at its usual hour for meetings."""
    at, calendar = now(), working_calendar()
    for days in range(15):
        day = at.date() + timedelta(days=days)
        for hour in (time(9, 30), time(14, 30)):
            held = datetime.combine(day, hour, DISTRICT_ZONE)
            if held > at + timedelta(hours=1) and calendar.is_workday(day):
                return held
    return at + timedelta(days=1)


class ConveneForm(VerbForm):
    """召集会商."""

    lead = _("会商期间仍由原承办单位答复诉求人；裁定会作为以后同类诉求派单的先例。")

    participants = ManyLookupField("case_unit", label=_("参加单位"))
    held_at = forms.DateTimeField(
        label=_("时间"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    room = forms.CharField(label=_("地点"), max_length=200)
    question = forms.CharField(
        label=_("要议定的问题"), max_length=2000, widget=forms.Textarea(LONG)
    )

    def fit(self, page: CasePage) -> None:
        words = _("“%(title)s”一事，主责在哪个单位？") % {"title": page.title}
        self.initial.update(
            participants=[one.unit.code for one in page.handlers],
            held_at=next_session(),
            question=words,
            room=last_room(self.asker),
        )

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        found["participants"] = [option.value for option in found["participants"]]
        return found


class DeedForm(Form):
    """Base of the forms on the page of a call or meeting; `version` is as the asker read it."""

    lead: ClassVar[Any] = ""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        kept = ("version", "submission")
        return {name: value for name, value in self.cleaned_data.items() if name not in kept}


class AnswerCallForm(DeedForm):
    """应答呼叫."""

    lead = _("应答后开始处置；呼叫单位据此安排后续办理。")

    answer = forms.CharField(label=_("应答"), max_length=2000, widget=forms.Textarea(LONG))


class FinishCallForm(DeedForm):
    """处置完毕."""

    lead = _("办结后，诉求的办理时限继续计算，由呼叫单位答复诉求人。")

    result = forms.CharField(label=_("处置结果"), max_length=2000, widget=forms.Textarea(LONG))


class WithdrawCallForm(DeedForm):
    """撤回呼叫."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(LONG))


class RateCallForm(DeedForm):
    """评价呼叫."""

    side = forms.ChoiceField(label=_("以哪一方"), choices=SIDES, widget=forms.RadioSelect)
    grade = forms.TypedChoiceField(
        label=_("评价"), choices=GRADES, coerce=int, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *arguments: Any, sides: list[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["side"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what stands above
        field.choices = [(code, label) for code, label in SIDES if code in sides]
        if len(sides) == 1:
            field.widget, self.initial["side"] = forms.HiddenInput(), sides[0]


class RuleCallForm(DeedForm):
    """裁定呼叫."""

    lead = _("裁定属自身职责的，呼叫随即结束，计入呼叫单位的考核。")

    misuse = yes_no(_("是否属呼叫单位自身职责"), _("属自身职责"), _("不属，呼叫理由成立"))
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(LONG))

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "misuse": chosen_yes(self.cleaned_data["misuse"])}


class MinuteForm(DeedForm):
    """记会商纪要."""

    minutes = forms.CharField(
        label=_("纪要"),
        max_length=10_000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("各单位意见、一致与分歧；裁定前可以修改"),
    )


class RuleMeetingForm(DeedForm):
    """会商裁定."""

    lead = _("裁定作为先例排在派单规则最前：同一街道、同一分类的诉求今后建议由该单位承办。")

    duty = UnitField(label=_("承办单位"))
    entry = forms.CharField(
        label=_("权责清单条目"), max_length=200, help_text=_("写明清单名称和条目")
    )
    due_on = forms.DateField(
        label=_("接办期限"),
        initial=lambda: now().date() + timedelta(days=7),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(LONG))
    keywords = forms.CharField(
        label=_("先例关键词"),
        required=False,
        max_length=400,
        help_text=_("只对含其中任何一个词的诉求适用；用空格或逗号隔开，留空为全部"),
    )

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        words = [word for word in re.split(r"[\s,，、;；]+", found["keywords"]) if word]
        return {**found, "duty": found["duty"].value, "keywords": words}


class CancelMeetingForm(WithdrawCallForm):
    """取消会商."""


FORMS: dict[str, type[VerbForm]] = {"call_up": CallUpForm, "convene": ConveneForm}
CALL_FORMS: dict[str, type[DeedForm]] = {
    "answer_call": AnswerCallForm,
    "finish_call": FinishCallForm,
    "withdraw_call": WithdrawCallForm,
    "rate_call": RateCallForm,
    "rule_call": RuleCallForm,
}
MEETING_FORMS: dict[str, type[DeedForm]] = {
    "minute": MinuteForm,
    "rule_meeting": RuleMeetingForm,
    "cancel_meeting": CancelMeetingForm,
}
