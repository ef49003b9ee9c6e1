"""The rest of the house: the watch changes, the meeting meets, the month closes, keepers keep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from huying.cases import actions
from huying.cases.models import Case
from huying.kernel.asker import System
from huying.kernel.clock import frozen, now
from huying.org.models import Account, DutyShift
from tests.day.clock import StoryClock
from tests.day.matters import URBAN, matters, phone
from tests.day.person import Person
from tests.day.stage import PHONE, Stage, sign_in

HAND = System("day")
NIGHT = ("楼上水管爆了，水漫到楼道", "水从五楼往下流，电梯进水了，快来人。")


def live_through_march(story: StoryClock, count: int) -> None:
    """Orders of the month that closes, each from its registration to its rating."""
    for turn, matter in enumerate(matters(200 + count)[200:]):
        at = story.get() - timedelta(days=20 - turn % 9)
        with frozen(at):
            case = actions.register(
                by=HAND,
                channel="phone",
                title=matter.title,
                body=matter.body,
                name="王敏",
                phone=phone(900 + turn),
                address=matter.address,
            )
        steps: list[tuple[str, dict[str, Any]]] = [
            ("accept", {"category": matter.category}),
            ("dispatch", {"lead": matter.duty}),
            ("sign", {}),
            ("contact", {"reached": True}),
            ("reply", {"result": "已处理完毕。", "solved": True}),
            ("review", {"passed": True}),
            ("evaluate", {"solved": turn % 5 > 0, "grade": 5 if turn % 5 else 2}),
        ]
        if not turn % 5:
            steps[-1][1]["cause"] = "unsolved"
        for step, (verb, given) in enumerate(steps, start=1):
            with frozen(at + timedelta(minutes=20 * step)):
                act = getattr(actions, verb)
                case = act(case.number, version=case.version, by=HAND, **given)


def live_through_the_night(story: StoryClock) -> None:
    """One urgent order of the night, handled by nobody yet; one that runs out today; one late."""
    story.clock(21, 30)
    title, body = NIGHT
    urgent = actions.register(
        by=HAND,
        channel="phone",
        title=title,
        body=body,
        phone=phone(990),
        address="粮道街胭脂路社区",
        urgent=True,
    )
    case = actions.accept(
        urgent.number, version=urgent.version, by=HAND, category="010305", urgent=True
    )
    actions.dispatch(case.number, version=case.version, by=HAND, lead="420106D02")
    for turn, days in enumerate((7, 9)):
        matter = matters(200)[190 + turn]
        with frozen(now().replace(hour=9) - timedelta(days=days)):
            made = actions.register(
                by=HAND, channel="phone", title=matter.title, body=matter.body, phone=phone(980)
            )
            made = actions.accept(
                made.number, version=made.version, by=HAND, category=matter.category
            )
            made = actions.dispatch(made.number, version=made.version, by=HAND, lead=URBAN)
            actions.sign(made.number, version=made.version, by=HAND)


def change_the_watch(stage: Stage) -> None:
    """Whoever had the night writes what is open, whoever has the day signs for it."""
    at = now()
    night = DutyShift.objects.select_related("person").get(
        unit__code="420106", starts_at__lt=at, ends_at__gt=at
    )
    day = DutyShift.objects.select_related("person").get(
        unit__code="420106", starts_at=night.ends_at
    )
    leaves = stage.person("district_centre", night.person.username)
    leaves.open("/")
    with leaves.task("交班", "watch"):
        leaves.go(f"a[href='/org/shifts/{night.pk}/hand-over/']")
        leaves.fill("main [name=words]", "水漫楼道一件已电话通知水务局，人在路上，请盯住。")
        stage.shoot(leaves, "handover")
        leaves.go("main form .btn-primary")
    stage.story.clock(8, 25)
    takes = stage.person("district_centre", day.person.username)
    takes.open("/")
    with takes.task("接班", "watch"):
        takes.go(takes.page.get_by_role("link", name="去接班"))
        if takes.page.locator("a[href$='/take-over/']").count():
            takes.go("a[href$='/take-over/']")
        takes.go("main form .btn-primary")


def meet_in_the_morning(stage: Stage) -> None:
    """The leader looks, projects and opens a number; the centre writes the decisions down."""
    leader = stage.person("leader", "leader", outside=True)
    page = leader.page
    with leader.task("登录", "door"):
        sign_in(page, "leader")
        leader.cost.clicks, leader.cost.typed = 1, 2
    with leader.task("看晨会", "morning"):
        leader.go("nav a[href='/cases/morning/']")
        expect(page.locator("#list-pressing")).to_be_visible()
        stage.shoot(leader, "morning")
        leader.go("a[href='/cases/morning/?screen=1']")
        leader.go("a[href='/cases/morning/cases/?figure=late']")
    centre = stage.person("district_centre", "centre")
    centre.open("/")
    with centre.task("晨会督办", "morning"):
        centre.go("nav a[href='/cases/morning/']")
        centre.click("[data-decide=supervise]")
        form = centre.dialog()
        centre.check("二级：书面、挂牌")
        if not form.locator("[name=supervisor]").input_value():
            centre.fill(form.locator("[name=supervisor]"), "吴雪梅")
        centre.fill(form.locator("[name=reason]"), "晨会议定：今天必须到现场。")
        centre.send()


def close_the_month(stage: Stage) -> None:
    """The evaluator freezes March, the leader fetches the bulletin; a unit objects."""
    evaluator = stage.person("evaluator", "evaluator")
    evaluator.open("/")
    with evaluator.task("月度定版", "month"):
        evaluator.go("nav a[href='/evaluate/months/']")
        month = evaluator.page.locator("main form [name=month]")
        assert month.input_value() == "2026-03"
        evaluator.go("main form .btn-primary")
        expect(evaluator.page.locator("main table")).to_contain_text("2026-03")
        stage.shoot(evaluator, "month")
    with evaluator.task("通报", "month"):
        evaluator.go("main table a[href*='month=2026-03']")
        with evaluator.page.expect_download():
            evaluator.click("a[href^='/evaluate/bulletin.docx']")
        stage.shoot(evaluator, "rates")
    department = stage.person("department_handler", "department")
    with department.task("考核申诉", "appeal"):
        department.open("/")
        department.go("nav a[href='/evaluate/']")
        department.page.goto("/evaluate/cases/?month=2026-03&rate=satisfied&part=missing")
        department.cost.clicks += 1
        department.go("main [data-row-link]")
        department.go("main a[href^='/evaluate/appeals/new/']")
        _choose_first(department, "reason")
        department.fill("[name=evidence]", "现场照片显示当天已修好。")
        department.go("main form .btn-primary")


def _choose_first(person: Person, name: str) -> None:
    """The first real choice of a field of choices."""
    box = person.page.locator(f"main [name={name}]").first
    person.cost.clicks += 1
    if box.evaluate("e => e.tagName") == "SELECT":
        values = box.locator("option").evaluate_all("all => all.map((e) => e.value)")
        box.select_option(next(value for value in values if value))
    else:
        box.check()


def keep_house(stage: Stage) -> None:
    """The three administrators: a new colleague, their post, and who looked at whom."""
    system = stage.person("system_admin", "sysadmin")
    system.open("/")
    with system.task("新增人员", "person"):
        system.go("nav a[href='/org/people/']")
        system.go("a[href='/org/people/create/']")
        system.fill("main [name=name]", "程立新")
        system.fill("main [name=username]", "chenglixin")
        system.take("#id_unit", "城市管理", "城市管理执法局")
        system.go("main form .btn-primary")
    made = Account.objects.get(username="chenglixin")
    security = stage.person("security_admin", "secadmin")
    security.open("/")
    with security.task("任职", "person"):
        security.go("nav a[href='/org/people/']")
        security.fill("main [name=q]", made.name)
        security.press("Enter")
        security.go(security.page.locator("[data-row-link]", has_text=made.name))
        security.go(f"a[href='/org/people/{made.pk}/posts/']")
        _give_post(security)
        security.go("main form .btn-primary")
    auditor = stage.person("auditor", "auditor")
    auditor.open("/")
    with auditor.task("查审计", "audit"):
        auditor.go("nav a[href='/audit/']")
        expect(auditor.page.locator("tbody tr").first).to_be_visible()
        stage.shoot(auditor, "audit")


def _give_post(security: Person) -> None:
    page = security.page
    for name in page.locator("main form [name]").evaluate_all("all => all.map((e) => e.name)"):
        box = page.locator(f"main form [name={name}]").first
        if not box.is_visible() or box.input_value():
            continue
        if box.evaluate("e => e.tagName") == "SELECT":
            _choose_first(security, name)


def visit_the_community(stage: Stage) -> None:
    """The community looks at its ground and answers a question on the spot."""
    community = stage.person("community_staff", "community")
    community.open("/")
    with community.task("登记并当场答复", "spot"):
        community.go("nav a[href='/cases/new/']")
        form = community.page.locator("#register-form")
        if form.locator("[name=title]").get_attribute("required") is not None:
            community.fill(form.locator("[name=title]"), "垃圾分类投放点几点开放")
        community.fill(form.locator("[name=body]"), "垃圾分类投放点几点开放？周末有人吗？")
        community.go(form.locator(".btn-send"))
        box = community.verb("accept").locator("#id_category")
        if not box.input_value():
            community.take(box, "投放点", "垃圾分类与投放点")
        community.send()
        answer = community.verb("answer_on_spot")
        words = answer.locator("textarea").first
        community.fill(words, "早六点到九点、晚五点到八点，周末照常。")
        community.check("已解决")
        if not answer.locator("#id_unit").input_value():
            community.take(answer.locator("#id_unit"), "社区", "社区")
        community.send()


def follow(stage: Stage, number: str, telephone: str) -> None:
    """A citizen looks how it stands, and rates what was done."""
    citizen = stage.person("citizen", **PHONE)
    page = citizen.page
    page.context.clear_cookies()
    with citizen.task("查进度", "follow"):
        citizen.open("/portal/follow/")
        citizen.fill("[name=phone]", telephone)
        citizen.click(page.get_by_role("button", name="获取验证码"))
        code = "".join(c for c in page.locator("#code-sent b").inner_text() if c.isdigit())
        citizen.fill("[name=code]", code)
        citizen.go(page.get_by_role("button", name="查看"))
        if not page.url.rstrip("/").endswith(number):
            citizen.go(f"a[href*='{number}']")
        stage.shoot(citizen, "follow")
    assert Case.objects.filter(number=number).exists()
