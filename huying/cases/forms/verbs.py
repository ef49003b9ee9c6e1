"""What the verbs of an appeal ask for; each form answers with the arguments of its verb."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.queries.asked import Asked
from huying.cases.queries.likely import likely_category
from huying.cases.queries.page import CasePage
from huying.cases.rules import CAUSES, GRADES, REFUSALS
from huying.cases.widgets import AreaField, CategoryField, FilesField, ManyLookupField, UnitField
from huying.web.forms import Form

LONG = {"rows": 4}


def chosen_yes(value: Any) -> bool:
    """Whether the first of the two answers was chosen."""
    return str(value) == "1"


def yes_no(label: Any, yes: Any, no: Any) -> forms.ChoiceField:
    """A question with two answers, none of them chosen beforehand."""
    choices = (("1", yes), ("0", no))
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _returned(page: CasePage) -> Asked | None:
    """The return that brought the case back to be sent out anew, in this round."""
    returns = [one for one in page.requests if one.kind == "return" and one.state == "approved"]
    return returns[-1] if returns and returns[-1].round == page.case.round else None


def appellant() -> forms.TypedChoiceField:
    """Which of several appellants was called."""
    return forms.TypedChoiceField(
        label=_("诉求人"), coerce=int, empty_value=None, widget=forms.RadioSelect
    )


def offer_appellants(form: VerbForm, page: CasePage) -> None:
    """Let the caller choose who was called, where there is a choice."""
    field = form.fields["appellant"]
    if not page.ties.waiting:
        del form.fields["appellant"]
    elif isinstance(field, forms.TypedChoiceField):
        field.choices = [(one.id, one.label) for one in page.ties.waiting]


def cited() -> forms.CharField:
    """The codes of the articles that were put into the answer, gathered by the page."""
    return forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class VerbForm(Form):
    """Base of the forms of verbs: `version` is the case as the asker read it."""

    lead: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, page: CasePage | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.page = page
        if page is not None:
            self.fit(page)

    def fit(self, page: CasePage) -> None:
        """Propose what is known of the case, drop what it does not need."""

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        kept = ("version", "submission")
        return {name: value for name, value in self.cleaned_data.items() if name not in kept}


class PlainForm(VerbForm):
    """A verb that asks for nothing."""


class AcceptForm(VerbForm):
    """受理."""

    lead = _("受理后开始计算办理时限，受理告知会写明到期时间。")

    category = CategoryField(label=_("分类"), help_text=_("决定办理时限和建议的主办单位"))
    place = AreaField(label=_("所在地"), required=False, help_text=_("街道、社区或网格"))
    about = UnitField(
        label=_("被反映单位"),
        required=False,
        help_text=_("填写后，该单位始终看不到诉求人信息"),
    )
    urgent = forms.BooleanField(label=_("紧急：危及生命财产安全，按最短时限办理"), required=False)
    sensitive = forms.BooleanField(label=_("敏感：在列表和诉求页上醒目标出"), required=False)

    def fit(self, page: CasePage) -> None:
        case = page.case
        self.initial.update(
            category=case.category.code if case.category else "",
            place=case.place.code if case.place else "",
            about=case.about.code if case.about else "",
            urgent=case.urgent,
            sensitive=case.sensitive,
        )
        if case.category is None and not self.is_bound:
            self._propose(page)

    def _propose(self, page: CasePage) -> None:
        """Most appeals sound like one before: nobody should look its class up once more."""
        likely = likely_category(self.asker, page.title, page.body)
        if likely is not None:
            self.initial["category"] = likely[0]
            words = _("按相近的诉求建议，请核对；决定办理时限和建议的主办单位")
            self.fields["category"].help_text = words

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        codes = {
            name: cleaned[name].value for name in ("category", "place", "about") if cleaned[name]
        }
        return {**codes, "urgent": cleaned["urgent"], "sensitive": cleaned["sensitive"]}


class RefuseForm(VerbForm):
    """不予受理."""

    lead = _("理由须在清单之内，诉求人会收到理由和应当去的地方。")
    danger = True

    reason = forms.ChoiceField(
        label=_("理由"),
        choices=[(reason.code, reason.label) for reason in REFUSALS.values()],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("说明"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class DispatchForm(VerbForm):
    """派单、重派."""

    lead_unit = UnitField(label=_("主办单位"))
    co = ManyLookupField("case_unit", label=_("协办单位"), required=False)
    reason = forms.CharField(
        label=_("交办意见"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    despite_about = forms.BooleanField(
        label=_("主办单位就是被反映单位，仍由其办理(诉求人信息对其保密)"), required=False
    )

    def fit(self, page: CasePage) -> None:
        returned = _returned(page)
        if returned is not None and not self.is_bound:
            self._after_return(page, returned)
        elif page.proposal and not page.proposal.warning:
            self.initial["lead_unit"] = page.proposal.code
            words = _("按派单规则“%(rule)s”建议") % {"rule": page.proposal.rule}
            self.fields["lead_unit"].help_text = words
        if page.case.about is None:
            del self.fields["despite_about"]

    def _after_return(self, page: CasePage, returned: Asked) -> None:
        """Where a unit sent it back the rule would name it again: propose whom it named instead."""
        field, proposal = self.fields["lead_unit"], page.proposal
        if returned.suggested:
            self.initial["lead_unit"] = returned.suggested
            field.help_text = _("退件单位建议")
            return
        if proposal and not proposal.warning and proposal.code != returned.unit.code:
            self.initial["lead_unit"] = proposal.code
        else:
            words = _("派单规则仍指向退件的%(unit)s，请另选")
            field.help_text = words % {"unit": returned.unit.name}

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "lead": cleaned["lead_unit"].value,
            "co": [option.value for option in cleaned["co"]],
            "reason": cleaned["reason"],
            "despite_about": cleaned.get("despite_about", False),
        }


class ContactForm(VerbForm):
    """联系诉求人."""

    reached = yes_no(_("联系上了吗"), _("已联系上"), _("没有联系上"))
    note = forms.CharField(
        label=_("联系情况"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("诉求人说了什么、约定了什么；不要写电话和姓名，系统会自动遮盖"),
    )

    def arguments(self) -> dict[str, Any]:
        return {
            "reached": chosen_yes(self.cleaned_data["reached"]),
            "note": self.cleaned_data["note"],
        }


class ReasonForm(VerbForm):
    """A verb that needs a reason."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(LONG))


