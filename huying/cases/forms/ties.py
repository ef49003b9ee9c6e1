"""What merging, splitting, handing over, publishing and answering on the spot ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.verbs import ReasonForm, VerbForm, chosen_yes, cited, yes_no
from huying.cases.queries.page import CasePage
from huying.cases.rules.outgoing import RESULT_SHOWN, TRACKS, public_address
from huying.cases.widgets import UnitField
from huying.kernel.errors import Invalid

LONG = forms.Textarea({"rows": 3})
PARTS = (1, 2, 3, 4)


class OnSpotForm(VerbForm):
    """当场答复."""

    lead = _("能当场答清的不必派单；答复同样要审核、回访。")

    articles = cited()
    result = forms.CharField(
        label=_("答复内容"),
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("这段话会答复诉求人"),
    )
    solved = yes_no(_("问题解决了吗"), _("已解决"), _("未解决，已作解释"))
    unit = UnitField(label=_("答复单位"), help_text=_("写明由谁答复"))

    def fit(self, page: CasePage) -> None:
        super().fit(page)
        if own := getattr(self.asker, "units", ()):  # mostly whoever takes the call answers
            self.initial["unit"] = own[0].rstrip("/").rsplit("/", 1)[-1]

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "result": cleaned["result"],
            "solved": chosen_yes(cleaned["solved"]),
            "unit": cleaned["unit"].value,
            "articles": cleaned["articles"].split(),
        }


class MergeForm(ReasonForm):
    """并入另一件."""

    lead = _("同一件事只办一次；每位诉求人都会收到答复，并分别回访。答复之前可以解除。")

    into = forms.CharField(
        label=_("主件编号"),
        max_length=32,
        widget=forms.TextInput({"list": "likely-masters", "autocomplete": "off"}),
        help_text=_("须已受理、尚未答复"),
    )
    field_order = ("into", "reason")


def matter(at: int) -> forms.CharField:
    """What one part is about; the first two are needed."""
    return forms.CharField(
        label=_("第 %(at)s 件：事项") % {"at": at},
        required=at in PARTS[:2],
        max_length=200,
        widget=forms.Textarea({"rows": 1}),  # as wide as the form, so that each part is a block
    )


def settler(at: int) -> UnitField:
    """Who settles it."""
    return UnitField(label=_("第 %(at)s 件：主办单位") % {"at": at}, required=at in PARTS[:2])


class SplitForm(ReasonForm):
    """拆分."""

    lead = _("一件诉求涉及几个单位时，拆分后各办一件；全部答复后才能答复诉求人。")

    title_1, lead_1 = matter(1), settler(1)
    title_2, lead_2 = matter(2), settler(2)
    title_3, lead_3 = matter(3), settler(3)
    title_4, lead_4 = matter(4), settler(4)
    despite_about = forms.BooleanField(
        label=_("其中有被反映单位，仍由其办理（诉求人信息对其保密）"), required=False
    )
    field_order = (*(f"{name}_{at}" for at in PARTS for name in ("title", "lead")), "despite_about")

    def fit(self, page: CasePage) -> None:
        if page.case.about is None:
            del self.fields["despite_about"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for at in PARTS[2:]:
            if bool(cleaned.get(f"title_{at}")) != bool(cleaned.get(f"lead_{at}")):
                self.add_error(f"lead_{at}", _("事项和主办单位须同时填写。"))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        despite = cleaned.get("despite_about", False)
        parts = [
            {
                "title": cleaned[f"title_{at}"],
                "lead": cleaned[f"lead_{at}"].value,
                "despite_about": despite,
            }
            for at in PARTS
            if cleaned.get(f"title_{at}")
        ]
        return {"parts": parts, "reason": cleaned["reason"]}

    def take(self, refusal: Invalid) -> None:
        """What is wrong with the parts stands at the first of them."""
        faults = [replace(f, where="title_1") if f.where == "parts" else f for f in refusal.faults]
        super().take(Invalid(refusal.message, faults=faults, remedy=refusal.remedy))


class HandOverForm(ReasonForm):
    """移交."""

    lead = _("诉求在本平台结束，诉求人会收到移交单号和去处。")
    danger = True

    track = forms.ChoiceField(
        label=_("移交去向"),
        choices=[(track.code, track.label) for track in TRACKS.values()],
        widget=forms.RadioSelect,
        help_text=_("移交纪检监察的，街道以下和被反映单位不再看到这件诉求"),
    )
    office = forms.CharField(
        label=_("接收单位"), required=False, max_length=100, help_text=_("不填即为去向的主管单位")
    )
    about = UnitField(label=_("被反映单位"), required=False)
    field_order = ("track", "office", "about", "reason")

    def fit(self, page: CasePage) -> None:
        self.initial["about"] = page.case.about.code if page.case.about else ""

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return {**found, "about": found["about"].value if found["about"] else None}


class ReceiptForm(VerbForm):
    """登记移交回执."""

    receipt = forms.CharField(
        label=_("回执"), max_length=200, help_text=_("对方的收文号或答复，不要写个人信息")
    )


class PublishForm(VerbForm):
    """申请公开."""

    lead = _("请逐字核对：不得出现姓名、电话、门牌和单位内部信息。另一位同事批准后才公开。")

    title = forms.CharField(label=_("标题"), max_length=200)
    body = forms.CharField(label=_("内容"), max_length=5000, widget=forms.Textarea({"rows": 5}))
    result = forms.CharField(
        label=_("办理结果"), required=False, max_length=5000, widget=forms.Textarea({"rows": 4})
    )
    address = forms.CharField(
        label=_("地址"), required=False, max_length=200, help_text=_("到小区或路段为止")
    )
    visible_from = forms.DateTimeField(
        label=_("从何时起公开"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("不填即批准后立即公开；最多推迟 90 天"),
    )

    def fit(self, page: CasePage) -> None:
        """What stands published already is edited, not the case's own words."""
        case = page.case
        standing = page.ties.publications[-1] if page.ties.publications else None
        result = case.result if case.state in RESULT_SHOWN else ""
        self.initial.update(
            title=standing.title if standing else case.title,
            body=standing.body if standing else case.body,
            result=(standing.result if standing else "") or result,
            address=standing.address if standing else public_address(case.address),
        )


class RulePublicationForm(VerbForm):
    """审批公开."""

    approved = yes_no(_("审批意见"), _("批准公开"), _("不批准"))
    reason = forms.CharField(
        label=_("理由"), required=False, max_length=1000, widget=LONG, help_text=_("不批准时必填")
    )

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "approved": chosen_yes(self.cleaned_data["approved"])}


FORMS: dict[str, type[VerbForm]] = {
    "answer_on_spot": OnSpotForm,
    "merge": MergeForm,
    "unmerge": ReasonForm,
    "split": SplitForm,
    "hand_over": HandOverForm,
    "record_receipt": ReceiptForm,
    "publish": PublishForm,
    "rule_publication": RulePublicationForm,
    "unpublish": ReasonForm,
}
