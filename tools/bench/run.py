"""One run of the bench: base, lists, pages, search, create, export, through the real web stack."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from huying.cases.models import Case
from huying.cases.queries import scope
from huying.web import paging
from tools.bench import due, exporting, ground, half_year, rates, texts
from tools.bench.district import DEPARTMENTS, GRIDS, people
from tools.bench.doors import VIEWS, Doors, filters
from tools.bench.figures import Report, figure, timed
from tools.bench.web import Server, memory

LIST_AIM = SEARCH_AIM = 150.0
CREATE_AIM = 50.0
DEEP_AIM = 1.2
PEER_LIST = "Signalen: ~800 ms at 30k cases"
PEER_CREATE = "Signalen: ~100 ms, 51 SQL"
PEER_DEEP = "Signalen: page 500 1.1 s"


def everything(
    about: dict[str, Any], *, cases: int, quick: bool, reuse: bool, only: str, home: Path
) -> Report:
    """Load, then measure whatever `only` lets through."""
    faults = ground.prepare(home, cases=cases, reuse=reuse)
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        about["fsync"] = cursor.fetchone()[0]
        cursor.execute("SHOW server_version")
        about["postgresql"] = cursor.fetchone()[0]
    about["load_average"] = os.getloadavg()
    about["states"] = ground.states()
    report = Report(about, base=figure("SELECT 1 (psycopg, socket)", timed(_select_one, 2000)))
    report.faults += [f"bulk differs from verbs: {fault}" for fault in faults]
    with ground.step("collecting static files"):
        call_command("collectstatic", interactive=False, verbosity=0)
    known = people()
    server = Server({}, home / "web.log")
    try:
        server.wait()
        doors = Doors(server, known)
        measures: dict[str, Callable[[Report, Doors, bool], None]] = {
            "list": _lists,
            "deep": _deep_page,
            "search": _search,
            "page": _pages,
            "create": _create,
            "verbs": _verbs,
        }
        for name, measure in measures.items():
            if only in name:
                with ground.step(name):
                    measure(report, doors, quick)
        about["load_average_after"] = os.getloadavg()
        about["web_memory_mb"] = round(memory(server.pids))
    finally:
        server.close()
    if only in "due":
        with ground.step("due"):
            due.measure(report, quick=quick)
    if only in "rates":
        with ground.step("rates"):
            rates.measure(report, quick=quick)
    if only in "export":
        with ground.step("export"):
            exporting.measure(report, known["district"], rows=10_000 if quick else 100_000)
    if only in "demo_full":
        with ground.step("demo_full"):
            half_year.measure(report, quick=quick, home=home)
    return report


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _lists(report: Report, doors: Doors, quick: bool) -> None:
    """A list of 50 with each filter, for each point of view; the row tells the worst of them."""
    times = 2 if quick else 5
    by_filter: dict[str, dict[str, list[float]]] = {}
    for view in VIEWS:
        client = doors.pages[view]
        for name, tries in filters(doors.people[view]).items():
            for query in tries:
                asked = query or {"bare": "1"}
                samples = timed(partial(client.text, "/cases/", **asked), times)
                label = f"{view} {json.dumps(query, ensure_ascii=False)}"
                by_filter.setdefault(name, {})[label] = samples
    for name, tried in by_filter.items():
        worst = max(tried, key=lambda label: sorted(tried[label])[len(tried[label]) // 2])
        row = figure(
            f"list of 50, {name}",
            list(itertools.chain(*tried.values())),
            aim=LIST_AIM,
            note=f"slowest: {worst}" if name != "(none)" else PEER_LIST,
            detail={label: [round(one, 1) for one in samples] for label, samples in tried.items()},
        )
        report.add(row)
    for view in VIEWS:
        client = doors.api[view]
        samples = timed(partial(client.text, "/api/v1/cases", limit="50"), 4 * times)
        report.add(figure(f"API list of 50, {view}", samples, aim=LIST_AIM))


def _deep_page(report: Report, doors: Doors, quick: bool) -> None:
    """The 500th page against the first, alternately, as page and by the API."""
    times = 15 if quick else 40
    pages, api = doors.pages["district"], doors.api["district"]
    offset = min(50 * 499, Case.objects.count() - 51)
    edge = scope.visible(doors.people["district"].asker)[offset - 1]
    mark = paging.mark(edge.registered_at, edge.pk)
    after = ""
    for _ in range(offset // 50):
        after = json.loads(api.text("/api/v1/cases", limit="50", after=after))["next"]
    doors_of: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        (
            "list page",
            lambda: pages.text("/cases/", bare="1"),
            lambda: pages.text("/cases/", after=mark),
        ),
        (
            "API",
            lambda: api.text("/api/v1/cases", limit="50"),
            lambda: api.text("/api/v1/cases", limit="50", after=after),
        ),
    ]
    for name, first, deep in doors_of:
        firsts, deeps = [], []
        for _ in range(times):
            firsts += timed(first, 1, warm=0)
            deeps += timed(deep, 1, warm=0)
        one = report.add(figure(f"first page, {name}", firsts))
        other = report.add(figure(f"500th page, {name}", deeps, note=PEER_DEEP))
        ratio = other.p50 / one.p50
        report.add(figure(f"500th page ÷ first, {name}", [ratio], aim=DEEP_AIM, unit="×"))


def _search(report: Report, doors: Doors, quick: bool) -> None:
    """Two characters, from in nearly every case to in a handful, by three doors."""
    times = 5 if quick else 10
    asked = {
        "very common": texts.COMMON_WORD,
        "middle": texts.MIDDLE_WORD,
        "rare": texts.RARE_WORD,
        "of no case": "饕餮",
    }
    for name, word in asked.items():
        hits = Case.objects.filter(body__contains=word).count()
        for view in ("district", "community"):
            samples = timed(partial(doors.pages[view].text, "/search/", q=word), times)
            samples += timed(partial(doors.api[view].text, "/api/v1/cases", text=word), times)
            label = f"search 2 characters, {name}, {view}"
            report.add(figure(label, samples, aim=SEARCH_AIM, note=f"{word}: {hits:,} cases"))


def _pages(report: Report, doors: Doors, quick: bool) -> None:
    """The page of a case, the home page, the desk, the dispatch console, and health."""
    times = 20 if quick else 60
    seen = scope.visible(doors.people["district"].asker)
    numbers = itertools.cycle(list(seen.values_list("number", flat=True)[1000 : 1000 + times]))
    pages, api = doors.pages["district"], doors.api["district"]
    samples = timed(lambda: pages.text(f"/cases/{next(numbers)}/"), times)
    report.add(figure("case page", samples, aim=LIST_AIM))
    samples = timed(lambda: api.text(f"/api/v1/cases/{next(numbers)}"), times)
    report.add(figure("API case", samples, aim=LIST_AIM))
    for view in VIEWS:
        samples = timed(partial(doors.pages[view].text, "/"), times // 2)
        report.add(figure(f"home, {view}", samples, aim=LIST_AIM))
        samples = timed(partial(doors.pages[view].text, "/cases/desk/"), times // 2)
        report.add(figure(f"desk, {view}", samples, aim=LIST_AIM))
    samples = timed(partial(pages.text, "/cases/console/live/"), times // 2)
    report.add(figure("dispatch console, when something changed", samples, aim=LIST_AIM))
    report.add(figure("/healthz", timed(lambda: pages.text("/healthz"), times)))


def _opening(number: int) -> dict[str, Any]:
    return {
        "channel": "phone",
        "title": f"压测登记第{number}件路灯不亮",
        "body": "居民反映路灯不亮,影响居民正常生活,请尽快派人到现场查看。",
        "name": "欧阳建国",
        "phone": "13912345678",
        "address": "中山路12号小区",
        "place": GRIDS[number % len(GRIDS)],
    }


def _create(report: Report, doors: Doors, quick: bool) -> None:
    """POST of a new case, durable when answered."""
    api, count = doors.api["district"], itertools.count(1)

    def create() -> None:
        status, answer = api.post("/api/v1/cases", _opening(next(count)))
        if status != 201:
            raise RuntimeError(f"{status} {answer}")

    samples = timed(create, 60 if quick else 300, warm=5)
    report.add(figure("create", samples, aim=CREATE_AIM, note=PEER_CREATE))


def _verbs(report: Report, doors: Doors, quick: bool) -> None:
    """Each verb of the main line, one after the other, on new cases."""
    line: list[tuple[str, str, dict[str, Any]]] = [
        ("accept", "district", {"category": "010202"}),
        ("dispatch", "district", {"lead": DEPARTMENTS[0]}),
        ("sign", "department", {}),
        ("contact", "department", {"reached": True, "note": "已电联"}),
        ("reply", "department", {"result": "已更换灯泡。", "solved": True}),
        ("review", "district", {"passed": True}),
        ("evaluate", "callback", {"solved": True, "grade": 5}),
        ("archive", "district", {}),
    ]
    samples: dict[str, list[float]] = {}
    for number in range(10 if quick else 40):
        _status, case = doors.api["district"].post("/api/v1/cases", _opening(number))
        for verb, who, payload in line:
            answers: list[tuple[int, Any]] = []

            def act(who: str = who, verb: str = verb, payload: Any = payload) -> None:
                body = payload | {"version": case["version"]}  # noqa: B023
                address = f"/api/v1/cases/{case['number']}/{verb}"  # noqa: B023
                answers.append(doors.api[who].post(address, body))  # noqa: B023

            samples.setdefault(verb, []).extend(timed(act, 1, warm=0))
            status, case = answers[0]
            if status != 200:
                raise RuntimeError(f"{verb}: {status} {case}")
    for verb, taken in samples.items():
        report.add(figure(f"verb {verb}", taken))
