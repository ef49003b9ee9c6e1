"""How the day's orders come in: six channels, as those who bring them work."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

from django.test import Client
from playwright.sync_api import expect

from huying.cases.adapters import filing_sheet
from huying.cases.models import Case
from huying.cases.tests.city_server import CityServer, later
from huying.kernel.clock import now
from huying.org.actions.keys import issue_key
from huying.org.models import Account, Unit
from huying.portal.tests.people import HAND
from tests.day.matters import Matter, matters, phone
from tests.day.person import Person
from tests.day.stage import PHONE, Stage

# Of a row of the sheet: address, place, class, channel, the city's number, urgent.
REST = ("", "420106005001", "", "窗口", "", "")
CITIZENS = 500  # from here on the telephones of those who write themselves
# What share of the day's orders comes by which channel.
SHARES = {"operator": 22, "grid": 8, "citizen": 8, "sheet": 24, "open311": 8, "city": 10}


@dataclass
class Orders:
    """The day's orders by their numbers, and what each tells of."""

    by_number: dict[str, Matter] = field(default_factory=dict)
    by_channel: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, channel: str, number: str, matter: Matter) -> None:
        """Remember an order."""
        self.by_number[number] = matter
        self.by_channel.setdefault(channel, []).append(number)

    def title(self, number: str) -> str:
        """What an order is about; of yesterday's the number is enough."""
        return self.by_number[number].title if number in self.by_number else number

    def where(self, number: str) -> str:
        """Where it is."""
        return self.by_number[number].address if number in self.by_number else "现场"


