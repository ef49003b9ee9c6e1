"""Backup and restore: one file with the database, the blobs and, sealed, the secrets.

The file is a tar: `database.dump` (pg_dump's custom format), `blobs/…` by content, the heads of
the audit chain, optionally `secrets.sealed` (under a passphrase), and last `manifest.json` with
the checksums, so that a file cut short has none. Restoring changes nothing before all of it is
verified; the one moment that decides is the commit of the database, and what must change with it
is finished after a crash.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets as random
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction

from huying.kernel import audit, blobs, secrets
from huying.kernel.asker import ADMINISTRATOR
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, Refusal
from huying.kernel.postgres import client_environment, program
from huying.kernel.supervisor import Lock

FORMAT = 1
DATABASE, SECRETS, MANIFEST, BLOBS = "database.dump", "secrets.sealed", "manifest.json", "blobs/"
ANCHORS = "anchors.jsonl"
STAGED_SECRETS = "secrets.restoring"
MARK = ".restore-token"
SALT = 16
NEWER_SETTINGS = (b"SET transaction_timeout = 0;",)
NONCE = 12
PIECE = 1024 * 1024


@dataclass
class Summary:
    """What a backup holds, or what a restore brought back."""

    rows_at: str
    blobs: int = 0
    blob_bytes: int = 0
    with_secrets: bool = False
    missing_blobs: list[str] = field(default_factory=list)


def backup(target: Path, *, passphrase: str | None) -> Summary:
    """Write everything into `target`, which appears whole or not at all."""
    if target.exists():
        raise Refusal(f"{target} 已存在", remedy="换一个文件名,或先移走它")
    if not target.parent.is_dir():
        raise Refusal(f"没有目录 {target.parent}", remedy="先建立目录")
    spare = target.with_name(f".{target.name}.{os.getpid()}")
    dump = spare.with_name(f"{spare.name}.dump")
    try:
        with transaction.atomic():
            audit.append("kernel.backup", ADMINISTRATOR, "backup", target.name, "", {})
        _dump(dump)
        descriptor = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            summary = _write(file, dump, passphrase)
            file.flush()
            os.fsync(file.fileno())
        spare.rename(target)
        return summary
    finally:
        spare.unlink(missing_ok=True)
        dump.unlink(missing_ok=True)


def restore(source: Path, *, replace: bool, passphrase: str | None) -> Summary:
    """Verify all of `source`, then bring it back; without `replace` only into an empty database."""
    if not replace and _tables():
        raise Refusal("现有数据库不是空的", remedy="确认要覆盖时加 --replace")
    finish_restore()
    staging = Path(settings.HOME) / f"restoring.{os.getpid()}"
    staging.mkdir(mode=0o700)
    try:
        manifest = _verify(source, staging)
        token = _stage_secrets(manifest, staging, passphrase)
        for path in sorted((staging / "blobs").rglob("*")):
            if path.is_file():
                place = blobs.place_of(path.parent.name + path.name)
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.replace(place)
        if manifest["anchors"] and not _anchor_file().exists():  # ours, if any, know more
            _anchor_file().parent.mkdir(exist_ok=True)
            (staging / ANCHORS).replace(_anchor_file())
        connection.close()
        _load(staging / DATABASE, token)
        finish_restore()
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    with transaction.atomic():
        detail = {"made_at": manifest["made_at"]}
        audit.append("kernel.restore", ADMINISTRATOR, "backup", source.name, "", detail)
    return Summary(
        rows_at=manifest["made_at"],
        blobs=manifest["blobs"]["count"],
        blob_bytes=manifest["blobs"]["bytes"],
        with_secrets=bool(manifest["secrets"]),
        missing_blobs=manifest["blobs"]["missing"],
    )


def finish_restore() -> None:
    """After a crash between the database's commit and the change of secrets: finish it, or undo.

    The token in the schema's comment was committed with the restored rows, or not at all.
    """
    home = Path(settings.HOME)
    staged = home / STAGED_SECRETS
    if not staged.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute("select obj_description('public'::regnamespace, 'pg_namespace')")
        row = cursor.fetchone()
    token = (staged / MARK).read_text() if (staged / MARK).exists() else ""
    if token and row and row[0] == _comment(token):
        current = home / "secrets"
        if current.exists():
            current.rename(home / f"secrets.replaced.{now():%Y%m%d%H%M%S}")
        (staged / MARK).unlink()
        staged.rename(current)
    else:
        shutil.rmtree(staged)


def _dump(target: Path) -> None:
    command = [str(program("pg_dump")), "--format=custom", "--no-owner", "--no-privileges"]
    target.touch(mode=0o600)
    _run([*command, f"--file={target}"])


def _write(file: IO[bytes], dump: Path, passphrase: str | None) -> Summary:
    summary = Summary(rows_at=now().isoformat())
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": version("huying"),
        "made_at": summary.rows_at,
        "keys": _fingerprints(secrets.folder(settings.HOME)),
        "secrets": None,
        "anchors": None,
    }
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.add(dump, DATABASE)
        manifest["database"] = {"sha256": _digest(dump), "bytes": dump.stat().st_size}
        for path in sorted(blobs.folder().glob("[0-9a-f][0-9a-f]/*")):
            try:
                archive.add(path, f"{BLOBS}{path.parent.name}/{path.name}")
            except FileNotFoundError:  # its time of keeping ended just now
                continue
            summary.blobs += 1
            summary.blob_bytes += path.stat().st_size
        summary.missing_blobs = _missing_blobs()
        manifest["blobs"] = {
            "count": summary.blobs,
            "bytes": summary.blob_bytes,
            "missing": summary.missing_blobs,
        }
        heads = _anchor_file()
        if heads.exists():
            _add(archive, ANCHORS, content := heads.read_bytes())
            manifest["anchors"] = hashlib.sha256(content).hexdigest()
        if passphrase:
            sealed = _seal(_packed(secrets.folder(settings.HOME)), passphrase)
            _add(archive, SECRETS, sealed)
            manifest["secrets"] = hashlib.sha256(sealed).hexdigest()
            summary.with_secrets = True
        _add(archive, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return summary


def _verify(source: Path, staging: Path) -> dict[str, Any]:
    """Unpack into the staging folder and compare every checksum; nothing else is touched."""
    faults: list[Fault] = []
    count = 0
    try:
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                known = member.name in (DATABASE, SECRETS, ANCHORS, MANIFEST)
                blob = member.name.startswith(BLOBS)
                if not member.isfile() or not (known or blob):
                    faults.append(Fault(member.name, "不是备份里应有的内容"))
                    continue
                archive.extract(member, staging, filter="data")
                if blob:
                    count += 1
                    path = staging / member.name
                    if _digest(path) != path.parent.name + path.name:
                        faults.append(Fault(member.name, "校验和不符"))
    except (OSError, tarfile.TarError) as failed:
        raise Refusal(f"{source} 读不出来: {failed}", remedy="换一份备份文件") from None
    try:
        manifest: dict[str, Any] = json.loads((staging / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise Refusal(f"{source} 不完整: 缺少清单", remedy="换一份备份文件") from None
    if manifest.get("format") != FORMAT:
        raise Refusal(f"不认识的备份格式 {manifest.get('format')}", remedy="用更新的版本恢复")
    expected = {
        DATABASE: manifest["database"]["sha256"],
        SECRETS: manifest["secrets"],
        ANCHORS: manifest["anchors"],
    }
    for name, checksum in expected.items():
        path = staging / name
        if checksum and (not path.exists() or _digest(path) != checksum):
            faults.append(Fault(name, "校验和不符"))
    if count != manifest["blobs"]["count"]:
        faults.append(Fault("blobs", f"有 {count} 个附件,清单记 {manifest['blobs']['count']} 个"))
    if faults:
        raise Invalid("备份文件已损坏,没有恢复任何内容", faults=faults, remedy="换一份备份文件")
    return manifest


def _stage_secrets(manifest: dict[str, Any], staging: Path, passphrase: str | None) -> str:
    """Lay the backup's secrets beside ours, unless ours are the same; returns the token, or ''."""
    ours = _fingerprints(secrets.folder(settings.HOME))
    if all(ours.get(name) == print_ for name, print_ in manifest["keys"].items()):
        return ""
    if not manifest["secrets"]:
        raise Refusal(
            "备份不含密钥,而这里的密钥与备份时不同:加密的字段将无法读出",
            remedy="先把原目录的 secrets 文件夹放回 HUYING_HOME,或用 --with-secrets 的备份",
        )
    if not passphrase:
        raise Refusal("备份中的密钥需要口令", remedy="设 HUYING_BACKUP_PASSPHRASE 后重试")
    packed = _unseal((staging / SECRETS).read_bytes(), passphrase)
    target = Path(settings.HOME) / STAGED_SECRETS
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    for name, content in json.loads(packed).items():
        path = target / name
        if not path.resolve().is_relative_to(target.resolve()):
            raise Refusal(f"备份中有越界的文件名 {name}", remedy="换一份备份文件")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(bytes.fromhex(content))
        path.chmod(0o600)
    token = random.token_hex(16)
    (target / MARK).write_text(token)
    return token


