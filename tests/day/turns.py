"""What does not go straight: returns, joint meetings, a call to the district, the city's line."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from huying.cases.models import Call, Case, Meeting
from huying.cases.tests.city_server import CityServer
from huying.kernel.clock import now
from tests.day.handling import HANDLERS
from tests.day.intake import Orders
from tests.day.matters import URBAN
from tests.day.stage import Stage

NEED = "老旧小区积水，需要移动泵车"


def send_back(stage: Stage, orders: Orders, times: int) -> None:
    """The department asks to return orders, the centre rules: the last one it must keep."""
    handler = stage.person("department_handler", "department")
    handler.open("/cases/?work=handle")
    for turn in range(times):
        with handler.task("申请退件", "…"):
            if turn == 0:
                handler.go("[data-row-link]")
            while handler.number() not in orders.by_number:  # of last week: too late to return it
                handler.press("n", goes=True)
            number = handler.number()
            handler.matter = orders.title(number)
            form = handler.verb("request_return")
            handler.fill(form.locator("[name=reason]"), "小区内部道路，按权责清单不属本局。")
            if turn == 0:
                stage.shoot(handler, "return")
            handler.send()
            handler.press("n", goes=True)
    centre = stage.person("district_centre", "centre")
    centre.open("/cases/?work=rule")
    for turn in range(times):
        kept = turn == times - 1
        with centre.task("裁定退件", "…"):
            if turn == 0:
                centre.go("[data-row-link]")
            centre.matter = orders.title(centre.number())
            form = centre.verb("rule")
            centre.check("不同意" if kept else "同意")
            centre.fill(form.locator("[name=reason]"), "属其职责。" if kept else "情况属实。")
            follows = centre.send()
            if not kept:
                form = centre.dialog() if follows else centre.verb("dispatch")
                centre.fill(form.locator("#id_lead_unit"), "")
                centre.cost.typed -= 1
                centre.take(form.locator("#id_lead_unit"), "住房", "住房保障和房屋管理局")
                centre.send()
            if turn + 1 < times:
                centre.press("n", goes=True)


def meet(stage: Stage, times: int) -> None:
    """The centre convenes joint meetings from the case, minutes them, and rules."""
    centre = stage.person("district_centre", "centre")
    rows = Case.objects.filter(state="in_progress", lead__code=URBAN, request="").order_by("-pk")
    for turn, case in enumerate(rows[:times]):
        matter = f"meeting {turn}"
        with centre.task("召集会商", matter):
            centre.open(f"/cases/{case.number}/")
            form = centre.verb("convene")
            centre.take(form.locator("#id_participants"), "住房", "住房保障和房屋管理局")
            held = form.locator("[name=held_at]")
            if not held.input_value():
                centre.fill(held, f"{now() + timedelta(hours=3):%Y-%m-%dT%H:%M}")
            if not form.locator("[name=room]").input_value():
                centre.fill(form.locator("[name=room]"), "三楼会议室")
            question = form.locator("[name=question]")
            if not question.input_value():
                centre.fill(question, f"“{case.title}”一事，主责在哪个单位？")
            if turn == 0:
                stage.shoot(centre, "convene")
            centre.send()
        meeting = Meeting.objects.get(case=case)
        with centre.task("会商纪要和裁定", matter):
            centre.go(f"a[href='/cases/meetings/{meeting.number}/']")
            centre.click(f"[hx-get$='{meeting.number}/minute/']")
            centre.fill(centre.dialog().locator("[name=minutes]"), "双方到场，争议在小区红线内外。")
            if not centre.send():
                centre.click(f"[hx-get$='{meeting.number}/rule_meeting/']")
            form = centre.dialog()
            centre.take(form.locator("#id_duty"), "住房", "住房保障和房屋管理局")
            centre.fill(form.locator("[name=entry]"), "区权责清单第 12 条")
            if not form.locator("[name=due_on]").input_value():
                centre.fill(form.locator("[name=due_on]"), f"{now() + timedelta(days=3):%Y-%m-%d}")
            centre.fill(form.locator("[name=reason]"), "红线以内由房管部门督促物业处理。")
            if turn == 0:
                stage.shoot(centre, "ruling")
            centre.send()
        meeting.refresh_from_db()
        assert meeting.state == "ruled"


def call_up(stage: Stage, orders: Orders) -> None:
    """The street cannot do it alone and calls the district, which answers and settles."""
    street = stage.person("street_dispatcher", "street")
    centre = stage.person("district_centre", "centre")
    street.open("/")
    centre.open("/")
    with street.task("呼叫区里", "call"):
        street.go("nav a[href='/cases/calls/']")
        street.go("a[href='/cases/calls/new/']")
        form = street.page.locator("main form").last
        lead = form.locator("#id_lead_unit")
        if not lead.input_value():
            street.take(lead, "武昌区", "武昌区")
        street.fill(form.locator("[name=subject]"), NEED)
        street.fill(form.locator("[name=ask]"), "街道没有泵车，请调配两台，今晚有雨。")
        stage.shoot(street, "call")
        street.go(form.locator(".btn-primary"))
    call = Call.objects.get(subject=NEED)
    with centre.task("应答呼叫", "call"):
        centre.go(".top a[href='/'], nav a[href='/']")
        centre.go(f"a[href='/cases/calls/{call.number}/']")
        centre.click("[hx-get$='/answer_call/']")
        centre.fill(centre.dialog().locator("[name=answer]"), "水务局两台泵车一小时内到。")
        centre.send()
    with centre.task("办结呼叫", "call"):
        centre.click("[hx-get$='/finish_call/']")
        centre.fill(centre.dialog().locator("[name=result]"), "泵车到位，积水已排。")
        centre.send()
        if centre.page.locator("[hx-get$='/rate_call/']").count():
            centre.click("[hx-get$='/rate_call/']")
            centre.check("较好")
            centre.send()
    with street.task("评价呼叫", "call"):
        street.open(f"/cases/calls/{call.number}/")
        street.click("[hx-get$='/rate_call/']")
        street.check("很好")
        street.send()
    call.refresh_from_db()
    assert call.state == "done"


def lose_the_line(stage: Stage, city: CityServer, orders: Orders) -> None:
    """The line to the city is down for twenty minutes; nothing is lost, and the books agree."""
    centre = stage.person("district_centre", "centre")
    city.out = True
    rows = Case.objects.filter(channel="hotline", state="in_progress", request="")
    case = rows.select_related("lead").filter(lead__code__in=HANDLERS).latest("pk")
    assert case.lead is not None
    handler = stage.person("department_handler", HANDLERS[case.lead.code])
    with handler.task("断线时办结", orders.title(case.number)):
        handler.open(f"/cases/{case.number}/")
        form = handler.verb("reply")
        handler.fill(form.locator("[name=result]"), "已派人处理完毕，今天恢复。")
        handler.check("已解决")
        handler.send()
    stage.work()
    stage.story.put(now() + timedelta(minutes=20))
    stage.work()
    centre.open("/")
    with centre.task("发现线路中断", "line"):
        centre.go("nav a[href='/cases/line/']")
        expect(centre.page.locator("main")).to_contain_text("不通")
        stage.shoot(centre, "line")
        with centre.page.expect_download():
            centre.click(centre.page.get_by_role("button", name="导出我方待发消息"))
    city.out = False
    stage.story.put(now() + timedelta(minutes=40))
    stage.work()
    with centre.task("线路恢复后对账", "line"):
        centre.go(centre.page.get_by_role("button", name="立即对账"))
        expect(centre.page.locator("main")).to_contain_text("两边一致")
