"""The assessment of the demonstration: some cases left out, some appeals, the months that are over.

All by the real verbs, now: what was signed is never dated back.
"""

from __future__ import annotations

from datetime import date, timedelta

from huying.evaluate import actions
from huying.evaluate.models import AssessmentAppeal, Exclusion, Freeze, Mark
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.org.asker import PersonAsker
from huying.org.models import Account, Holding
from huying.org.queries import asker_for

APPEALING = "evaluate.appeal_assessment"
LEAST = 0.25  # a month with less than this of the fullest one is only begun, and not frozen
# reason, evidence, whether the second person agrees (None: has not yet)
EXCLUSIONS = (
    ("force_majeure", "暴雨红色预警期间道路中断，维修人员无法到场，附应急局通报。", True),
    ("force_majeure", "停电由上级电网故障引起，附供电公司说明。", True),
    ("outside_duty", "轨道施工围挡由市级部门审批，本区无权处置，附权责清单。", True),
    ("policy", "所提补贴标准由省级文件规定，现行政策不允许，附文件。", True),
    ("malicious", "经公安核实为虚假报警，附情况说明。", True),
    ("duplicate", "与另一件为同一事项，已在那一件中考核。", True),
    ("record", "回访记录误选“未解决”，录音可证，诉求人当时表示满意。", True),
    ("policy", "诉求人要求提高补偿标准，超出政策。", False),
    ("outside_duty", "设施产权属市级企业，附移交记录。", None),
    ("record", "签收时间系统延迟，附网络故障单。", None),
)
RULINGS = {True: "材料属实，同意剔除。", False: "属本级职责内的解释工作，不予剔除。"}
# mark, reason, evidence, whether it is upheld (None: open)
APPEALS = (
    ("on_time", "force_majeure", "因持续降雨无法施工，已事先告知诉求人，附气象证明。", True),
    ("solved", "policy", "诉求超出现行政策，已书面告知依据，不应计为未解决。", False),
    ("satisfied", "malicious", "诉求人与经办人员有私人纠纷，评价与办理无关，附调解记录。", False),
    ("responded", "record", "当天已电话联系，通话记录未同步，附话单。", True),
    ("solved", "outside_duty", "所涉桥梁由市级单位管养，附管养范围图。", None),
    ("on_time", "record", "诉求人要求改约时间，附通话录音。", None),
)
APPEALED = {
    True: "申诉材料充分，申诉成立，该件剔除。",
    False: "核对过程记录，原考核结果无误，申诉不成立。",
}


def install() -> str:
    """Exclusions, appeals and frozen months; in words how many. What is there already stays."""
    people = _people()
    if people is None:
        return "没有评价员，略过"
    months = _months()
    if not Exclusion.objects.exists():
        _left_out(people, months)
    if not AssessmentAppeal.objects.exists():
        _appealed(people, months)
    frozen = set(Freeze.objects.values_list("month", flat=True))
    made = 0
    for month in months:
        if month not in frozen:
            actions.freeze_month(month, by=people[0], note="演示：补定")
            made += 1
    return f"剔除 {len(EXCLUSIONS)}、申诉 {len(APPEALS)}、定版 {made} 个月"


def _people() -> tuple[PersonAsker, PersonAsker] | None:
    """Two who assess: one asks, the other rules."""
    rows = Holding.objects.filter(post__role__code="evaluator").order_by("id")
    found = [
        asker_for(one)
        for one in Account.objects.filter(pk__in=rows.values("person_id")).order_by("id")
    ]
    return (found[0], found[1]) if len(found) > 1 else None


def _months() -> list[date]:
    """The months that are wholly over and whole, the oldest first."""
    first = now().astimezone(DISTRICT_ZONE).date().replace(day=1)
    counts: dict[date, int] = {}
    for _ in range(6):
        first = (first - timedelta(days=1)).replace(day=1)
        counts[first] = Mark.objects.filter(kind="case", month=first).count()
    least = max(1, LEAST * max(counts.values()))
    return sorted(month for month, count in counts.items() if count >= least)


def _weak(months: list[date], mark: str, count: int, skipped: set[int]) -> list[tuple[int, str]]:
    """Cases that lack a mark, from the latest months that have some: id and number."""
    found: list[tuple[int, str]] = []
    each = max(1, -(-count // 3))  # not all from one month
    for month in reversed(months):
        rows = Mark.objects.filter(kind="case", month=month, excluded=False, **{mark: False})
        rows = rows.exclude(case__in=skipped).order_by("case_id")
        some = rows.values_list("case_id", "case__number")[: min(each, count - len(found))]
        found += list(some)
        skipped.update(case for case, _number in found)
    return found


def _left_out(people: tuple[PersonAsker, PersonAsker], months: list[date]) -> None:
    if not months:
        return
    weak = _weak(months, "responded", len(EXCLUSIONS), set())
    for (_case, number), (reason, evidence, agreed) in zip(weak, EXCLUSIONS, strict=False):
        identity = actions.exclude(number, by=people[0], reason=reason, evidence=evidence)
        if agreed is not None:
            ruling = RULINGS[agreed]
            actions.approve_exclusion(identity, by=people[1], approved=agreed, ruling=ruling)


def _appealed(people: tuple[PersonAsker, PersonAsker], months: list[date]) -> None:
    if not months:
        return
    skipped = set(Exclusion.objects.values_list("case_id", flat=True))
    for mark, reason, evidence, upheld in APPEALS:
        for case, number in _weak(months, mark, 1, skipped):
            by = _of_the_unit(case)
            if by is None:
                continue
            identity = actions.appeal_assessment(
                *(number,),
                by=by,
                mark=mark,
                reason=reason,
                evidence=evidence,
            )
            if upheld is not None:
                actions.rule_appeal(identity, by=people[1], upheld=upheld, ruling=APPEALED[upheld])


def _of_the_unit(case: int) -> PersonAsker | None:
    """Somebody of the unit that leads a case, who may appeal for it."""
    unit = Mark.objects.filter(kind="case", case=case).values("unit_id")
    there = Holding.objects.filter(post__unit__in=unit, post__role__verbs__contains=[APPEALING])
    holding = there.select_related("person").order_by("id").first()
    return asker_for(holding.person) if holding else None
