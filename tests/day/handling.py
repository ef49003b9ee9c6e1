"""The orders go their way: accepted, sent out, signed, answered, reviewed, asked about."""

from __future__ import annotations

from playwright.sync_api import expect

from huying.cases.models import Case
from tests.day.intake import Orders
from tests.day.matters import HOUSING, URBAN, WATER
from tests.day.person import Person
from tests.day.stage import Stage

# The unit that handles, and who of it sits at the screen.
HANDLERS = {URBAN: "department", WATER: "p420106d02-1", HOUSING: "p420106d03-1"}


def send_out(stage: Stage, orders: Orders) -> None:
    """The centre accepts what came and sends it out, from one case straight to the next."""
    centre = stage.person("district_centre", "centre")
    centre.open("/cases/?work=accept")
    left = set(orders.by_number)
    first = True
    while left:
        with centre.task("受理并派单", "…"):
            if first:
                centre.go("[data-row-link]")
            number = centre.number()
            matter = orders.by_number[number]
            centre.matter = matter.title
            form = centre.verb("accept")
            box = form.locator("#id_category")
            if first:
                stage.shoot(centre, "accept")
            if matter.named not in box.input_value():
                centre.take(box, matter.find, matter.named)
            form = centre.dialog() if centre.send() else centre.verb("dispatch")
            lead = form.locator("#id_lead_unit")
            if not lead.input_value():
                centre.take(lead, "城市管理", "城市管理执法局")
            if first:
                stage.shoot(centre, "dispatch")
            centre.send()
            left.discard(number)
            if left:
                centre.press("n", goes=True)
        first = False


def sign_all(stage: Stage) -> None:
    """Every unit signs what was sent to it."""
    for unit, username in HANDLERS.items():
        waiting = Case.objects.filter(state="dispatched", lead__code=unit).count()
        if not waiting:
            continue
        handler = stage.person("department_handler", username)
        handler.open("/cases/?work=sign")
        for turn in range(waiting):
            with handler.task("签收"):
                if turn == 0:
                    handler.go("[data-row-link]")
                handler.go("[data-verb=sign]")
                if turn + 1 < waiting:
                    handler.press("n", goes=True)


def answer(stage: Stage, orders: Orders, wanted: int) -> list[str]:
    """Handlers speak with whoever appealed, and answer; the numbers answered."""
    handler = stage.person("department_handler", "department")
    done: list[str] = []
    handler.open("/cases/?work=handle")
    for turn in range(wanted):
        with handler.task("联系并办结", "…"):
            if turn == 0:
                handler.go("[data-row-link]")
            number = handler.number()
            handler.matter = orders.title(number)
            form = handler.verb("contact")
            handler.check("已联系上")
            handler.fill(form.locator("[name=note]"), f"约定今天到{orders.where(number)}查看。")
            handler.send()
            form = handler.verb("reply")
            words = f"已到{orders.where(number)}处理完毕，请住户确认。"
            handler.fill(form.locator("[name=result]"), words)
            handler.check("已解决")
            if turn == 0:
                stage.shoot(handler, "reply")
            handler.send()
            expect(handler.page.locator(".case-line .tag").first).to_have_text("已办结待审")
            done.append(number)
            if turn + 1 < wanted:
                handler.press("n", goes=True)
    return done


def review(stage: Stage, wanted: int) -> None:
    """The centre looks at the answers."""
    centre = stage.person("district_centre", "centre")
    centre.open("/cases/?work=review")
    for turn in range(wanted):
        with centre.task("审核"):
            if turn == 0:
                centre.go("[data-row-link]")
            centre.verb("review")
            centre.check("通过，转回访")
            centre.send()
            if turn + 1 < wanted:
                centre.press("n", goes=True)


def call_back(stage: Stage, wanted: int) -> None:
    """The agent calls back, one after the other; the last but one is not content, the last away."""
    agent = stage.person("callback_agent", "callback")
    agent.open("/")
    for turn in range(wanted):
        with agent.task("回访", f"callback {turn}"):
            _to_the_script(agent, turn)
            if turn == 0:
                stage.shoot(agent, "callback")
            if agent.page.get_by_role("button", name="查看诉求人信息").count():
                agent.click(agent.page.get_by_role("button", name="查看诉求人信息"))
                reason = agent.dialog().locator("[name=reason]")
                agent.ledger.said.setdefault(agent.matter, set()).add("电话回访")
                if not reason.input_value():
                    agent.fill(reason, "电话回访")
                agent.send()
                _to_the_script(agent, turn, again=True)
            _heard(agent, turn, wanted)


def _to_the_script(agent: Person, turn: int, *, again: bool = False) -> None:
    """From wherever the last step led, to the script of the next."""
    if "/evaluate/callbacks/2" in agent.page.url:
        return
    if again:
        with agent.page.expect_navigation():
            agent.cost.clicks += 1
            agent.page.go_back()
        return
    agent.go("nav a[href='/evaluate/callbacks/']")
    agent.go("[data-row-link]")


def _heard(agent: Person, turn: int, wanted: int) -> None:
    page = agent.page
    if turn == wanted - 1 and wanted > 2:
        agent.click(page.get_by_role("button", name="未接通，登记一次尝试"))
        agent.check("无人接听")
        agent.send()
        return
    agent.click(page.get_by_role("button", name="接通，登记评价"))
    form = agent.dialog()
    if turn == wanted - 2 and wanted > 2:
        agent.check("没有解决")
        agent.check("不满意")
        agent.cost.clicks += 1
        form.locator("[name=cause]").select_option("unsolved")
    else:
        agent.check("解决了")
        agent.check("非常满意")
    agent.send()
