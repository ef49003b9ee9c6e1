"""Importing past appeals as a long job: by page, by API, by command, and interrupted."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from huying.cases import actions
from huying.cases.models import Case
from huying.cases.tests.test_import_history import MESSAGE, REAL, REPLY, written
from huying.kernel import blobs, jobs
from huying.kernel.errors import Invalid
from huying.kernel.jobs import Work
from huying.kernel.models import Blob, LongJob
from tests.cast import Cast, assemble
from tests.mainline import NAME

PAGE = "/cases/new/history/"
BAD = ["7", *MESSAGE[1:5], "天文"]


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes(), "text/csv")


def signed_in(cast: Cast, role: str = "district_centre") -> Client:
    client = Client()
    client.force_login(cast.people[role])
    return client


def kept(*paths: Path) -> list[tuple[Any, str]]:
    return actions.stored([upload(path) for path in paths])


def started(cast: Cast, *paths: Path, skip_bad: bool = False) -> LongJob:
    by = cast.asker("district_centre")
    return actions.start_history(kept(*paths), by=by, skip_bad=skip_bad)


def run(job: LongJob) -> LongJob:
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_the_page_checks_all_files_and_imports_only_when_told_to(
    cast: Cast, tmp_path: Path
) -> None:
    client = signed_in(cast)
    files = [
        upload(written(tmp_path, "a.csv", "messages", MESSAGE)),
        upload(written(tmp_path, "r.csv.gz", "replies", REPLY)),
    ]
    answer = client.post(PAGE, {"sheets": files})
    assert answer.status_code == 200, answer.content.decode()
    assert (answer.context["plan"].rows, answer.context["plan"].made) == (2, 2)
    assert not Case.objects.exists() and not LongJob.objects.exists()
    answer = client.post(PAGE, {"token": answer.context["token"]})
    job = LongJob.objects.get()
    assert answer.status_code == 302 and str(job.pk) in answer["Location"]
    assert run(job).state == LongJob.State.DONE, job.error
    assert job.note == "导入 2 件，此前已有 0 件，跳过有误的 0 行"
    assert Case.objects.filter(imported=True).count() == 2
    assert job.note in client.get(answer["Location"]).content.decode()


@pytest.mark.django_db(transaction=True)
def test_all_bad_rows_stand_on_the_page_and_come_back_as_a_file_when_skipped(
    cast: Cast, tmp_path: Path
) -> None:
    client = signed_in(cast)
    path = written(tmp_path, "a.csv", "messages", MESSAGE, BAD, ["", *MESSAGE[1:]])
    answer = client.post(PAGE, {"sheets": [upload(path)]})
    page = answer.content.decode()
    assert "a.csv 第 3 行" in page and "a.csv 第 4 行" in page and "跳过有误的行" in page
    client.post(PAGE, {"token": answer.context["token"], "skip_bad": "1"})
    job = run(LongJob.objects.get())
    assert job.state == LongJob.State.DONE and Case.objects.count() == 1
    answer = client.get(reverse("download", args=[job.result_id]))
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [row[1] for row in csv.reader(io.StringIO(text))] == ["行", "3", "4"]


@pytest.mark.django_db(transaction=True)
def test_a_bad_row_that_nobody_skips_leaves_nothing_and_says_so(cast: Cast, tmp_path: Path) -> None:
    job = run(started(cast, written(tmp_path, "a.csv", "messages", MESSAGE, BAD)))
    assert job.state == LongJob.State.FAILED and "a.csv 第 3 行" in job.error
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_cancelled_in_the_middle_of_writing_it_leaves_nothing(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Work.progress

    def cancelling(work: Work, done: int, total: int | None = None, note: str = "") -> None:
        progress(work, done, total, note)
        work._asked = note == "写入"

    monkeypatch.setattr(Work, "progress", cancelling)
    job = run(started(cast, written(tmp_path, "a.csv", "messages", MESSAGE)))
    assert job.state == LongJob.State.CANCELLED and not Case.objects.exists()


def test_the_api_tells_every_bad_row_and_only_checks_when_asked(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast)
    path = written(tmp_path, "a.csv", "messages", MESSAGE, BAD)
    refused = client.post("/api/v1/history_imports", {"file": [upload(path)]})
    assert refused.status_code == 422
    assert [one["where"] for one in refused.json()["error"]["faults"]] == ["a.csv 第 3 行"]
    sent = {"file": [upload(path)], "skip_bad": "true", "check": "true"}
    answer = client.post("/api/v1/history_imports", sent)
    assert answer.json() == {"rows": 2, "fresh": 1, "known": 0, "bad": 1, "job": None}
    assert not LongJob.objects.exists()


def test_nobody_confirms_what_another_uploaded(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "messages", MESSAGE)
    answer = signed_in(cast).post(PAGE, {"sheets": [upload(path)]})
    other = Client()
    other.force_login(cast.doubles["district_centre"])
    assert other.post(PAGE, {"token": answer.context["token"]}).status_code == 403
    assert not LongJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_waits_for_the_job_and_fetches_the_rejects(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "a.csv", "messages", MESSAGE, BAD)
    with pytest.raises(Invalid) as refusal:
        call_command("import_appeals", str(path))
    assert [fault.where for fault in refusal.value.faults] == ["a.csv 第 3 行"]
    assert not LongJob.objects.exists()
    rejects = tmp_path / "out" / "rejects.csv"
    call_command("import_appeals", str(path), "--skip-bad", "--rejects", str(rejects))
    assert "导入 1 件" in capsys.readouterr().out
    assert "天文" in rejects.read_text(encoding="utf-8-sig")
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_goes_on_with_its_job_that_was_killed(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "a.csv", "messages", MESSAGE)
    job = started(cast, path)
    LongJob.objects.filter(pk=job.pk).update(owner_id="system:import", state="running")
    call_command("import_appeals", str(path))
    assert "继续上次中断的导入" in capsys.readouterr().out
    job.refresh_from_db()
    assert (job.state, job.interruptions, LongJob.objects.count()) == ("done", 1, 1)
    assert Case.objects.count() == 1


@pytest.mark.needs("appeals")
@pytest.mark.django_db(transaction=True)
def test_the_real_files_go_through_the_job(cast: Cast) -> None:
    job = run(started(cast, REAL / "appeals_full.csv.gz", REAL / "replies.csv.gz"))
    assert job.state == LongJob.State.DONE, job.error
    assert job.note == "导入 3345 件，此前已有 0 件，跳过有误的 0 行"
    assert Case.objects.filter(imported=True).count() == 3345


def test_what_is_kept_for_the_job_has_no_telling_name(cast: Cast, tmp_path: Path) -> None:
    ((blob, name),) = kept(written(tmp_path, f"{NAME}的来信.csv", "messages", MESSAGE))
    assert Blob.objects.get(pk=blob).name == "history.csv" and NAME in name
    assert blobs.place_of(Blob.objects.get(pk=blob).sha256).exists()
