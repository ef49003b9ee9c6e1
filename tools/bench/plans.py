"""Plans of made lives: what happens to an appeal, how often and how fast, up to one instant."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from huying.cases.actions import CasePlan, Planned
from tools.bench.district import COMMUNITIES, DEPARTMENTS, GRIDS, HAND, STREETS
from tools.bench.texts import words

CHANNELS = ("web", "phone", "operator", "grid", "sensor", "open311")
SURNAMES = "王李张刘陈杨黄吴赵周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文建国志华玉兰梅"
ROUNDS = 3
Step = tuple[str, float, dict[str, Any]]  # verb, hours after the one before, arguments


@dataclass
class Maker:
    """Makes lives of cases registered between `start` and `end`; nothing happens after `end`."""

    chance: random.Random
    categories: list[str]
    start: datetime
    end: datetime

    def plans(self, count: int) -> Iterator[CasePlan]:
        """So many lives, in the order in which they began."""
        span = (self.end - self.start).total_seconds()
        for seconds in sorted(self.chance.random() * span for _ in range(count)):
            yield self.plan(self.start + timedelta(seconds=int(seconds)))

    def plan(self, at: datetime) -> CasePlan:
        """One life from its registration to its end, or to the present."""
        verbs = [Planned("register", at, HAND, self._opening())]
        for verb, hours, args in self._life(str(verbs[0].args.get("place") or "")):
            at += timedelta(seconds=int(self.chance.expovariate(1 / hours) * 3600) + 1)
            if at > self.end:
                break
            verbs.append(Planned(verb, at, HAND, args))
        return CasePlan(verbs)

    def _opening(self) -> dict[str, Any]:
        chance, said = self.chance, words(self.chance)
        opening: dict[str, Any] = {
            "channel": chance.choices(CHANNELS, (30, 40, 8, 15, 2, 5))[0],
            "title": said.title,
            "body": said.body,
            "name": chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.randrange(1, 3))),
            "phone": f"13{chance.randrange(10**8, 10**9)}",
        }
        if chance.random() < 0.05:  # no place: it waits in the district's queue
            return opening
        if chance.random() < 0.3:
            opening["urgent"] = chance.random() < 0.1
        return opening | {"place": chance.choice(GRIDS)}

    def _life(self, place: str) -> Iterator[Step]:
        chance = self.chance
        if chance.random() < 0.04:
            yield "refuse", 1, {"reason": chance.choice(["emergency", "outside", "repeated"])}
            return
        if chance.random() < 0.01:
            yield "withdraw", 1, {"reason": "诉求人来电撤回"}
            return
        yield "accept", 0.5, {"category": self._category(), "sensitive": chance.random() < 0.02}
        if not place and chance.random() < 0.9:
            place = chance.choice(COMMUNITIES)
            yield "set_place", 1, {"place": place}
        if chance.random() < 0.08:
            unit = place[:12] or STREETS[0]
            told = {"result": "当场解释并答复。", "solved": True, "unit": unit}
            yield "answer_on_spot", 2, told
            yield from self._close(1)
            return
        yield from self._handling(1)

    def _handling(self, round_number: int) -> Iterator[Step]:
        chance = self.chance
        yield "dispatch", 1, self._leading()
        if chance.random() < 0.06:
            yield "reassign", 6, {"reason": "不属本单位职责"}
            yield "dispatch", 2, self._leading()
        yield "sign", 1.5, {}
        if chance.random() < 0.9:
            yield "contact", 5, {"reached": chance.random() < 0.95, "note": "已电话联系"}
        if chance.random() < 0.2:
            yield "comment", 8, {"text": "已约现场查看"}
        if chance.random() < 0.02:
            yield "recategorise", 3, {"category": self._category(), "reason": "现场核实后更正"}
        if chance.random() < 0.02:
            yield "withdraw", 24, {"reason": "问题已自行解决"}
            return
        yield "reply", 48, {"result": "已派人处理完毕。", "solved": chance.random() < 0.9}
        if chance.random() < 0.05:
            yield "review", 6, {"passed": False, "reason": "缺少现场照片"}
            yield "reply", 20, {"result": "补充照片,已处理。", "solved": True}
        yield from self._close(round_number)

    def _close(self, round_number: int) -> Iterator[Step]:
        chance = self.chance
        yield "review", 6, {"passed": True}
        good = chance.random() < 0.88
        grade = chance.choice([3, 4, 5, 5]) if good else chance.choice([1, 2])
        yield "evaluate", 24, {"solved": good, "grade": grade, "comment": "满意" if good else ""}
        if good or round_number == ROUNDS:
            yield "archive", 168, {}
        else:
            yield from self._handling(round_number + 1)

    def _category(self) -> str:
        ranks = range(1, len(self.categories) + 1)
        return self.chance.choices(self.categories, [1 / rank for rank in ranks])[0]

    def _leading(self) -> dict[str, Any]:
        chance = self.chance
        ranks = range(1, len(DEPARTMENTS) + 1)
        department = chance.choices(DEPARTMENTS, [1 / rank for rank in ranks])[0]
        lead = department if chance.random() < 0.7 else chance.choice(STREETS)
        helpers = [code for code in (chance.choice(STREETS),) if code != lead]
        return {"lead": lead, "co": helpers if chance.random() < 0.2 else []}
