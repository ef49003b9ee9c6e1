"""Imports files of past appeals: one transaction, all or nothing, once for each source.

`check_history` looks without writing, `start_history` hands the files to a long job, and
`import_files` is what that does; called again after a crash, it finds all done or nothing.
"""

from __future__ import annotations

import csv
import io
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from huying.cases.actions.bulk import CasePlan, Planned, bulk_cases
from huying.cases.adapters.history_files import LABELS, Bad, Message, Reading, read_files
from huying.cases.models import Case
from huying.kernel import blobs, jobs
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid
from huying.kernel.models import LongJob
from huying.kernel.verbs import act, require

Progress = Callable[[str, int, int | None], None]
KEEP_UPLOADED = timedelta(days=1)
HISTORY = "cases.import_history"  # the long job of this name, in `jobs.py`
LOCK = 4201_0600  # of the advisory lock that lets one import of history run at a time


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: counts by fate, and the refused rows."""

    rows: int
    made: int
    known: int
    twins: int
    bad: tuple[Bad, ...] = ()
    notes: tuple[Fault, ...] = ()
    numbers: tuple[str, ...] = field(default=(), repr=False)

    @property
    def faults(self) -> list[Fault]:
        """Every bad row by file and line, with everything that is wrong with it."""
        return [
            Fault(
                _("%(file)s 第 %(line)s 行") % {"file": bad.file, "line": bad.line},
                "；".join(bad.reasons),
            )
            for bad in self.bad
        ]


def check_history(paths: Sequence[Path], *, by: Asker) -> Imported:
    """What importing these files would do, without writing: `made` is how many cases."""
    require("cases.import_history", by)
    reading = read_files(paths, now=now())
    messages, twins = completed(reading)
    known = _known([message.source for message in messages])
    fresh = len(messages) - len(known)
    return Imported(
        reading.rows, fresh, len(known), twins, tuple(reading.bad), tuple(reading.notes)
    )


@contextmanager
def laid_out(files: Sequence[UploadedFile[Any]]) -> Iterator[list[Path]]:
    """What was uploaded, as files under their own names."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, file in enumerate(files):
            path = Path(folder) / str(number) / blobs.safe_name(file.name or "file.csv")
            path.parent.mkdir()
            with path.open("wb") as goal:
                goal.writelines(file.chunks())
            paths.append(path)
        yield paths


def stored(files: Sequence[UploadedFile[Any]]) -> list[tuple[uuid.UUID, str]]:
    """Keep what was uploaded for a day: the blob and the name of each."""
    found = []
    for file in files:
        file.seek(0)
        blob = blobs.save(
            file.chunks(),
            name="history.csv",
            media_type="application/octet-stream",
            keep_until=now() + KEEP_UPLOADED,
        )
        found.append((blob.pk, blobs.safe_name(file.name or "file.csv")))
    return found


def start_history(
    files: Sequence[tuple[uuid.UUID, str]], *, by: Asker, skip_bad: bool = False
) -> LongJob:
    """Import stored files, each a blob and its name, in the background."""
    with act("cases.import_history", by=by) as deed:
        require("cases.import_history", by)
        params = {"files": [[str(blob), name] for blob, name in files], "skip_bad": skip_bad}
        job = jobs.start(HISTORY, params, title=_("导入历史诉求"), by=by)
        deed.on("job", str(job.pk), skip_bad=skip_bad)
    return job


def import_files(
    paths: Sequence[Path],
    *,
    by: Asker,
    skip_bad: bool = False,
    progress: Progress = lambda stage, done, total: None,
    refused: Callable[[Sequence[Bad]], None] = lambda bad: None,
    committing: Callable[[Imported], None] = lambda done: None,
) -> Imported:
    """导入历史诉求: the messages of `paths` become flagged cases, out of live clocks and rates.

    An answered message ends archived with its answer; an unanswered one waits, registered and
    unplaced, in the district's queue. Any bad row refuses everything, unless `skip_bad`: then the
    bad rows are `refused` and the rest is written. A source imported before is left alone, so a
    second run changes nothing. `committing` is called in the transaction that writes.
    """
    require("cases.import_history", by)
    reading = read_files(paths, now=now(), told=lambda rows: progress(_("读取"), rows, None))
    if reading.bad and not skip_bad:
        raise Invalid(
            _("共 %(rows)s 行，%(bad)s 行有误，没有导入任何内容。")
            % {"rows": reading.rows, "bad": len(reading.bad)},
            faults=Imported(reading.rows, 0, 0, 0, tuple(reading.bad)).faults,
            remedy=_("请改正后重新导入；或跳过有误的行，导入其余各行。"),
        )
    if reading.bad:
        refused(reading.bad)
    messages, twins = completed(reading)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        known = _known([message.source for message in messages])
        fresh = [message for message in messages if message.source not in known]
        fresh.sort(key=lambda message: message.at)
        made: list[str] = []
        if fresh:
            made = bulk_cases(
                _plans(fresh, by),
                by=by,
                note=", ".join(path.name for path in paths)[:200],
                told=lambda done: progress(_("写入"), done, len(fresh)),
            )
        done = Imported(
            reading.rows,
            len(made),
            len(messages) - len(fresh),
            twins,
            tuple(reading.bad),
            tuple(reading.notes),
            tuple(made),
        )
        committing(done)
    return done


def completed(reading: Reading) -> tuple[list[Message], int]:
    """Messages that stand in both kinds of file lend each other class and reply; and how many do.

    Each stays a case of its own, for each has its own number at its source.
    """
    classes: dict[tuple[str, str, datetime], Message] = {}
    answers: dict[tuple[str, str, datetime], Message] = {}
    for message in reading.messages:
        if message.label:
            classes.setdefault(message.said, message)
        if message.reply:
            answers.setdefault(message.said, message)
    found, twins = [], 0
    for message in reading.messages:
        classed, answered = classes.get(message.said), answers.get(message.said)
        if not message.label and classed:
            message, twins = _with(message, label=classed.label), twins + 1
        if not message.reply and answered:
            message = _with(message, reply=answered.reply, replied_at=answered.replied_at)
        found.append(message)
    return found, twins


def rejected(rows: Sequence[Bad]) -> bytes:
    """A CSV of the refused rows: file, line, source, every reason."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("文件"), _("行"), _("来源编号"), _("原因")])
    writer.writerows([row.file, row.line, row.source, "；".join(row.reasons)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plans(messages: Sequence[Message], by: Asker) -> Iterator[CasePlan]:
    for message in messages:
        verbs = [
            Planned(
                "register",
                message.at,
                by,
                {
                    "channel": "import",
                    "title": message.title,
                    "body": message.body,
                    "name": message.user,
                    "category": LABELS.get(message.label),
                    "external_number": message.source,
                },
            )
        ]
        if message.reply:
            verbs.append(
                Planned(
                    "reply_of_history",
                    message.replied_at or message.at,
                    by,
                    {"result": message.reply, "dated": message.replied_at is not None},
                )
            )
        yield CasePlan(verbs, imported=True)


def _known(sources: Sequence[str]) -> set[str]:
    return set(
        Case.objects.filter(imported=True, external_number__in=sources).values_list(
            "external_number", flat=True
        )
    )


def _with(message: Message, **changes: object) -> Message:
    return Message(**{**vars(message), **changes})
