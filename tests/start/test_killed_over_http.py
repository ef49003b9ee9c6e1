"""Kill -9 of the real web and worker while verbs arrive over HTTP: nothing is lost or doubled."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from huying.kernel import processes
from tests.start.product import Inside, Product, words_of
from tests.start.storm import LINE, Storm

PEOPLE = 6
LONGEST = 12.0  # seconds of storm: every further kill of a whole web waits longer for its return
SETTLED = 40.0


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    product = Product()
    product.home.chmod(0o755)
    try:
        product.start()
        yield product
    finally:
        product.kill_everybody()
        shutil.rmtree(product.home)


@pytest.fixture(scope="module")
def inside(product: Product) -> Iterator[Inside]:
    with Inside(product) as inside:
        yield inside


@pytest.mark.parametrize("target", ["web", "worker"])
def test_no_verb_is_lost_or_doubled_when_a_process_is_killed(
    product: Product, inside: Inside, fault_count: int, target: str
) -> None:
    before = inside.found()
    storm = Storm(product.port, inside.keys)
    people = storm.people(PEOPLE)
    begun, killed, heard = time.monotonic(), 0, 0
    while killed < fault_count and time.monotonic() - begun < LONGEST and not storm.faults:
        if len(storm.answered) < heard + 5:  # they answer again: only then is there work to harm
            time.sleep(0.02)
            continue
        time.sleep(random.uniform(0, 0.5))
        if not kill(product, target):
            continue  # it is not back yet
        killed, heard = killed + 1, len(storm.answered)
        assert inside.found()["broken"] == []
    storm.over.set()
    for person in people:
        person.join(90)
    log = (product.home / "log" / "web.log").read_text()
    log = log[max(0, log.rfind("Traceback")) :][:5000]
    assert not storm.faults, f"{storm.faults}\n{log}"
    assert killed, "the storm was answered and then struck"
    after = settled(inside)
    assert after["broken"] == []
    check(storm, before, after)
    assert storm.dropped, "nobody lost a line: the test proves nothing"


def kill(product: Product, target: str) -> list[int]:
    """Kill -9 the whole of the web, or one process of it, or the worker; whom it struck."""
    struck = [pid for pid in product.everybody() if named(pid, target)]
    if target == "web" and random.random() < 0.6:
        struck = random.sample(struck, min(1, len(struck)))
    processes.send(struck, signal.SIGKILL)
    return struck


def named(pid: int, target: str) -> bool:
    words = words_of(pid)
    if target == "web":
        return any(b"granian" in word for word in words)
    return {b"huying.project.cli", b"worker"} <= words


def settled(inside: Inside) -> dict[str, Any]:
    """The database when the worker, back again, has delivered all news."""
    deadline = time.monotonic() + SETTLED
    while (facts := inside.found())["waiting"]:
        assert time.monotonic() < deadline, f"{facts['waiting']} deliveries still wait"
        time.sleep(0.5)
    return facts


def check(storm: Storm, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Each appeal is one case that lived through the main line in order, as far as it came."""
    lived = {
        name: [verb for verb in verbs if verb != "supervise"]  # by conditions, not by our people
        for name, verbs in after["lived"].items()
        if name not in before["lived"]
    }
    keys = Counter(name.partition(" ")[0] for name in lived)
    assert set(keys.values()) == {1}, "registered twice under one key"
    for name, verbs in lived.items():
        assert verbs == ["register", *LINE][: len(verbs)], name
    happened = {(name.partition(" ")[0], verb) for name, verbs in lived.items() for verb in verbs}
    assert set(storm.answered) <= happened, "a verb that was answered is gone"
    answered = Counter(storm.answered)
    assert max(answered.values()) == 1
    made = sum(map(len, after["lived"].values())) - sum(map(len, before["lived"].values()))
    assert after["told"] - before["told"] == made, "one piece of news for each verb"
    assert after["audited"] - before["audited"] >= made, "and a row of audit"
