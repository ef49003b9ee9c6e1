"""`huying calendar load|set|show`: publish a year, set one day, see what holds."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huying.kernel import actions, queries
from huying.kernel.asker import System
from huying.kernel.errors import Refusal

HAND = System("calendar", "服务器命令")


class Command(BaseCommand):
    help = "工作日历:载入一年、改一天、查看"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="载入 CSV (date,workday,holiday,in_lieu),全有或全无")
        load.add_argument("file", type=Path)
        change = verbs.add_parser("set", help="把一天定为上班或放假 (调休、本地假日)")
        change.add_argument("day", type=date.fromisoformat, help="如 2027-02-06")
        change.add_argument("kind", choices=["work", "free"], help="work 上班,free 放假")
        change.add_argument("--holiday", default="", help="节日名称")
        show = verbs.add_parser("show", help="一年中不同于平常周末的日子,以及是否已公布")
        show.add_argument("year", type=int)

    def handle(self, *, verb: str, **told: Any) -> None:
        try:
            if verb == "load":
                loaded = actions.load_calendar(told["file"].read_text("utf-8-sig"), by=HAND)
                self.stdout.write(f"已载入 {len(loaded)} 天")
            elif verb == "set":
                worked = told["kind"] == "work"
                actions.edit_calendar(
                    told["day"], workday=worked, holiday=told["holiday"][:64], by=HAND
                )
                self.stdout.write(f"{told['day']} {'上班' if worked else '放假'}")
            else:
                self._show(told["year"])
        except (OSError, UnicodeDecodeError) as failed:
            raise CommandError(f"读不出文件: {failed}") from failed
        except Refusal as refusal:
            faults = [f"  {one.where}: {one.what}" for one in getattr(refusal, "faults", ())]
            raise CommandError("\n".join([str(refusal), *faults])) from refusal

    def _show(self, year: int) -> None:
        days = queries.calendar_days(date(year, 1, 1), date(year, 12, 31))
        published = sum(known for _day, _worked, known in days)
        self.stdout.write(f"{year} 年: 已公布 {published} 天,共 {len(days)} 天")
        for day, worked, _known in days:
            if worked != (day.weekday() < 5):
                self.stdout.write(f"  {day} {'上班' if worked else '放假'}")
