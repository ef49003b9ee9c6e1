"""The ground's long-running service: seals the audit, delivers events, rescues broken jobs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from huying.kernel import jobs, relay, rounds, sealing

ROUNDS: dict[str, Callable[[], rounds.Round]] = {
    "sealer": sealing.Sealer,
    "relay": relay.Relay,
    "rescuer": jobs.Rescuer,
}


class Command(BaseCommand):
    help = "常驻服务:封印审计、投递事件、恢复中断的任务"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=sorted(ROUNDS), action="append")

    def handle(self, *, only: list[str] | None, **_: Any) -> None:
        rounds.run({name: make for name, make in ROUNDS.items() if not only or name in only})
