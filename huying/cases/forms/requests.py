"""What requests, rulings and the look at a suspended case ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.verbs import ReasonForm, VerbForm, yes_no
from huying.cases.queries.page import CasePage
from huying.cases.rules.states import REQUESTS, SUSPENDED_AT_ONCE, SUSPENSIONS
from huying.cases.widgets import UnitField
from huying.kernel.clock import now

LONG = forms.Textarea({"rows": 3})


def day(**options: Any) -> forms.DateField:
    """A day, chosen in the browser's calendar."""
    return forms.DateField(widget=forms.DateInput({"type": "date"}), **options)


class ReturnForm(ReasonForm):
    """申请退件."""

    lead = _("只能申请一次：裁定以后，本单位不能再次退件。")

    suggested = UnitField(label=_("建议承办单位"), required=False)

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        found["suggested"] = found["suggested"].value if found["suggested"] else None
        return found


class ExtensionForm(ReasonForm):
    """申请延期."""

    lead = _("到期前申请，只能延期一次，最多延长一倍。")

    amount = forms.DecimalField(label=_("延长多久"), min_value=0, decimal_places=2)
    notice = forms.CharField(
        label=_("告知诉求人的话"),
        max_length=1000,
        widget=LONG,
        help_text=_("同意延期后，诉求人会看到新的时限和这段话"),
    )

    def fit(self, page: CasePage) -> None:
        clock = next((c for c in page.clocks if c.kind == "handle" and not c.stopped_at), None)
        if clock is not None:
            words = {
                "natural_hours": _("单位：小时，最多 %(most)s"),
                "working_hours": _("单位：工作小时，最多 %(most)s"),
                "working_days": _("单位：工作日，最多 %(most)s"),
            }
            self.fields["amount"].help_text = words[clock.measure] % {"most": clock.amount}

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return {**found, "amount": str(found["amount"])}


class SuspensionForm(VerbForm):
    """申请挂账."""

    lead = _("同意后暂停计时，到复核日期再看；每次最多 30 天，累计最多 180 天。")

    cause = forms.ChoiceField(label=_("原因"), choices=SUSPENSIONS, widget=forms.RadioSelect)
    plan = forms.CharField(
        label=_("办理计划"),
        max_length=2000,
        widget=LONG,
        help_text=_("写清由谁、分几步、什么时候办到什么程度"),
    )
    review_on = day(label=_("复核日期"))

    def fit(self, page: CasePage) -> None:
        self.initial["review_on"] = now().date() + timedelta(days=SUSPENDED_AT_ONCE)


class ClosureForm(ReasonForm):
    """申请结案."""

    lead = _("确实不能解决、已经向诉求人解释清楚的，申请结案；诉求人仍会接到回访。")

    result = forms.CharField(
        label=_("办理结果"),
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("写清做了什么、结果如何；这段话会答复诉求人"),
    )


class MaybeReasonForm(VerbForm):
    """A verb that may be given a reason."""

    reason = forms.CharField(label=_("说明"), required=False, max_length=500, widget=LONG)


class RuleForm(VerbForm):
    """裁定."""

    approved = yes_no(_("裁定"), _("同意"), _("不同意"))
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=LONG)

    def fit(self, page: CasePage) -> None:
        kind = dict(REQUESTS).get(page.case.request)
        if kind:
            self.fields["approved"].label = _("%(kind)s申请") % {"kind": kind}

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"approved": str(cleaned["approved"]) == "1", "reason": cleaned["reason"]}


class ResumeForm(VerbForm):
    """挂账复核."""

    reason = forms.CharField(label=_("复核意见"), max_length=1000, widget=LONG)
    review_on = day(
        label=_("继续挂账到"), required=False, help_text=_("不填就恢复办理，时限接着计算")
    )


FORMS: dict[str, type[VerbForm]] = {
    "request_return": ReturnForm,
    "request_extension": ExtensionForm,
    "request_suspension": SuspensionForm,
    "request_closure": ClosureForm,
    "withdraw_request": MaybeReasonForm,
    "rule": RuleForm,
    "resume": ResumeForm,
}
