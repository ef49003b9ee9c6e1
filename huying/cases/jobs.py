"""Long work of this room: many appeals from a file, past appeals from files, many orders."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from huying.cases import actions
from huying.cases.actions.importing import Imported
from huying.cases.adapters import filing_sheet
from huying.cases.adapters.history_files import Bad
from huying.cases.queries import issued
from huying.kernel import blobs
from huying.kernel.asker import System
from huying.kernel.errors import Invalid, NotFound
from huying.kernel.jobs import Work
from huying.kernel.models import Blob, LongJob
from huying.web.jobs import asker_named


def run_filing(work: Work) -> None:
    """File with the owner's rights of now; called again, it goes on where it was.

    The result is a file of the refused rows with their reasons, where some were skipped.
    """
    blob = Blob.objects.filter(pk=uuid.UUID(work.params["blob"])).first()
    if blob is None:
        raise NotFound(_("上传的文件已过期。"), remedy=_("请重新上传。"))

    def progress(done: int, total: int) -> None:
        work.progress(done, total)
        work.stop_if_cancelled()

    with blobs.open_file(blob) as file:
        try:
            plan, made = actions.file_rows(
                file,
                work.params["name"],
                by=asker_named(work.owner_id),
                skip_bad=work.params["skip_bad"],
                progress=progress,
            )
        except Invalid as refusal:
            first = "；".join(f"{fault.where} {fault.what}" for fault in refusal.faults[:20])
            raise Invalid(f"{refusal.message} {first}", remedy=refusal.remedy) from refusal
    told = {"made": len(made), "known": plan.known, "bad": len(plan.bad)}
    work.progress(
        len(made),
        len(made),
        _("登记 %(made)s 件，此前已登记 %(known)s 件，有误 %(bad)s 行") % told,
    )
    if plan.bad:
        rows = [(line, "；".join(fault.what for fault in found)) for line, found in plan.bad]
        with work.result_file("rejected.csv", "text/csv") as goal:
            goal.write(filing_sheet.rejected(rows))


def run_issuing(work: Work) -> None:
    """Issue with the owner's rights of now, and put the orders into one file to print.

    Called again it issues nothing twice. Cases that have none are named with the reason.
    """
    asker = asker_named(work.owner_id)

    def progress(done: int, total: int) -> None:
        work.progress(done, total)
        work.stop_if_cancelled()

    made = actions.issue_many(work.params["numbers"], by=asker, progress=progress)
    work.checkpoint({"papers": made.papers})
    told = {"made": len(made.papers), "refused": len(made.refused)}
    work.progress(
        len(work.params["numbers"]),
        note=_("交办单 %(made)s 份，未出具 %(refused)s 件") % told,
    )
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in issued.issued(asker).filter(pk__in=made.papers).order_by("id"):
                for form in ("pdf", "docx"):
                    data, _media, name = issued.file_of(row, form)
                    archive.writestr(name, data)
            if made.refused:
                lines = "\r\n".join(f"{number}\t{why}" for number, why in made.refused)
                archive.writestr(_("未出具的诉求.txt"), "\ufeff" + lines)
        file.seek(0)
        with work.result_file("orders.zip", "application/zip") as goal:
            shutil.copyfileobj(file, goal)


def papers_still_readable(job: LongJob) -> bool:
    """Whether the owner of a file of papers may still see every one of them."""
    try:
        asker = asker_named(job.owner_id)
    except NotFound:
        return False
    papers = (job.checkpoint or {}).get("papers", [])
    return issued.issued(asker).filter(pk__in=papers).count() == len(papers)


def run_history(work: Work) -> None:
    """Import past appeals with the owner's rights of now: wholly, or not at all.

    What was done is kept in the transaction that does it, so that whoever goes on after a crash
    tells the same. The result is a file of the refused rows with their reasons, if any.
    """

    def progress(stage: str, done: int, total: int | None) -> None:
        work.progress(done, total, stage)
        work.stop_if_cancelled()

    def refused(rows: Sequence[Bad]) -> None:
        with work.result_file("rejected.csv", "text/csv") as goal:
            goal.write(actions.rejected(rows))

    def committing(done: Imported) -> None:
        counts = {"rows": done.rows, "made": done.made, "known": done.known, "bad": len(done.bad)}
        work.checkpoint(counts)

    if not work.kept:
        system = work.owner_id == System("import", "历史导入").id  # the command of an administrator
        with _files(work.params["files"]) as paths:
            try:
                actions.import_files(
                    paths,
                    by=System("import", "历史导入") if system else asker_named(work.owner_id),
                    skip_bad=work.params["skip_bad"],
                    progress=progress,
                    refused=refused,
                    committing=committing,
                )
            except Invalid as refusal:
                first = "；".join(f"{fault.where} {fault.what}" for fault in refusal.faults[:20])
                raise Invalid(f"{refusal.message} {first}", remedy=refusal.remedy) from refusal
    told = _("导入 %(made)s 件，此前已有 %(known)s 件，跳过有误的 %(bad)s 行")
    work.progress(work.kept["rows"], work.kept["rows"], told % work.kept)


@contextmanager
def _files(kept: Sequence[Sequence[str]]) -> Iterator[list[Path]]:
    """The uploaded files under their own names, which every message about a row tells."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (blob_id, name) in enumerate(kept):
            blob = Blob.objects.filter(pk=uuid.UUID(blob_id)).first()
            if blob is None:
                raise NotFound(_("上传的文件已过期。"), remedy=_("请重新上传。"))
            path = Path(folder) / str(number) / blobs.safe_name(name)
            path.parent.mkdir()
            path.symlink_to(blobs.place_of(blob.sha256))
            paths.append(path)
        yield paths