def _load(dump: Path, token: str) -> None:
    """Replace the schema and load the dump in one transaction."""
    before = (
        "set lock_timeout = '30s'; set client_min_messages = warning;\n"
        "drop schema if exists public cascade;\n"
        "create schema public authorization pg_database_owner;\n"
    )
    after = f"\ncomment on schema public is '{_comment(token)}';\n"
    script = dump.with_name("restore.sql")
    script.touch(mode=0o600)
    with script.open("wb") as file:
        file.write(before.encode())
        file.flush()
        command = [str(program("pg_restore")), "--no-owner", "--no-privileges", "--file=-"]
        done = subprocess.run(  # noqa: S603
            [*command, str(dump)], stdout=file, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise Refusal(f"备份读不出来: {done.stderr.strip()}", remedy="换一份备份文件")
        file.seek(0, os.SEEK_END)
        file.write(after.encode())
    _speak_to_older(script)
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    _run([str(program("psql")), *quiet, "--single-transaction", f"--file={script}"])


def _speak_to_older(script: Path) -> None:
    """Our pg_restore begins with a setting that PostgreSQL 15 and 16 do not know, at its default.

    It stands among the first lines; a comment of the same length takes its place.
    """
    with script.open("r+b") as file:
        head = file.read(8192)
        for setting in NEWER_SETTINGS:
            head = head.replace(setting, b"-- ".ljust(len(setting), b"-"))
        file.seek(0)
        file.write(head)


def _run(command: list[str]) -> None:
    environment = {**os.environ, **client_environment(connection.settings_dict)}
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refusal(
            f"{Path(command[0]).name} 失败,没有改变任何内容: {done.stderr.strip()[-2000:]}",
            remedy="先停止仍在使用数据库的程序;外部数据库不可比自带的客户端更新",
        )


def _comment(token: str) -> str:
    return f"huying restore {token}".strip()


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def _missing_blobs() -> list[str]:
    digests = blobs.Blob.objects.values_list("sha256", flat=True).distinct()
    return sorted(digest for digest in digests.iterator() if not blobs.place_of(digest).exists())


def _anchor_file() -> Path:
    return Path(settings.HOME) / "anchors" / "audit.jsonl"


def _fingerprints(folder: Path) -> dict[str, str]:
    """Which keys sealed rows and audit: told by a digest that gives nothing of the key away."""
    kinds = (f"{secrets.FIELD_KEY}[0-9]*", "digest.key", "seals/*.json")
    paths = [path for kind in kinds for path in folder.glob(kind)]
    return {
        str(path.relative_to(folder)): hashlib.sha256(b"huying" + path.read_bytes()).hexdigest()[
            :32
        ]
        for path in sorted(paths)
    }


def _packed(folder: Path) -> bytes:
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")]
    return json.dumps({str(p.relative_to(folder)): p.read_bytes().hex() for p in files}).encode()


def _seal(content: bytes, passphrase: str) -> bytes:
    salt, nonce = random.token_bytes(SALT), random.token_bytes(NONCE)
    return salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, None)


def _unseal(sealed: bytes, passphrase: str) -> bytes:
    salt, nonce, body = sealed[:SALT], sealed[SALT : SALT + NONCE], sealed[SALT + NONCE :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, body, None)
    except InvalidTag:
        raise Refusal("密钥的口令不对", remedy="检查 HUYING_BACKUP_PASSPHRASE") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    archive.addfile(member, io.BytesIO(content))


@contextmanager
def nobody_runs() -> Iterator[None]:
    """Hold the supervisor's lock, so that no web or worker uses what is being replaced."""
    with Lock(Path(settings.HOME)):
        yield
