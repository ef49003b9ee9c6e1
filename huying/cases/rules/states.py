"""Closed lists: states, channels, reasons of refusal, grades of satisfaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES = [
    ("registered", _("已登记")),
    ("not_accepted", _("不予受理")),
    ("accepted", _("已受理")),
    ("dispatched", _("待签收")),
    ("in_progress", _("办理中")),
    ("suspended", _("挂账")),
    ("replied", _("已办结待审")),
    ("awaiting_callback", _("待回访")),
    ("evaluated", _("已评价")),
    ("archived", _("归档")),
    ("merged", _("并件")),
    ("withdrawn", _("撤诉")),
]

ENDS = ("not_accepted", "archived", "merged", "withdrawn")
LIVE = tuple(code for code, _label in STATES if code not in ENDS)

CHANNELS = [
    ("web", _("网上诉求")),
    ("phone", _("电话")),
    ("operator", _("窗口登记")),
    ("grid", _("网格上报")),
    ("hotline", _("12345 转办")),
    ("sensor", _("感知设备")),
    ("open311", _("Open311")),
    ("import", _("历史导入")),
]


@dataclass(frozen=True)
class RefusalReason:
    """Why an appeal is not accepted, and where the citizen is sent instead (京§11, 潍§19)."""

    code: str
    label: str | Promise
    go_to: str | Promise
    article: str


REFUSALS = {
    reason.code: reason
    for reason in (
        RefusalReason(
            "litigation",
            _("已经或者应当通过诉讼、仲裁、行政复议解决"),
            _("请向有管辖权的法院、仲裁机构或行政复议机关提出"),
            "京§11 潍§19",
        ),
        RefusalReason(
            "petition",
            _("已进入信访渠道办理"),
            _("请向区信访局查询办理结果"),
            "京§11 潍§19",
        ),
        RefusalReason(
            "discipline",
            _("检举、控告党员干部违纪违法"),
            _("请拨打 12388 或向区纪委监委反映"),
            "京§11 潍§19",
        ),
        RefusalReason(
            "emergency",
            _("报警、火警、急救等紧急求助"),
            _("请立即拨打 110、119 或 120"),
            "京§11 潍§19",
        ),
        RefusalReason(
            "outside",
            _("不属于本区行政管辖范围"),
            _("请拨打所在地的 12345 热线"),
            "潍§19",
        ),
        RefusalReason(
            "secret",
            _("涉及国家秘密、商业秘密或个人隐私，依法不能受理"),
            _("请按保密规定向主管机关书面反映"),
            "潍§19",
        ),
        RefusalReason(
            "repeated",
            _("已依法办结，没有新的事实或理由重复提出"),
            _("可凭原诉求编号查询办理结果"),
            "潍§19",
        ),
        RefusalReason(
            "unlawful",
            _("诉求违反法律法规或公序良俗"),
            _("可向司法所或拨打 12348 咨询"),
            "京§11 潍§19",
        ),
        RefusalReason(
            "unclear",
            _("内容无法识别，且无法联系诉求人补充"),
            _("请补充时间、地点和事项后重新提出"),
            "潍§19",
        ),
    )
}

REQUESTS = [
    ("return", _("退件")),
    ("extension", _("延期")),
    ("suspension", _("挂账")),
    ("closure", _("结案")),
]
REQUEST_STATES = [
    ("open", _("待裁定")),
    ("approved", _("同意")),
    ("rejected", _("不同意")),
    ("withdrawn", _("已撤回")),
    ("void", _("已失效")),
]
# Why a matter cannot be settled now but will be: the only reasons to suspend it.
SUSPENSIONS = [
    ("policy", _("等待上级政策或规定明确")),
    ("funds", _("等待资金落实")),
    ("project", _("已列入工程或改造计划，按工期实施")),
    ("appraisal", _("等待诉讼、鉴定或评估结果")),
    ("season", _("受季节、天气限制")),
    ("owners", _("涉及产权或多方意见，正在协商")),
]
SUSPENDED_AT_ONCE = 30  # days until a suspended case is looked at again [G]
SUSPENDED_AT_MOST = 180  # days that a case may stand suspended in all [G]

# 好差评 (GB/T 39735), best first; the first three count as satisfied.
GRADES = [
    (5, _("非常满意")),
    (4, _("满意")),
    (3, _("基本满意")),
    (2, _("不满意")),
    (1, _("非常不满意")),
]
# Why a citizen is displeased; asked whenever one is, "unsaid" when they would not tell.
CAUSES = [
    ("unsolved", _("问题没有解决")),
    ("slow", _("办得慢")),
    ("attitude", _("态度不好")),
    ("answer", _("答复不清楚或与事实不符")),
    ("repeated", _("问题反复出现")),
    ("expectation", _("诉求超出政策规定")),
    ("unsaid", _("不愿说明")),
]
# Levels of supervision and their forms (潍§26, 济§28).
SUPERVISIONS = [
    (1, _("一级：提醒")),
    (2, _("二级：书面、挂牌")),
    (3, _("三级：约谈")),
]
TRIGGERS = [
    ("hand", _("人工督办")),
    ("again", _("评价不满意或再次诉求")),
    ("unsigned", _("未按时签收")),
    ("overdue", _("办理逾期")),
    ("returned", _("退件次数多")),
    ("redone", _("重办次数多")),
    ("transferred", _("转派次数多")),
    ("citizen", _("同一诉求人反复提出")),
    ("place", _("同一地点反复出现")),
    ("sensitive", _("敏感诉求")),
    ("lapsed", _("督办逾期未回复")),
]
CALLBACKS = [
    ("reached", _("已接通")),
    ("no_answer", _("无人接听")),
    ("busy", _("占线或关机")),
    ("refused", _("拒绝回访")),
    ("wrong_number", _("号码错误")),
]
CALLBACKS_AT_MOST = 3  # attempts at different hours before a case counts as not reached [G]
REAPPEAL_WITHIN = 30  # days after the archive in which the citizen may appeal again [G]
SATISFIED = 3
# Several appellants, one answer: how what they say becomes the case's own mark. It is solved when
# everybody who answered says so, and its grade is the lowest: nobody is outvoted [G].
HEARD_AS: dict[str, Callable[[Iterable[int]], int]] = {"solved": min, "grade": min}
MASTERS = ("accepted", "dispatched", "in_progress", "suspended", "replied")  # may take cases in
MAX_ROUNDS = 3  # after so many rounds a case is archived whatever the grade [G]
