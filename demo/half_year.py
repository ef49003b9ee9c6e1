"""`huying demo appeals --full`: half a year at the reference's scale, in stages that go on.

Each stage is one transaction of plans written in bulk, and leaves one row in the audit that says
which it was: by these rows a load that was killed finds out what is still to be done.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection

from demo import arrivals, assessed, intake
from demo.arrivals import Arrival
from demo.lives import Life
from demo.matters import Cast, Matter, Times
from demo.stories import Spot, names_in, tell
from demo.tempers import in_the_long_run
from huying.cases.actions import CasePlan, bulk_cases
from huying.cases.models import Call, Case
from huying.evaluate.actions import mark_missed
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.kernel.errors import NotNow
from huying.kernel.models import AuditRow
from huying.portal.actions.projecting import project
from huying.portal.models import FollowedCase

CASES = 29_000  # 诉求办理 of the reference district
CALLS = 574  # 街道呼叫
DAYS = 183
STAGES = 26
SEED = 20_261_128
BY = System("demo", "演示数据")
NOTE = "演示半年 {stage}/{stages}，至 {until}，共 {cases} 件、{calls} 次呼叫"
NOTED = re.compile(r"演示半年 (\d+)/(\d+)，至 (\S+)，共 (\d+) 件、(\d+) 次呼叫")
LOCK = 0x48414C46  # one load at a time
# How readily a lead unit calls up, by the length of its code; departments seldom.
CALLING = {12: 6.0, 9: 2.0}
DEPARTMENTS = 0.12
ENDED = ("archive", "evaluate", "refuse", "withdraw")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Course:
    """What this load makes in all, until when, and which of its stages are written."""

    until: datetime
    stages: int
    cases: int
    calls: int
    done: frozenset[int] = frozenset()
    turn: int = 0  # how many courses went before: each has chances of its own

    @property
    def since(self) -> datetime:
        """The first day of the half year."""
        return self.until - timedelta(days=DAYS)


def install(say: Say, cases: int = CASES, stages: int = STAGES) -> int:
    """Fill the district up to so many appeals; how many were written now. Goes on where it stood.

    `cases` is smaller in tests; calls follow in proportion.
    """
    with _alone():
        course = course_of(cases, stages)
        made, started = 0, time.monotonic()
        if course.cases <= 0:
            say(f"演示诉求已有 {_present():,} 件，不少于 {cases:,} 件，没有增加。")
            course = replace(course, cases=0, calls=0, done=frozenset(range(course.stages)))
        for stage, plans in planned(course):
            note = NOTE.format(
                stage=stage + 1,
                stages=course.stages,
                until=course.until.isoformat(),
                cases=course.cases,
                calls=course.calls,
            )
            made += len(bulk_cases(plans, by=BY, note=note))
            mark_missed()
            took = time.monotonic() - started
            say(f"  ✓ {stage + 1}/{course.stages} 段，本次已写入 {made:,} 件，{took:.0f} s")
        for what in finishing():
            say(f"  ✓ {what}，{time.monotonic() - started:.0f} s")
    return made


def course_of(cases: int = CASES, stages: int = STAGES) -> Course:
    """The course of the load that was begun and is not whole, else a new one that ends now."""
    rows = AuditRow.objects.filter(verb="cases.import_history", actor_id=BY.id)
    notes = [NOTED.search(str(row.detail.get("note", ""))) for row in rows.order_by("id")]
    begun: dict[tuple[str, ...], set[int]] = {}
    for found in notes:
        if found:
            stage, *course = found.groups()
            begun.setdefault(tuple(course), set()).add(int(stage) - 1)
    for turn, ((of, until, total, calls), done) in enumerate(begun.items()):
        last = Course(
            *(datetime.fromisoformat(until), int(of), int(total), int(calls)),
            frozenset(done),
            turn,
        )
        if len(done) < last.stages:
            return last
    wanted = round(CALLS * cases / CASES)
    return Course(
        *(now().replace(microsecond=0), stages, cases - _present()),
        max(0, wanted - Call.objects.count()),
        turn=len(begun),
    )


def planned(course: Course, seed: int = SEED) -> Iterator[tuple[int, list[CasePlan]]]:
    """The stages that are not written yet, each with its plans."""
    seed += course.turn
    ground, cast = intake.ground(shown=2.5), intake.cast_of_district()
    times, routes = intake.times(course.until), intake.routing()
    found = arrivals.arrivals(
        *(course.cases, course.since, course.until, ground, times.calendar, seed)
    )
    staged = arrivals.by_stage(found, course.since, course.until, course.stages)
    calls = arrivals.shares(course.calls, [sum(map(len, groups)) for groups in staged])
    desk = _Desk(ground, cast, times, routes, seed)
    for stage, groups in enumerate(staged):
        if stage not in course.done:
            yield stage, desk.plans(groups, calls[stage])


def finishing() -> Iterator[str]:
    """What follows the last stage; each step is safe to repeat."""
    yield f"考核标记 {mark_missed():,} 件"
    yield assessed.install()
    shown = Case.objects.filter(bulk=True, publication__in=("approved", "renewed"))
    known = FollowedCase.objects.values("number")
    numbers = list(shown.exclude(number__in=known).values_list("number", flat=True))
    for number in numbers:  # the rest follows as the worker finds time
        project(number)
    yield f"门户公开 {len(numbers):,} 件"


def _present() -> int:
    return Case.objects.filter(bulk=True, imported=False).count()


@contextmanager
def _alone() -> Iterator[None]:
    """Refuse a second load beside this one."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise NotNow("另一次载入正在进行。", remedy="等它完成；中断的载入再次运行即可续完。")
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


