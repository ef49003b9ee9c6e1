"""How an appeal goes on from the day it came: who does what, when, as plans of real verbs.

Every life is lived up to now and stops there, so that each state is found among recent appeals.
What happens beside the main line is told in `asking`, `watching`, `together` and `outward`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo import asking, calling, outward, together, watching, words
from demo.matters import DISTRICT, Cast, Matter, Present, Times
from demo.stories import answer
from demo.tempers import Temper, Tempers
from huying.cases.actions import CasePlan, PartPlan, Planned
from huying.cases.rules.clocks import before, handling_rule
from huying.kernel.asker import Asker, System
from huying.kernel.clock import DISTRICT_ZONE

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# Handling time by clock: (least, usual most) of what is in time, (least, most) of what is late;
# natural hours for danger and utility, working hours otherwise (a working day has seven).
PACE: dict[str, tuple[float, float, float, float]] = {
    "danger": (0.4, 1.7, 2.3, 6),
    "utility": (3, 22, 25, 48),
    "enquiry": (0.5, 6.5, 8, 16),
    "ordinary": (5, 33, 37, 60),
    "hard": (25, 98, 108, 140),
}
NATURAL = ("danger", "utility")
# Why citizens are displeased, per hundred or so: with what was solved, and with what was not.
CAUSES_SOLVED = {"slow": 46, "attitude": 18, "answer": 16, "repeated": 12, "unsaid": 8}
CAUSES_UNSOLVED = {
    **{"unsolved": 44, "repeated": 16, "answer": 14, "slow": 10},
    **{"expectation": 8, "unsaid": 5, "attitude": 3},
}
FRESHLY = timedelta(days=5)
LATELY = timedelta(days=12)  # what is stuck began not longer ago: older ones were chased


@dataclass
class Life:
    """One appeal being planned; `joining` tell of the same later, and may be merged into it."""

    cast: Cast
    times: Times
    tempers: Tempers
    generator: random.Random
    matter: Matter
    calls: bool | None = None  # whether it calls up; by chance where that is not said
    joining: Sequence[Matter] = ()
    verbs: list[Planned] = field(default_factory=list)
    merged: list[CasePlan] = field(default_factory=list)
    parts: list[PartPlan] = field(default_factory=list)
    orders: list[watching.Order] = field(default_factory=list)  # the open ones
    answered: bool = False
    plain: bool = True  # nothing stopped or moved the handling deadline
    called_up: bool = False
    late: bool = False

    def __post_init__(self) -> None:
        self.lead, self.co = self.matter.lead, list(self.matter.co)
        self.accepted = self.started = self.matter.at
        self.governing: datetime | None = self.matter.facts.get("city_due_at")

    def plan(self) -> CasePlan:
        """The whole life of the appeal."""
        matter = self.matter
        self.verbs.append(Planned("register", matter.at, matter.by, matter.facts))
        with suppress(Present):
            self._live()
        if self.accepted > matter.at:
            together.join(self, self.times.now)
        return CasePlan(tuple(self.verbs), merged=self.merged, parts=self.parts)

    @property
    def temper(self) -> Temper:
        """How the unit that leads works."""
        return self.tempers(self.lead)

    @property
    def left(self) -> Sequence[Matter]:
        """Those who told of the same and were not merged."""
        return self.joining[len(self.merged) :]

    def then(self, verb: str, at: datetime, by: Asker, **args: Any) -> datetime:
        """The next verb, never before the one before; when it was done. Stops at the present."""
        at = max(at, self.verbs[-1].at + timedelta(seconds=20))
        if at > self.times.now:
            raise Present
        self.verbs.append(Planned(verb, at, by, args))
        return at

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in so many cases of one."""
        return self.generator.random() < share

    def staff(self, unit: str) -> Asker:
        """Somebody of a unit; of the district, somebody of its centre."""
        people = self.cast.centre if unit == DISTRICT else self.cast.by_unit[unit]
        return self.generator.choice(people)

    def other(self, than: Asker) -> Asker:
        """Somebody else of the centre."""
        return self.generator.choice([one for one in self.cast.centre if one.id != than.id])

    def _live(self) -> None:
        matter, spot, facts = self.matter, self.matter.spot, self.matter.facts
        at, centre = matter.at, self.generator.choice(self.cast.centre)
        if matter.track:
            outward.handed_over(self, centre)
            return
        fate = self.generator.random()
        if fate < 0.03 and facts["channel"] != "hotline":  # the city's orders are returned to it
            reason = self.generator.choice(("litigation", "petition", "repeated", "unclear"))
            self.then("refuse", at + self.minutes(10, 100), centre, reason=reason)
            return
        if not facts.get("place") and self.chance(0.7):
            raise Present  # where it is must still be found out
        taken = at + self._intake()
        if not facts.get("place"):  # somebody must first find out where it is
            taken += self.minutes(20, 60)
            self.then(
                *("set_place", taken - self.minutes(1, 9), centre),
                place=spot.grid,
                address=spot.address,
                longitude=spot.longitude,
                latitude=spot.latitude,
            )
        taken = self.then("accept", taken, centre, category=matter.story.situation.category)
        self.accepted = self.started = taken
        if facts["channel"] == "hotline" and outward.back_to_the_city(self, centre):
            return
        if matter.clock == "enquiry" and not self.joining and self.chance(0.3):
            replied = taken + self.minutes(5, 40)
            self._answer(replied, centre, unit=DISTRICT)
            self._rate(self._review(replied), rounds=1)
            return
        if fate > 0.985 and not self.joining:
            self.then(
                *("withdraw", taken + self.hours(1, 20), centre),
                reason=self.generator.choice(words.WITHDRAWALS),
            )
            return
        if self.chance(0.01):
            asking.another_class(self, taken + self.minutes(2, 10), centre)
        soon = self.minutes(1, 8) if matter.clock == "danger" else self.minutes(3, 45)
        self._round(taken + soon, rounds=1)

    def _round(self, sent: datetime, rounds: int) -> None:
        """From dispatch to the end, or to the next round."""
        sender = self.generator.choice(self.cast.centre)
        clock = self.matter.clock
        if rounds == 1 and clock not in NATURAL and self.chance(self.temper.sent_wrong):
            sent = asking.sent_wrong(self, sent, sender)
        sent = self.then("dispatch", sent, sender, lead=self.lead, co=list(self.co))
        self._handle(sent, rounds)

    def _handle(self, sent: datetime, rounds: int) -> None:
        """From the unit's desk on."""
        urgent = self.matter.clock == "danger"
        recent = self.times.now - sent < (HOUR * 5 if urgent else LATELY)
        if rounds > 1:  # a new round opens an order, and starts the deadline anew
            watching.again(self)
            self.started, self.plain = sent, True
        elif self.matter.watched:
            watching.opened(self, sent + self.minutes(0.2, 1), self.matter.watched)
        if recent and self.chance(self.temper.stuck):
            watching.unsigned(self, sent, self.times.now)
            raise Present  # nobody signs: the case waits, overdue
        handler = self.staff(self.lead)
        signed = self._signed(sent)
        replied = self._replied(signed)
        called = self._called(sent, signed, replied)
        call = {"reached": True, "note": self.generator.choice(words.CONTACTS)}
        if called < signed:  # the duty officer telephones before the desk signs
            self.then("contact", called, handler, **call)
        watching.unsigned(self, sent, signed)
        signed = self.then("sign", signed, handler)
        if called >= signed:
            called = self.then("contact", called, handler, **call)
        at = max(called, signed)
        if self.chance(0.12) and at < replied - 2 * HOUR:
            text = self.generator.choice(words.COMMENTS)
            at = self.then("comment", at + HOUR, handler, text=text)
        if rounds == 1:
            at = together.split(self, at)
            if asking.settled_in_a_meeting(self, at):
                self._round(self.verbs[-1].at + self.minutes(10, 60), rounds=1)
                return
        watching.answered(self, handler, replied)
        if (soon := self.working(self.verbs[-1].at, 0.3, 5)) < replied:
            watching.closed(self, soon, self.generator.choice(self.cast.centre))
        at = max(at, self.verbs[-1].at)
        replied = max(replied, asking.asked(self, at, replied, handler, rounds))
        fresh = self.times.now - sent < FRESHLY
        if self._calls(fresh):
            self.plain, self.called_up = False, True
            replied = max(replied, calling.lived(self, self.verbs[-1].at, handler))
        replied = self._in_time(replied)
        silent = recent and self.chance(self.temper.silent)
        watching.overdue(self, self.deadline(), self.times.now if silent else replied)
        if silent:
            raise Present  # nobody answers in time
        watching.answered(self, handler, replied)
        self._answer(replied, handler)
        self._rate(self._review(self.verbs[-1].at, handler), rounds)

    def _calls(self, fresh: bool) -> bool:
        if self.parts or self.called_up or self.governing:
            return False
        if self.matter.clock not in ("ordinary", "hard"):
            return False  # there is no time to call anybody up
        if self.calls is not None:
            return self.calls
        return calling.calls_up(self.lead, fresh, self.generator)

    def _answer(self, at: datetime, by: Asker, unit: str = "") -> None:
        solved = self.chance(self.temper.claims)
        name = self.cast.names.get(unit or self.lead, "")
        result = answer(self.matter.story, name, at, solved, self.generator)
        if any(planned.verb == "evaluate" for planned in self.verbs):
            result = self.generator.choice(words.AGAIN) + result
        together.join(self, min(at, self.times.now))
        self.answered = at <= self.times.now
        if unit:
            self.then("answer_on_spot", at, by, result=result, solved=solved, unit=unit)
        elif not asking.closed(self, at, by, result):
            self.then("reply", at, by, result=result, solved=solved)

    def _review(self, replied: datetime, handler: Asker | None = None) -> datetime:
        """Checked by the centre, seldom sent back once; when it passed."""
        reviewer = self.generator.choice(self.cast.centre)
        at = self.working(replied, 0.2, 4)
        if handler and self.verbs[-1].verb == "reply" and self.chance(0.04):
            reason = self.generator.choice(words.RETURNS)
            at = self.then("review", at, reviewer, passed=False, reason=reason)
            again = self.working(at, 0.5, 4)
            if self.matter.clock in NATURAL:
                again = at + self.minutes(5, 20)
            self._answer(again, handler)
            at = self.working(self.verbs[-1].at, 0.2, 3)
        watching.closed(self, at, reviewer)
        return self.then("review", at, reviewer, passed=True)

    def _rate(self, passed: datetime, rounds: int) -> None:
        """The citizens' word on it, and what follows from that."""
        caller = self.generator.choice(self.cast.callers)
        temper = self.temper
        if not self.merged and self.chance(temper.unreached):
            self._unreached(passed, caller)
            return
        late = self.chance(temper.called_late)
        at = self.working(passed, 14.5, 24) if late else self.working(passed, 0.4, 10)
        good = self.chance(temper.skill + 0.03 * (rounds - 1))
        heard = []
        for place in range(1 + len(self.merged)):
            solved = good if place == 0 or self.chance(0.97) else not good
            heard.append(self._said(solved))
            who = {"who": place} if self.merged else {}
            at = self.then("evaluate", at, caller, **who, **heard[-1])
            at += self.minutes(4, 25)
        at = self.verbs[-1].at
        satisfied = all(one["solved"] and one["grade"] >= 3 for one in heard)
        if satisfied or rounds >= 3:
            outward.published(self, at, all(one["grade"] >= 4 for one in heard))
            self._ended(at + timedelta(hours=168) + self.minutes(1, 10), rounds)
            return
        self._round(self.working(at, 0.5, 6), rounds + 1)

    def _said(self, solved: bool) -> dict[str, Any]:
        weights = (44, 32, 18, 4, 2) if solved else (1, 4, 20, 42, 33)
        grade = self.generator.choices((5, 4, 3, 2, 1), weights)[0]
        flaw = self.generator.choices(("", "by_proxy", "prompted"), (96, 3, 1))[0]
        said: dict[str, Any] = {"solved": solved, "grade": grade}
        if flaw:
            said[flaw] = True
        if solved and grade >= 3:
            return said | {"comment": self.generator.choice(words.PRAISES)}
        causes = CAUSES_SOLVED if solved else CAUSES_UNSOLVED
        cause = self.generator.choices(list(causes), list(causes.values()))[0]
        return said | {"cause": cause, "comment": self.generator.choice(words.COMPLAINTS[cause])}

    def _unreached(self, passed: datetime, caller: Asker) -> None:
        """Three attempts at different hours, and nobody answers."""
        day = passed.astimezone(DISTRICT_ZONE).replace(minute=0, second=0)
        for days, hour in ((1, 10), (1, 15), (2, 19)):
            at = day.replace(hour=hour) + timedelta(days=days) + self.minutes(1, 50)
            outcome = self.generator.choices(("no_answer", "busy", "refused"), (6, 3, 1))[0]
            at = self.then("call_back", at, caller, outcome=outcome)
        self._ended(at + timedelta(hours=168) + self.minutes(1, 10), rounds=3)

    def _ended(self, at: datetime, rounds: int) -> None:
        """Archived, and seldom not for good."""
        at = self.then("archive", at, System("archive", "自动归档"))
        self.orders = []
        if rounds < 3 and not self.merged and self.chance(0.004):
            at += timedelta(days=self.generator.uniform(2, 20))
            reason = self.generator.choice(words.RELAPSES)
            caller = self.generator.choice(self.cast.callers)
            at = self.then("reappeal", at, caller, reason=reason, verified=True)
            self._handle(at, rounds + 1)

    def deadline(self) -> datetime | None:
        """When the unit's answer is due; None where something moved that."""
        if not self.plain:
            return None
        rules, facts = self.times.rules, self.matter.facts
        rule = handling_rule(rules, self.matter.clock, facts["urgent"])
        if self.governing:
            rule = before(rules["city"], self.governing)
        return self.times.due(rule, self.started, ())[0]

    def _in_time(self, replied: datetime) -> datetime:
        """A unit that is not late watches the deadline, whatever came between."""
        due = self.deadline()
        if self.late or due is None or replied < due:
            return replied
        latest = due - self.minutes(4, 90 if self.matter.clock != "danger" else 10)
        return latest if latest > self.verbs[-1].at else replied

    def _intake(self) -> timedelta:
        if (
            self.chance(0.03 if self.temper.late > 0.02 else 0.006)
            and self.matter.clock != "danger"
        ):
            return self.hours(2.2, 7)
        most = 12 if self.matter.clock == "danger" else 110
        return min(self.generator.expovariate(1 / 25) + 2, most) * MINUTE

    def _signed(self, sent: datetime) -> datetime:
        if self.matter.clock == "danger":
            return sent + self.minutes(2, 12)
        if self.matter.clock == "utility":  # somebody is on duty
            return sent + self.minutes(5, 100)
        if self.chance(self.temper.unsigned):
            return self.working(sent, 2.1, 6)
        return self.working(sent, 0.05, 1.9)

    def _called(self, sent: datetime, signed: datetime, replied: datetime) -> datetime:
        """When the citizen was first spoken to: within a day, mostly, and before the answer."""
        late = self.chance(self.temper.uncalled)
        called = sent + (self.hours(25, 40) if late else self.hours(0.3, 20))
        hour = called.astimezone(DISTRICT_ZONE).hour
        if not 8 <= hour < 21:  # nobody is rung up at night
            called += timedelta(hours=(8 - hour) % 24)
        return called if called < replied else signed + (replied - signed) / 2

    def _replied(self, signed: datetime) -> datetime:
        least, most, late, latest = PACE[self.matter.clock]
        pace = self.temper.pace
        self.late = self.chance(self.temper.late)
        if self.late:
            least, most, pace = late, latest, 1.0
        hours = pace * (least + (most - least) * self.generator.betavariate(1.6, 2.2))
        if self.matter.clock in NATURAL:
            return signed + hours * HOUR
        return self.working(signed, hours, hours)

    def working(self, at: datetime, least: float, most: float) -> datetime:
        """So many working hours later, with some seconds that no timetable has."""
        hours = self.generator.uniform(least, most)
        calendar = self.times.calendar
        done = calendar.work_before(calendar.to_local(at)) + round(hours * 3_600_000_000)
        seconds = timedelta(seconds=self.generator.randint(1, 240))
        return calendar.from_local(calendar.when_done(done)) + seconds

    def minutes(self, least: float, most: float) -> timedelta:
        """Between so many and so many minutes."""
        return self.generator.uniform(least, most) * MINUTE

    def hours(self, least: float, most: float) -> timedelta:
        """Between so many and so many hours."""
        return self.generator.uniform(least, most) * HOUR
