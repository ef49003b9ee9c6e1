"""`huying worker`: does deferred and scheduled work until SIGTERM; run as many as needed."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from huying.kernel.schedule import register

FINISH = 15.0  # seconds that running jobs have to end by themselves
LEAVE = 17.0  # and then we are gone, before the supervisor's 20
ORPHANED = 5.0  # the supervisor died, and the database with it: no job can end well


class Command(BaseCommand):
    help = "执行后台任务与定时任务"

    def handle(self, *args: Any, **options: Any) -> None:
        register(app)
        assert isinstance(app.connector, DjangoConnector)  # noqa: S101 (what the queue is set up with)
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            asyncio.run(_work(working))


async def _work(working: App) -> None:
    """Work until asked to end; a database that went first, or a deaf job, holds nobody back."""
    parent = os.getppid()
    loop = asyncio.get_running_loop()
    work = loop.create_task(_run(working))

    def end() -> None:
        threading.Thread(target=_leave_in_time, args=[parent], daemon=True).start()
        work.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()


async def _run(working: App) -> None:
    async with working.open_async():
        await working.run_worker_async(
            name=f"worker-{os.getpid()}",
            concurrency=int(os.environ.get("HUYING_WORKER_CONCURRENCY") or 4),
            fetch_job_polling_interval=5.0,
            update_heartbeat_interval=5.0,
            shutdown_graceful_timeout=FINISH,
            install_signal_handlers=False,
            delete_jobs="successful",
        )


def _leave_in_time(parent: int) -> None:
    """Threads cannot be cancelled, and the pool waits long for a database: then go as we are.

    A job cut off so is taken up again, as after any death of a worker.
    """
    time.sleep(LEAVE if os.getppid() == parent else ORPHANED)
    os._exit(1)