@dataclass(frozen=True)
class _Begun:
    """An appeal before its life, and those that tell of the same after it."""

    number: int
    matter: Matter
    joining: Sequence[Matter] = ()


@dataclass
class _Desk:
    """Turns arrivals into plans; each from its own seed, so that none depends on another."""

    ground: intake.Ground
    cast: Cast
    times: Times
    routes: dict[str, str]
    seed: int

    def plans(self, groups: Sequence[Sequence[Arrival]], calls: int) -> list[CasePlan]:
        """As many cases as arrivals, and as many calls as asked for."""
        made = [one for group in groups for one in self._group(group)]
        plans = [plan for _begun, plan in made]
        for place in self._drawn([begun for begun, _plan in made]):
            if not calls:
                break
            plan = self._life(made[place][0], calls=True).plan()
            if any(one.verb == "call_up" for one in plan.verbs):
                plans[place] = plan
                calls -= 1
        surplus = sum(plan.cases for plan in plans) - sum(map(len, groups))
        return _without(surplus, plans)

    def _group(self, group: Sequence[Arrival]) -> Iterator[tuple[_Begun, CasePlan]]:
        """The first with those that are merged into it, then who is left in the same way."""
        matters = [self._matter(one) for one in group]
        first = 0
        while first < len(matters):
            begun = _Begun(group[first].number, matters[first], matters[first + 1 :])
            plan = self._life(begun).plan()
            yield begun, plan
            first += 1 + len(plan.merged)

    def _life(self, begun: _Begun, *, calls: bool = False) -> Life:
        chances = random.Random(f"{self.seed} life {begun.number}")  # noqa: S311 - no secrets
        return Life(
            *(self.cast, self.times, in_the_long_run, chances, begun.matter),
            calls=calls,
            joining=begun.joining,
        )

    def _drawn(self, begun: Sequence[_Begun]) -> list[int]:
        """Who might call up, by how readily their unit does; none whom others join."""
        chances = random.Random(f"{self.seed} calls {begun[0].number}")  # noqa: S311 - no secrets
        keys = [chances.random() ** (1 / _readily(one.matter.lead)) for one in begun]
        alone = [place for place, one in enumerate(begun) if not one.joining]
        return sorted(alone, key=lambda place: -keys[place])

    def _matter(self, one: Arrival) -> Matter:
        chances = random.Random(f"{self.seed} matter {one.number}")  # noqa: S311 - no secrets
        spot = intake.within(self.ground, one.grid, chances)
        if one.burst:
            spot = _same_place(spot, one.burst)
        situation, routes = one.situation, self.routes
        channel = intake.channel_of(situation, chances)
        if channel == "hotline" and one.track:
            channel = "phone"
        if channel == "sensor" and one.burst:
            channel = "web"
        story = tell(situation, spot, one.at, chances, channel)
        hidden = not one.watched and intake.anonymous(channel, chances)
        who = {"anonymous": True} if hidden else intake.citizen(one.citizen, channel)
        facts, by = intake.written(
            *(story, spot, channel, one.at, self.cast, self.times, chances, who),
            unplaced=timedelta(hours=10),
        )
        lead, co = intake.leader(situation, spot, routes, chances)
        clock = "danger" if facts["urgent"] else intake.clock_of(situation.category)
        second = None
        if not one.burst and chances.random() < 0.005:
            other = intake.beside(situation, lead, routes, chances)
            second = (tell(other, spot, one.at, chances, channel), routes[other.category])
        return Matter(
            *(one.at, by, facts, story, spot, clock, lead, co, routes[situation.category]),
            watched="sensitive" if facts["sensitive"] else one.watched,
            track=one.track,
            second=second,
        )


def _readily(lead: str) -> float:
    return CALLING.get(len(lead), DEPARTMENTS) if lead.isdigit() else DEPARTMENTS


def _same_place(spot: Spot, burst: str) -> Spot:
    """The estate and road that a burst is about, whoever tells of it."""
    own = random.Random(burst)  # noqa: S311 - a stable choice of names, no secrets
    estates, roads = names_in(spot.community, spot.street)
    return replace(spot, estate=own.choice(estates), road=own.choice(roads))


def _without(surplus: int, plans: list[CasePlan]) -> list[CasePlan]:
    """Leave out so many plain appeals: parts of others stand for them."""
    kept = []
    for plan in plans:
        plain = plan.cases == 1 and plan.verbs[-1].verb in ENDED
        if surplus > 0 and plain and all(one.verb != "call_up" for one in plan.verbs):
            surplus -= 1
            continue
        kept.append(plan)
    return kept
