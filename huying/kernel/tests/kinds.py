"""Kinds of long jobs for tests, registered in the test's process and in the workers it starts."""

from __future__ import annotations

import time
from contextlib import suppress

from django.db import transaction
from django.db.models import F

from huying.kernel import jobs
from huying.kernel.errors import Refusal
from huying.kernel.models import Edition


def count(work: jobs.Work) -> None:
    """Count to `n` in a row of the database, one step and its checkpoint in one transaction."""
    done = work.kept or 0
    while done < work.params["n"]:
        if work.cancelled():
            return
        with transaction.atomic():
            done += 1
            Edition.objects.filter(name="count").update(number=F("number") + 1)
            work.checkpoint(done)
        work.progress(done, work.params["n"], f"第 {done} 行")
        time.sleep(work.params.get("pause", 0))
    with work.result_file("结果.csv", "text/csv") as file:
        file.write(f"n\n{done}\n".encode())


def one_transaction(work: jobs.Work) -> None:
    """Work long inside a single transaction that also holds the job's row."""
    with transaction.atomic():
        work.checkpoint("begun")
        while not work.cancelled():
            time.sleep(0.02)


def refuse(work: jobs.Work) -> None:
    raise Refusal("表头不对", remedy="请用模板")


def leak(work: jobs.Work) -> None:
    raise RuntimeError("Failing row\nDETAIL:  (王敏, 武昌区)\n打 13812345678 再问")


def fail(work: jobs.Work) -> None:
    raise RuntimeError("坏了")


for name, run in [
    ("count", count),
    ("one", one_transaction),
    ("refuse", refuse),
    ("fail", fail),
    ("leak", leak),
]:
    with suppress(ValueError):
        jobs.kind(f"test.{name}", run)
