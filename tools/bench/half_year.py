"""Measures `huying demo appeals --full` as an administrator runs it, in a district of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.bench.figures import Report, figure

AIM = 300_000.0  # milliseconds, of the issue
QUICK = 4_000  # appeals in all, for a quick run


def measure(report: Report, *, quick: bool, home: Path) -> None:
    """Load the district as a first start does, then fill it up; time and memory of the latter."""
    place = home.parent / "full"
    shutil.rmtree(place, ignore_errors=True)
    env = {**os.environ, "HUYING_HOME": str(place), "HUYING_MODE": "demo"}
    huying = [str(Path(sys.executable).parent / "huying")]
    for first in (["migrate"], ["demo", "load"]):
        subprocess.run(  # noqa: S603 our own command
            [*huying, *first], env=env, check=True, stdout=subprocess.DEVNULL
        )
    size = ["--size", str(QUICK)] if quick else []
    started = time.perf_counter()
    load = subprocess.Popen(  # noqa: S603 our own command
        [*huying, "demo", "appeals", "--full", *size], env=env, stdout=subprocess.DEVNULL
    )
    _pid, status, used = os.wait4(load.pid, 0)
    took = (time.perf_counter() - started) * 1000
    if status:
        report.faults.append("the half year did not load")
        return
    name = "half a year of appeals for the demo"
    row = figure(name, [took], aim=None if quick else AIM)
    row.memory_mb = round(used.ru_maxrss / 1024, 1)
    row.note = f"{QUICK if quick else 29_000:,} appeals in all; {used.ru_utime:.0f} s of own work"
    report.add(row)
    shutil.rmtree(place, ignore_errors=True)
