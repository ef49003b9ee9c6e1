"""Verbs that leave a case out: asked by one person, ruled on by another; and units' appeals."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huying.cases import queries as cases
from huying.cases.models import Case
from huying.cases.queries.identity import hider
from huying.evaluate.actions.marking import mark
from huying.evaluate.models import AssessmentAppeal, Exclusion, Ruled
from huying.evaluate.queries.kept import within
from huying.evaluate.rules import NOT_COUNTED, RATE_BY_CODE, REASONS
from huying.kernel.asker import Asker, Stranger
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow, Unauthenticated
from huying.kernel.verbs import act, require
from huying.org.models import Unit


def exclude(number: str, *, by: Asker, reason: str, evidence: str) -> int:
    """申请剔除: ask that a case be left out, with evidence; answers the id of the exclusion."""
    with act("evaluate.exclude", by=by) as deed:
        case, unit = _assessed(number, by)
        require("evaluate.exclude", by, unit.path)
        _check(reason, evidence)
        row = Exclusion(case=case, unit=unit, reason=reason, evidence=_masked(case.pk, evidence))
        _ask(row, by, _("这件诉求已经剔除或正在等待复核。"))
        deed.on("exclusion", str(row.pk), unit.path, number=number, reason=reason)
        return row.pk


def approve_exclusion(identity: int, *, by: Asker, approved: bool, ruling: str) -> None:
    """复核剔除: a second person agrees or not; never who asked."""
    with act("evaluate.approve_exclusion", by=by) as deed:
        _signed_in(by)
        rows = Exclusion.objects.select_for_update(of=("self",)).select_related("unit", "case")
        row = rows.filter(within(by), pk=identity).first()
        if row is None:
            raise NotFound(_("没有这项剔除申请。"))
        require("evaluate.approve_exclusion", by, row.unit.path)
        _rule(row, by, ruling, _("不能复核自己提出的剔除申请。"))
        row.state = Exclusion.State.APPROVED if approved else Exclusion.State.REJECTED
        row.save()
        mark([row.case_id])
        deed.on("exclusion", str(row.pk), row.unit.path, number=row.case.number, approved=approved)


def appeal_assessment(number: str, *, by: Asker, mark: str, reason: str, evidence: str) -> int:
    """考核申诉: a unit appeals against how a case it leads was assessed."""
    with act("evaluate.appeal_assessment", by=by) as deed:
        case, unit = _assessed(number, by)
        require("evaluate.appeal_assessment", by, unit.path)
        _check(reason, evidence)
        if mark not in RATE_BY_CODE:
            what = _("没有这项指标。")
            raise Invalid(what, faults=[Fault("mark", what, _("请从列表中选择。"))])
        row = AssessmentAppeal(
            case=case, unit=unit, mark=mark, reason=reason, evidence=_masked(case.pk, evidence)
        )
        _ask(row, by, _("这件诉求已有考核申诉等待裁定。"))
        deed.on("assessment_appeal", str(row.pk), unit.path, number=number, mark=mark)
        return row.pk


def rule_appeal(identity: int, *, by: Asker, upheld: bool, ruling: str) -> None:
    """裁定考核申诉: upheld, the case is left out; a frozen month takes it in its next edition."""
    with act("evaluate.rule_appeal", by=by) as deed:
        _signed_in(by)
        rows = AssessmentAppeal.objects.select_for_update(of=("self",))
        row = rows.select_related("unit", "case").filter(within(by), pk=identity).first()
        if row is None:
            raise NotFound(_("没有这项考核申诉。"))
        require("evaluate.rule_appeal", by, row.unit.path)
        _rule(row, by, ruling, _("不能裁定自己提出的考核申诉。"))
        row.state = AssessmentAppeal.State.UPHELD if upheld else AssessmentAppeal.State.REJECTED
        if upheld:
            row.exclusion = _left_out(row)
            mark([row.case_id])
        row.save()
        deed.on(
            "assessment_appeal", str(row.pk), row.unit.path, number=row.case.number, upheld=upheld
        )


def _left_out(appeal: AssessmentAppeal) -> Exclusion:
    """The exclusion that an upheld appeal brings; one already asked for is settled by it."""
    found = Exclusion.objects.select_for_update().filter(case=appeal.case_id)
    live = found.exclude(state=Exclusion.State.REJECTED).first()
    if live is not None and live.state == Exclusion.State.APPROVED:
        return live
    row = live or Exclusion(case_id=appeal.case_id, unit_id=appeal.unit_id)
    row.reason, row.evidence = appeal.reason, appeal.evidence
    row.by_id, row.by_label, row.at = appeal.by_id, appeal.by_label, appeal.at
    row.ruled_by_id, row.ruled_by_label = appeal.ruled_by_id, appeal.ruled_by_label
    row.ruled_at, row.ruling = appeal.ruled_at, appeal.ruling
    row.state = Exclusion.State.APPROVED
    row.save()
    return row


def _signed_in(by: Asker) -> None:
    if isinstance(by, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再办理。"))


def _assessed(number: str, by: Asker) -> tuple[Case, Unit]:
    """A visible case that counts for a unit; NotFound outside the asker's area."""
    case = cases.case_of(by, number)
    if case.lead is None or case.imported or case.state in NOT_COUNTED:
        raise NotNow(_("这件诉求不参加考核。"), remedy=_("只有已派单、未撤销的诉求参加考核。"))
    return case, case.lead


def _check(reason: str, evidence: str) -> None:
    faults = []
    if reason not in dict(REASONS):
        faults.append(Fault("reason", _("理由不在清单内。"), _("请从清单中选择。")))
    if not evidence.strip():
        faults.append(Fault("evidence", _("须写明依据。"), _("请写明事实和证据。")))
    if len(evidence) > 4000:
        faults.append(Fault("evidence", _("依据过长。"), _("请压缩到 4000 字以内。")))
    if faults:
        raise Invalid(_("填写有误。"), faults=faults)


def _ask(row: Ruled, by: Asker, twice: str) -> None:
    """Keep what is asked; the database refuses a second one that is still open."""
    row.by_id, row.by_label, row.at = by.id, by.label, now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NotNow(twice, remedy=_("请查看已有的申请。")) from error


def _rule(row: Exclusion | AssessmentAppeal, by: Asker, ruling: str, own: str) -> None:
    if row.by_id == by.id:
        raise Forbidden(own, remedy=_("请由另一位考核人员办理。"))
    if row.state != "open":
        raise NotNow(_("这项申请已经裁定。"), remedy=_("请刷新页面。"))
    if not ruling.strip() or len(ruling) > 4000:
        what = _("须写明裁定理由。")
        raise Invalid(what, faults=[Fault("ruling", what, _("请填写，不超过 4000 字。"))])
    row.ruled_by_id, row.ruled_by_label, row.ruled_at = by.id, by.label, now()
    row.ruling = _masked(row.case_id, ruling)


def _masked(case_id: int, words: str) -> str:
    """Words as they are kept: whoever complained is not named to the unit that reads them."""
    return hider(case_id)(words.strip())
