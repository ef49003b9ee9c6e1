"""Sealed fields open again, cannot be altered, and survive a rotation."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from huying.kernel import secrets


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def test_sealed_text_opens_again_and_differs_every_time() -> None:
    first, second = secrets.seal_text("王小明"), secrets.seal_text("王小明")
    assert first != second
    assert "王小明".encode() not in first
    assert secrets.open_text(first) == secrets.open_text(memoryview(second)) == "王小明"


def test_an_altered_value_is_refused() -> None:
    sealed = bytearray(secrets.seal_text("420106199001011234"))
    sealed[-1] ^= 1
    with pytest.raises(secrets.Unreadable, match="altered"):
        secrets.open_text(bytes(sealed))


def test_another_installs_value_is_refused(tmp_path: Path, settings: Settings) -> None:
    sealed = secrets.seal_text("13800000000")
    settings.HOME = tmp_path / "another"
    with pytest.raises(secrets.Unreadable):
        secrets.open_text(sealed)


def test_after_a_rotation_the_new_key_seals_and_the_old_still_opens() -> None:
    old = secrets.seal_text("旧")
    secrets.add_field_key()
    new = secrets.seal_text("新")
    assert not old.startswith(secrets.newest_header())
    assert new.startswith(secrets.newest_header())
    assert secrets.open_text(old) == "旧"
    secrets.retire_field_keys()
    assert secrets.open_text(new) == "新"
    with pytest.raises(secrets.Unreadable, match="not in HUYING_HOME"):
        secrets.open_text(old)


def test_a_digest_is_stable_here_and_differs_elsewhere(tmp_path: Path, settings: Settings) -> None:
    here = secrets.keyed_digest("13800000000")
    assert here == secrets.keyed_digest("13800000000")
    settings.HOME = tmp_path / "another"
    assert here != secrets.keyed_digest("13800000000")


def test_secrets_are_nobody_elses(own_home: Path) -> None:
    secrets.seal_text("x")
    secrets.keyed_digest("x")
    folder = own_home / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
