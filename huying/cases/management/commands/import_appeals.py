"""`huying import-appeals FILE…`: past appeals from CSV files, plain or gzip, become cases."""

from __future__ import annotations

import shutil
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from huying.cases import actions
from huying.cases.actions.importing import HISTORY, KEEP_UPLOADED
from huying.kernel import blobs, jobs
from huying.kernel.actions import cancel_job
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.kernel.errors import Invalid, Refusal
from huying.kernel.models import Blob, LongJob

BY = System("import", "历史导入")
LOOK = 0.5


class Command(BaseCommand):
    """The same long job as the page's; here it is waited for, and done by this very process
    unless a worker is quicker. Killed, it goes on in a worker, or when the command is repeated."""

    requires_system_checks = ()
    help = "导入历史诉求(CSV 或 CSV.gz):全部无误才写入；重复导入不改变任何内容"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="文件")
        parser.add_argument("--check", action="store_true", help="只检查，不写入")
        parser.add_argument(
            "--skip-bad", action="store_true", help="跳过有误的行，导入其余各行，并写出退回文件"
        )
        parser.add_argument("--rejects", type=Path, help="退回文件的位置 (CSV)")

    def handle(
        self,
        *,
        files: list[Path],
        check: bool,
        skip_bad: bool,
        rejects: Path | None,
        **options: Any,
    ) -> None:
        plan = actions.check_history(files, by=BY)
        for note in plan.notes:
            self.stdout.write(f"注意: {note.where}: {note.what}")
        if plan.twins:
            self.stdout.write(f"有 {plan.twins} 件在两类文件中都有，类别和答复互相补全")
        if plan.bad and (check or not skip_bad):
            raise Invalid(
                f"共 {plan.rows} 行，{len(plan.bad)} 行有误，没有导入任何内容。",
                faults=plan.faults,
                remedy="请改正后重新导入；或用 --skip-bad 导入其余各行。",
            )
        if check:
            told = f"检查通过: {plan.rows:,} 行，可导入 {plan.made:,} 件，已有 {plan.known:,} 件"
            self.stdout.write(told)
            return
        job = self._waited(self._job(files, skip_bad))
        if job.state != LongJob.State.DONE:
            raise Refusal(job.error or "导入已取消，没有导入任何内容。")
        self.stdout.write(f"共 {job.done:,} 行: {job.note}")
        if job.result:
            place = rejects or settings.HOME / "imports" / f"rejects-{now():%Y%m%d-%H%M%S}.csv"
            self._fetch(job.result, place)
            self.stdout.write(f"有误的行和原因见 {place}")

    def _job(self, files: list[Path], skip_bad: bool) -> LongJob:
        """The job of an earlier command on these files that was killed, else a new one."""
        jobs.rescue()
        with transaction.atomic():
            kept = [self._kept(path) for path in files]
            waiting = LongJob.objects.filter(
                kind=HISTORY, owner_id=BY.id, state__in=jobs.UNFINISHED
            )
            for job in waiting:
                same = Blob.objects.in_bulk([blob for blob, _name in job.params["files"]])
                digests = [blob.sha256 for blob in same.values()]
                if sorted(digests) == sorted(blob.sha256 for blob in kept):
                    self.stdout.write("继续上次中断的导入")
                    return job
            names = [path.name for path in files]
            return actions.start_history(
                [(blob.pk, name) for blob, name in zip(kept, names, strict=True)],
                by=BY,
                skip_bad=skip_bad,
            )

    def _kept(self, path: Path) -> Blob:
        with path.open("rb") as file:
            return blobs.save(
                file,
                name=path.name[-80:],
                media_type="application/octet-stream",
                keep_until=now() + KEEP_UPLOADED,
            )

    def _waited(self, job: LongJob) -> LongJob:
        """Do the job, or see it done by a worker; progress is shown, Ctrl-C cancels it."""
        doing = threading.Thread(target=_do, args=[job], daemon=True)
        doing.start()
        said = ""
        while job.state in jobs.UNFINISHED:
            try:
                time.sleep(LOOK)
                job.refresh_from_db()
                line = f"  {job.note or '等待'} {job.done:,}"
                line += f" / {job.total:,} 行" if job.total else " 行"
                if line != said and job.state == LongJob.State.RUNNING:
                    self.stdout.write(line)
                    said = line
            except KeyboardInterrupt:
                self.stdout.write("正在取消…")
                cancel_job(job.pk, by=BY)
        doing.join()
        return LongJob.objects.select_related("result").get(pk=job.pk)

    def _fetch(self, result: Blob, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        spare = place.with_name(f".{place.name}.{result.pk}")
        with blobs.open_file(result) as source, spare.open("wb") as goal:
            shutil.copyfileobj(source, goal)
        spare.replace(place)


def _do(job: LongJob) -> None:
    try:
        jobs.run(job.pk)
    finally:
        connection.close()
