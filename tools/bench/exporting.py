"""Export of many rows by the very job a person starts, in a process whose memory is watched."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connections

from huying.cases.queries import scope
from huying.kernel import blobs, jobs
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.models import LongJob
from tools.bench.district import Person
from tools.bench.figures import Report, figure
from tools.bench.web import memory

GROWTH_AIM = 100.0


def measure(report: Report, person: Person, *, rows: int) -> None:
    """CSV and XLSX of (about) so many rows: time and growth of memory."""
    query = urlencode({"registered_from": _since(person, rows)})
    for form in ("csv", "xlsx"):
        job = jobs.start(
            "web.export",
            {"table": "cases", "query": query, "form": form, "language": "zh-hans"},
            title="bench",
            by=person.asker,
        )
        told = _in_child(job)
        job.refresh_from_db()
        if job.state != LongJob.State.DONE or job.result is None:
            report.faults.append(f"export {form}: {job.state} {job.error}")
            continue
        size = sum(len(part) for part in blobs.read(job.result))
        note = f"{job.done:,} rows, {size / 1e6:.0f} MB, {job.done / told['seconds']:,.0f} rows/s"
        seconds = [told["seconds"] * 1000]
        report.add(figure(f"export {form}", seconds, memory_mb=told["growth"], note=note))
        growth = figure(
            f"export {form}: growth of memory", [told["growth"]], aim=GROWTH_AIM, unit="MB"
        )
        report.add(growth)


def _since(person: Person, rows: int) -> str:
    """The day since which the asker has about so many rows."""
    seen = scope.visible(person.asker).values_list("registered_at", flat=True)
    edge: datetime = seen[min(rows, seen.count()) - 1]
    return f"{edge.astimezone(DISTRICT_ZONE):%Y-%m-%d}"


def _in_child(job: LongJob) -> dict[str, Any]:
    """Run a job in a child process; its seconds, and by how many MB it grew at its peak."""
    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the parent
        before, started = memory([os.getpid()]), time.perf_counter()
        jobs.run(job.pk)
        told = {
            "seconds": time.perf_counter() - started,
            "growth": memory([os.getpid()], "VmHWM") - before,
        }
        os.write(writer, json.dumps(told).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(text)
    return found