class ReassignForm(ReasonForm):
    """改派."""

    lead = _("诉求回到派单环节，在本单位停留的时间会记入过程。")


class WithdrawForm(ReasonForm):
    """撤诉."""

    lead = _("只有诉求人本人要求时才能撤诉；撤诉后不能恢复。")
    danger = True


class UnmaskForm(VerbForm):
    """查看诉求人信息."""

    lead = _("查看记录会写入办理过程和审计日志，10 分钟后自动恢复遮盖。")

    reason = forms.CharField(
        label=_("查看理由"),
        max_length=200,
        widget=forms.TextInput({"list": "unmask-reasons", "autocomplete": "off"}),
    )


class ReplyForm(VerbForm):
    """办结回复."""

    articles = cited()
    result = forms.CharField(
        label=_("办理结果"),
        max_length=5000,
        widget=forms.Textarea({"rows": 7}),
        help_text=_("写清做了什么、结果如何；这段话会答复诉求人"),
    )
    solved = yes_no(_("问题解决了吗"), _("已解决"), _("未解决，已作解释"))

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "result": cleaned["result"],
            "solved": chosen_yes(cleaned["solved"]),
            "articles": cleaned["articles"].split(),
        }


class ReviewForm(VerbForm):
    """审核."""

    passed = yes_no(_("审核意见"), _("通过，转回访"), _("退回重办"))
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("退回时必填"),
    )

    def fit(self, page: CasePage) -> None:
        field = self.fields["passed"]
        if page.case.parent_id and isinstance(field, forms.ChoiceField):
            field.choices = [("1", _("通过，归档")), ("0", _("退回重办"))]

    def arguments(self) -> dict[str, Any]:
        return {
            "passed": chosen_yes(self.cleaned_data["passed"]),
            "reason": self.cleaned_data["reason"],
        }


class EvaluateForm(VerbForm):
    """回访评价."""

    lead = _("照诉求人的原意记录，不诱导、不代答。")

    appellant = appellant()
    solved = yes_no(_("诉求人认为问题解决了吗"), _("解决了"), _("没有解决"))
    grade = forms.TypedChoiceField(
        label=_("满意度"), choices=GRADES, coerce=int, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("诉求人的话"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    cause = forms.ChoiceField(
        label=_("不满意的主要原因"),
        choices=[("", "—"), *CAUSES],
        required=False,
        help_text=_("未解决或不满意的必须问明"),
    )
    by_proxy = forms.BooleanField(
        label=_("代答：不是诉求人本人作答"),
        required=False,
    )
    prompted = forms.BooleanField(label=_("诱导：作答前有提示或劝说"), required=False)

    def fit(self, page: CasePage) -> None:
        offer_appellants(self, page)

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "solved": chosen_yes(self.cleaned_data["solved"])}


class CommentForm(VerbForm):
    """备注."""

    text = forms.CharField(
        label=_("内容"),
        max_length=2000,
        widget=forms.Textarea(LONG),
        help_text=_("只有办理人员能看到"),
    )


class RecategoriseForm(VerbForm):
    """改分类."""

    lead = _("办理时限按新的分类从原来的起点重新计算。")

    category = CategoryField(label=_("新的分类"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def arguments(self) -> dict[str, Any]:
        return {
            "category": self.cleaned_data["category"].value,
            "reason": self.cleaned_data["reason"],
        }


class PlaceForm(VerbForm):
    """落位."""

    place = AreaField(
        label=_("所在地"),
        required=False,
        help_text=_("街道、社区或网格；也可以在地图上选点"),
    )
    address = forms.CharField(label=_("地址"), required=False, max_length=200)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)

    def fit(self, page: CasePage) -> None:
        self.initial["address"] = page.address

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        found["place"] = found["place"].value if found["place"] else None
        if self.page is not None and found["address"] == self.page.address:
            found["address"] = None
        return found


class AttachForm(VerbForm):
    """上传附件."""

    papers = FilesField(label=_("文件"))
    from_citizen = forms.BooleanField(label=_("由诉求人提供"), required=False)


FORMS: dict[str, type[VerbForm]] = {
    "accept": AcceptForm,
    "refuse": RefuseForm,
    "dispatch": DispatchForm,
    "sign": PlainForm,
    "contact": ContactForm,
    "reassign": ReassignForm,
    "reply": ReplyForm,
    "review": ReviewForm,
    "evaluate": EvaluateForm,
    "archive": PlainForm,
    "withdraw": WithdrawForm,
    "comment": CommentForm,
    "attach": AttachForm,
    "recategorise": RecategoriseForm,
    "set_place": PlaceForm,
    "unmask": UnmaskForm,
}
