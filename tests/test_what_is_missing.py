"""What a machine lacks is told before the first test; it skips, and with CI=true it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

NEEDY = """
import pytest

@pytest.mark.needs("chromium")
def test_with_a_browser(): ...
"""


@pytest.mark.parametrize(("ci", "code", "fate"), [("", 0, "1 skipped"), ("true", 1, "1 error")])
def test_without_a_browser(tmp_path: Path, ci: str, code: int, fate: str) -> None:
    root = Path(__file__).parents[1]
    (tmp_path / "conftest.py").write_text((root / "conftest.py").read_text())
    (tmp_path / "test_needy.py").write_text(NEEDY)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:django", "-rsE"],
        cwd=tmp_path,
        env={**os.environ, "PATH": str(tmp_path), "CI": ci, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert fate in done.stdout
    assert "missing: chromium" in done.stdout, "told before the first test"
    assert done.stdout.count("apt install chromium") >= 2, "and where it is missed"
