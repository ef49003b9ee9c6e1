"""A sealed log shows every touch, and where, with nothing but its export and its anchors."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.kernel.sealedlog import export
from huying.kernel.sealedlog.anchors import AnchorFile
from huying.kernel.sealedlog.chain import GENESIS, Row, Seal, seal_batch
from huying.kernel.sealedlog.export import verify_file
from huying.kernel.sealedlog.suites import SUITES, FileSigner, PublicKey, file_signer

Links = list[tuple[Seal, list[Row]]]


def new_signer(suite: str) -> FileSigner:
    public, private = SUITES[suite].make()
    return FileSigner(PublicKey(suite, public), private)


def make_links(signer: FileSigner, seals: int = 4, rows: int = 3) -> Links:
    links: Links = []
    previous = GENESIS
    for number in range(1, seals + 1):
        first = (number - 1) * rows + 1
        batch: list[Row] = [
            {"id": row, "verb": "cases.accept", "detail": {"事由": f"第{row}件", "n": row}}
            for row in range(first, first + rows)
        ]
        seal = seal_batch("audit", number, f"2026-01-0{number}T00:00:00", batch, previous, signer)
        links.append((seal, batch))
        previous = seal.digest
    return links


def written(links: Links, signer: FileSigner) -> bytes:
    into = io.BytesIO()
    export.write(into, "audit", links, [{"id": 999, "verb": "late"}], [], signer)
    return into.getvalue()


SIGNERS = {suite: new_signer(suite) for suite in SUITES}
WHOLE = {suite: written(make_links(signer), signer) for suite, signer in SIGNERS.items()}


def check(content: bytes, folder: Path) -> list[str]:
    path = folder / "export.jsonl"
    path.write_bytes(content)
    return [finding.what for finding in verify_file(path).findings]


@pytest.mark.parametrize("suite", SUITES)
def test_an_untouched_export_is_sound(suite: str, tmp_path: Path) -> None:
    assert check(WHOLE[suite], tmp_path) == []


def touch_bytes(data: st.DataObject, content: bytes) -> bytes:
    place = data.draw(st.integers(0, len(content) - 1))
    new = data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))
    return content[:place] + bytes([new]) + content[place + 1 :]


def delete_line(data: st.DataObject, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    return b"".join(lines)


def swap_lines(data: st.DataObject, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    one, other = data.draw(
        st.lists(st.integers(0, len(lines) - 1), min_size=2, max_size=2, unique=True)
    )
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def repeat_line(data: st.DataObject, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    lines.insert(
        data.draw(st.integers(0, len(lines))), lines[data.draw(st.integers(0, len(lines) - 1))]
    )
    return b"".join(lines)


def truncate(data: st.DataObject, content: bytes) -> bytes:
    return content[: data.draw(st.integers(0, len(content) - 1))]


@pytest.mark.parametrize("touch", [touch_bytes, delete_line, swap_lines, repeat_line, truncate])
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_touch_of_an_export_is_found(
    touch: Callable[[st.DataObject, bytes], bytes], tmp_path: Path, data: st.DataObject
) -> None:
    content = WHOLE[data.draw(st.sampled_from(sorted(SUITES)))]
    touched = touch(data, content)
    if touched != content:
        assert check(touched, tmp_path)


def edit_row(links: Links) -> None:
    links[1][1][2]["detail"]["事由"] = "另一件"


def delete_row(links: Links) -> None:
    del links[1][1][2]


def insert_row(links: Links) -> None:
    links[1][1].append({"id": 77, "verb": "cases.accept", "detail": {}})


def swap_rows(links: Links) -> None:
    links[1][1][0], links[1][1][2] = links[1][1][2], links[1][1][0]


def exchange_contents(links: Links) -> None:
    one, other = links[1][1][2], links[2][1][0]
    one["detail"], other["detail"] = other["detail"], one["detail"]


def delete_seal(links: Links) -> None:
    del links[2]


def swap_seals(links: Links) -> None:
    links[1], links[2] = links[2], links[1]


def edit_seal(links: Links) -> None:
    links[2] = (replace(links[2][0], at="2026-01-09T00:00:00"), links[2][1])


def forge_signature(links: Links) -> None:
    links[2] = (replace(links[2][0], signature=links[1][0].signature), links[2][1])


def rewrite_one_link(links: Links) -> None:
    """With the true key: the link itself is perfect, only the next one does not follow from it."""
    seal, rows = links[1]
    rows[0]["verb"] = "cases.refuse"
    signer = SIGNERS["sm2-sm3"]
    links[1] = (seal_batch("audit", seal.number, seal.at, rows, seal.previous, signer), rows)


@pytest.mark.parametrize(
    ("touch", "what", "where"),
    [
        (edit_row, "edited_row", "seal 2 row 6"),
        (delete_row, "deleted_row", "seal 2 row 6"),
        (insert_row, "inserted_row", "seal 2 row 77"),
        (swap_rows, "order", "seal 2"),
        (exchange_contents, "edited_row", "seal 3 row 7"),
        (delete_seal, "missing_seals", "seals 3-3"),
        (swap_seals, "missing_seals", "seals 2-2"),
        (edit_seal, "edited_seal", "seal 3"),
        (forge_signature, "bad_signature", "seal 3"),
        (rewrite_one_link, "broken_link", "seal 3"),
    ],
)
def test_the_chain_itself_says_where_it_was_touched(
    touch: Callable[[Links], None], what: str, where: str, tmp_path: Path
) -> None:
    signer = SIGNERS["sm2-sm3"]
    links = make_links(signer)
    touch(links)
    path = tmp_path / "export.jsonl"
    path.write_bytes(written(links, signer))
    report = verify_file(path)
    assert (what, where) in [(finding.what, finding.where) for finding in report.findings]


def anchored(tmp_path: Path, links: Links, signer: FileSigner) -> Path:
    anchors = tmp_path / "anchors.jsonl"
    AnchorFile(anchors).append([links[1][0]], signer.public)
    AnchorFile(anchors).append([links[-1][0]], signer.public)
    return anchors


def test_a_cut_tail_is_found_by_the_anchors_alone(tmp_path: Path) -> None:
    signer = SIGNERS["sm2-sm3"]
    links = make_links(signer)
    anchors = anchored(tmp_path, links, signer)
    path = tmp_path / "export.jsonl"
    path.write_bytes(written(links[:-1], signer))
    assert verify_file(path).sound
    assert [(f.what, f.where) for f in verify_file(path, [anchors]).findings] == [
        ("truncated", "seals 4-4")
    ]


def test_a_chain_rewritten_with_the_true_key_differs_from_its_anchors(tmp_path: Path) -> None:
    signer = SIGNERS["sm2-sm3"]
    anchors = anchored(tmp_path, make_links(signer), signer)
    rewritten: Links = []
    previous = GENESIS
    for seal, rows in make_links(signer):
        changed: list[Row] = [row | {"verb": "cases.refuse"} for row in rows]
        link = seal_batch("audit", seal.number, seal.at, changed, previous, signer)
        rewritten.append((link, changed))
        previous = link.digest
    path = tmp_path / "export.jsonl"
    path.write_bytes(written(rewritten, signer))
    assert verify_file(path).sound
    assert {f.what for f in verify_file(path, [anchors]).findings} == {"rewritten"}


def test_a_foreign_key_is_told_from_the_districts_own(tmp_path: Path) -> None:
    anchors = anchored(tmp_path, make_links(SIGNERS["sm2-sm3"]), SIGNERS["sm2-sm3"])
    foreign = new_signer("sm2-sm3")
    path = tmp_path / "export.jsonl"
    path.write_bytes(written(make_links(foreign), foreign))
    assert "foreign_key" in {f.what for f in verify_file(path, [anchors]).findings}


def test_an_edited_anchor_is_found(tmp_path: Path) -> None:
    signer = SIGNERS["sm2-sm3"]
    links = make_links(signer)
    anchors = anchored(tmp_path, links, signer)
    first, last = (json.loads(line) for line in anchors.read_text().splitlines())
    last["digest"] = "0" * 64
    anchors.write_text(json.dumps(first) + "\n" + json.dumps(last) + "\n")
    path = tmp_path / "export.jsonl"
    path.write_bytes(written(links, signer))
    found = {f.what for f in verify_file(path, [anchors]).findings}
    assert found == {"rewritten", "forged_anchor"}


def test_a_line_torn_by_a_power_cut_is_cut_off_and_written_on(tmp_path: Path) -> None:
    signer = SIGNERS["sm2-sm3"]
    links = make_links(signer)
    anchors = tmp_path / "anchors.jsonl"
    AnchorFile(anchors).append([links[0][0]], signer.public)
    with anchors.open("ab") as file:
        file.write(b'{"log":"audit","numb')
    AnchorFile(anchors).append([links[1][0]], signer.public)
    found, unreadable = AnchorFile(anchors).anchors("audit")
    assert ([anchor.number for anchor in found], unreadable) == ([1, 2], [])


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = file_signer(tmp_path / "seals", "audit")
    assert file_signer(tmp_path / "seals", "audit") == first
    assert (tmp_path / "seals" / "audit.sm2-sm3.json").stat().st_mode & 0o777 == 0o600


def test_the_offline_check_needs_no_django(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_bytes(WHOLE["sm2-sm3"])
    bad.write_bytes(WHOLE["sm2-sm3"].replace("第5件".encode(), "第9件".encode()))

    def run(path: Path) -> Any:
        program = (
            "import sys; sys.modules['django'] = None;"
            "from huying.kernel.sealedlog.__main__ import main; sys.exit(main(sys.argv[1:]))"
        )
        return subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
        )

    assert run(good).returncode == 0
    told = run(bad)
    assert told.returncode == 1
    assert "edited_row @ seal 2 row 5" in told.stdout