def counts(total: int) -> dict[str, int]:
    """How many come by each channel: at least one, all together `total`."""
    whole = sum(SHARES.values())
    found = {name: max(1, share * total // whole) for name, share in SHARES.items()}
    found["operator"] += total - sum(found.values())
    return found


def take_in(stage: Stage, city: CityServer, total: int) -> Orders:
    """All orders of the day."""
    wanted, orders, rest = counts(total), Orders(), matters(total)
    given = {name: [rest.pop(0) for _one in range(count)] for name, count in wanted.items()}
    _operator(stage, orders, given["operator"])
    _grid(stage, orders, given["grid"])
    _citizens(stage, orders, given["citizen"])
    _sheet(stage, orders, given["sheet"])
    _app(stage, orders, given["open311"])
    _city(stage, orders, given["city"], city)
    stage.work()
    _know(orders, given)
    assert len(orders.by_number) == total
    return orders


def _operator(stage: Stage, orders: Orders, given: list[Matter]) -> None:
    """The operator writes down what callers say."""
    operator = stage.person("district_centre", "centre")
    page = operator.page
    operator.open("/")
    for turn, matter in enumerate(given):
        with operator.task("登记来电", matter.title):
            operator.go("nav a[href='/cases/new/']")
            form = page.locator("#register-form")
            operator.fill(form.locator("[name=phone]"), phone(turn))
            operator.fill(form.locator("[name=name]"), "王敏")
            _title(operator, matter)
            operator.fill(form.locator("[name=body]"), matter.body)
            operator.fill(form.locator("[name=address]"), matter.address)
            if turn == 0:
                expect(page.locator("#found-place")).to_contain_text("社区")
                stage.shoot(operator, "register")
            operator.go(form.locator(".btn-send"))
        orders.keep("operator", operator.number(), matter)


def _title(person: Person, matter: Matter) -> None:
    """Only where the form will not do without."""
    box = person.page.locator("#register-form [name=title]")
    if box.get_attribute("required") is not None:
        person.fill(box, matter.title)


def _grid(stage: Stage, orders: Orders, given: list[Matter]) -> None:
    """The grid worker reports from the street."""
    worker = stage.person("grid_worker", "grid", **PHONE)
    worker.open("/")
    for matter in given:
        with worker.task("巡查上报", matter.title):
            again = worker.page.locator("#notices a[href='/cases/new/']")
            worker.go(again if again.count() else ".big-button")
            form = worker.page.locator("#register-form")
            _title(worker, matter)
            worker.fill(form.locator("[name=body]"), matter.body)
            worker.go(form.locator(".btn-send"))
        orders.keep("grid", worker.number(), matter)
    stage.shoot(worker, "grid")


def _citizens(stage: Stage, orders: Orders, given: list[Matter]) -> None:
    """Citizens write from their telephones."""
    for turn, matter in enumerate(given):
        citizen = stage.person("citizen", **PHONE)
        with citizen.task("手机反映", matter.title):
            citizen.open("/portal/")
            citizen.go("a[href='/portal/file/']")
            citizen.fill("[name=body]", matter.body)
            citizen.fill("[name=address]", matter.address)
            if citizen.page.locator("[name=phone]").count():
                _prove(citizen, phone(CITIZENS + turn))
            citizen.go(citizen.page.get_by_role("button", name="提交"))
        if turn == 0:
            stage.shoot(citizen, "receipt")
        citizen.page.context.clear_cookies()


def _prove(citizen: Person, number: str) -> None:
    """The telephone and its code."""
    citizen.fill("[name=phone]", number)
    citizen.click(citizen.page.get_by_role("button", name="获取验证码"))
    said = citizen.page.locator("#code-sent b").inner_text()
    code = re.search(r"[0-9]{6}", said)
    assert code
    citizen.fill("[name=code]", code[0])


def _sheet(stage: Stage, orders: Orders, given: list[Matter]) -> None:
    """The street's list of the day, from a file."""
    street = stage.person("street_dispatcher", "street")
    text = io.StringIO()
    rows = [
        [
            *(matter.title, matter.body, "王敏", phone(300 + turn)),
            "",
            "420106005001",
            "",
            "窗口",
            "",
            "",
        ]
        for turn, matter in enumerate(given)
    ]
    csv.writer(text).writerows([list(filing_sheet.HEADINGS), *rows])
    with street.task("批量登记", "sheet"):
        street.open("/")
        street.go("nav a[href='/cases/new/']")
        street.go("a[href='/cases/new/many/']")
        street.give("[name=file]", "今日.csv", "text/csv", text.getvalue().encode("gb18030"))
        street.go(".form-foot .btn-primary")
        street.go(street.page.get_by_role("button", name=f"登记 {len(given)} 件"))
        stage.work()
        street.page.reload()
        expect(street.page.locator("tbody tr")).to_have_count(len(given))
    stage.shoot(street, "sheet")


def _app(stage: Stage, orders: Orders, given: list[Matter]) -> None:
    """An application of a third party, by Open311: nobody's clicks."""
    owner = Account.objects.get(username="centre")
    key = issue_key(owner.pk, "市民应用", ["cases.register"], purpose="open311", by=HAND)[1]
    ground = Unit.objects.filter(kind="grid", name__contains="胭脂路社区").order_by("code")[0]
    for turn, matter in enumerate(given):
        sent = Client().post(
            "/open311/v2/requests.json",
            {
                "api_key": key,
                "service_code": matter.category,
                "lat": str(ground.latitude),
                "long": str(ground.longitude),
                "description": matter.body,
                "phone": phone(700 + turn),
            },
        )
        assert sent.status_code == 200, sent.content.decode()


def _city(stage: Stage, orders: Orders, given: list[Matter], city: CityServer) -> None:
    """The city hotline hands its orders over."""
    for turn, matter in enumerate(given):
        city.order(
            f"WH20260401{turn:06d}",
            title=matter.title,
            body=matter.body,
            name="王敏",
            phone=phone(800 + turn),
            address=matter.address,
            due=later(now(), 5),
        )
    city.deliver()


def _know(orders: Orders, given: dict[str, list[Matter]]) -> None:
    """Find the numbers of what did not come in on a page."""
    rest = [
        (channel, matter)
        for channel in ("citizen", "sheet", "open311", "city")
        for matter in given[channel]
    ]
    known = list(Case.objects.exclude(number__in=orders.by_number).values_list("number", "body"))
    for channel, matter in rest:
        number = next(number for number, body in known if matter.body[:24] in body)
        orders.keep(channel, number, matter)
