"""The hand-written situations: enough, complete, and never the same appeal twice over."""

from __future__ import annotations

import random
import re
from datetime import datetime

from demo import stories, words
from huying.cases.rules.categories import CATEGORIES
from huying.kernel.clock import DISTRICT_ZONE

AT = datetime(2026, 10, 12, 9, 0, tzinfo=DISTRICT_ZONE)


def told(seed: int) -> list[stories.Story]:
    generator = random.Random(seed)
    spot = stories.spot_in("420106005001G01", "胭脂路社区", "粮道街道", (114.30, 30.55), generator)
    return [stories.tell(one, spot, AT, generator) for one in stories.situations()]


def test_there_are_a_hundred_and_fifty_situations_and_one_for_every_leaf() -> None:
    found = stories.situations()
    leaves = {code for code, _name, _clock in CATEGORIES if len(code) == 6}
    assert len(found) >= 150
    assert {one.category for one in found} == leaves
    assert len({one.body for one in found}) == len(found)


def test_every_slot_is_filled() -> None:
    for seed in range(5):
        for story in told(seed):
            assert not re.search(r"[{}]", story.title + story.body), story
            for solved in (True, False):
                generator = random.Random(seed)
                said = stories.answer(story, "区水务局", AT, solved, generator)
                assert not re.search(r"[{}]", said), said


def test_one_situation_is_told_in_many_ways() -> None:
    bodies = {told(seed)[0].body for seed in range(40)}
    assert len(bodies) >= 36


def test_the_same_seed_tells_the_same() -> None:
    assert told(7) == told(7)


def test_texts_carry_no_telephone_number() -> None:
    everything = "".join(s.title + s.body + s.reply for s in told(1)) + repr(vars(words))
    assert not re.search(r"1[3-9]\d{9}", everything)
