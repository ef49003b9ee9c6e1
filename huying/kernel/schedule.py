"""Gives the rooms' scheduled work to the job queue, which does each moment's work once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import procrastinate
from croniter import croniter  # type: ignore[import-untyped]
from django.db import close_old_connections

from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.services import SCHEDULE, Scheduled


def register(app: procrastinate.App) -> None:
    """Make a periodic task of every registered schedule; each worker calls it once."""
    for scheduled in SCHEDULE:
        name = f"schedule.{scheduled.name}"
        task = app.task(name=name, queueing_lock=name, lock=name)(_body(scheduled))
        periodic = app.periodic_registry.register_task(
            task=task,
            cron=scheduled.cron,
            periodic_id="",
            configure_kwargs={},
        )
        # The queue reads cron lines in UTC; ours are meant in the district's time.
        periodic.__dict__["croniter"] = district_cron(scheduled.cron)


def district_cron(line: str) -> croniter:
    """An iterator over the moments of a cron line in the district's zone."""
    return croniter(line, start_time=datetime.now(DISTRICT_ZONE))


def _body(scheduled: Scheduled) -> Callable[[int], None]:
    def work(timestamp: int) -> None:
        close_old_connections()
        try:
            scheduled.run()
        finally:
            close_old_connections()

    return work
