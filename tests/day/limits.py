"""What each task may cost at most, as it was after mending, and what it had cost before."""

from __future__ import annotations

# role, task → clicks, keys, typed; nothing may be typed again, and nothing may be a dead end.
MOST: dict[tuple[str, str], tuple[int, int, int]] = {
    ("citizen", "手机反映"): (4, 0, 4),
    ("citizen", "查进度"): (4, 0, 2),
    ("grid_worker", "巡查上报"): (2, 0, 1),
    ("community_staff", "登记并当场答复"): (8, 0, 2),
    ("street_dispatcher", "批量登记"): (7, 0, 0),
    ("street_dispatcher", "呼叫区里"): (3, 0, 2),
    ("street_dispatcher", "评价呼叫"): (4, 0, 0),
    ("department_handler", "签收"): (2, 1, 0),
    ("department_handler", "联系并办结"): (7, 1, 2),
    ("department_handler", "申请退件"): (4, 3, 1),  # two of last week lie on top
    ("department_handler", "断线时办结"): (4, 0, 1),
    ("department_handler", "考核申诉"): (7, 0, 1),
    ("district_centre", "交班"): (2, 0, 1),
    ("district_centre", "接班"): (3, 0, 0),
    ("district_centre", "晨会督办"): (4, 0, 1),
    ("district_centre", "登记来电"): (2, 0, 4),
    ("district_centre", "受理并派单"): (5, 1, 1),  # one click less where a class was proposed
    ("district_centre", "裁定退件"): (6, 1, 2),
    ("district_centre", "召集会商"): (5, 0, 2),
    ("district_centre", "会商纪要和裁定"): (6, 0, 4),
    ("district_centre", "应答呼叫"): (4, 0, 1),
    ("district_centre", "办结呼叫"): (5, 0, 1),
    ("district_centre", "发现线路中断"): (2, 0, 0),
    ("district_centre", "线路恢复后对账"): (1, 0, 0),
    ("district_centre", "审核"): (4, 1, 0),
    ("callback_agent", "回访"): (8, 0, 0),
    ("evaluator", "月度定版"): (2, 0, 0),
    ("evaluator", "通报"): (2, 0, 0),
    ("leader", "登录"): (1, 0, 2),
    ("leader", "看晨会"): (3, 0, 0),
    ("auditor", "查审计"): (1, 0, 0),
    ("system_admin", "新增人员"): (4, 0, 3),
    ("security_admin", "任职"): (5, 1, 1),
}
# role, task → clicks, typed, where mending changed them.
BEFORE: dict[tuple[str, str], tuple[int, int]] = {
    ("district_centre", "登记来电"): (2, 5),
    ("grid_worker", "巡查上报"): (2, 2),
    ("district_centre", "受理并派单"): (6, 1),
    ("district_centre", "裁定退件"): (7, 2),
    ("district_centre", "召集会商"): (5, 4),
    ("district_centre", "会商纪要和裁定"): (6, 5),
    ("callback_agent", "回访"): (10, 1),
    ("department_handler", "考核申诉"): (8, 2),
}
