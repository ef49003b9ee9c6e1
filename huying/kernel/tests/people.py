"""The standing cast of the ground's tests, and how they start processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from huying.kernel.asker import EVERYWHERE, NOWHERE, Area

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Person:
    """Somebody with rights by verb."""

    name: str
    rights: Mapping[str, Area] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"person:{self.name}"

    @property
    def label(self) -> str:
        return self.name

    def area(self, verb: str) -> Area:
        return self.rights.get(verb, NOWHERE)


ALICE = Person("alice")
BOB = Person("bob")
ADMIN = Person(
    "admin",
    {
        f"kernel.{verb}": EVERYWHERE
        for verb in [
            "view_audit",
            "edit_calendar",
            "replay_delivery",
            "view_jobs",
            "cancel_job",
            "resume_job",
            "purge_blobs",
        ]
    },
)


def spawn(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start Python on the test database as a process that a test may kill."""
    told = connection.settings_dict
    host = quote(str(told["HOST"]), safe="")
    password = f":{quote(told['PASSWORD'])}" if told["PASSWORD"] else ""
    url = f"postgresql://{told['USER']}{password}@/{told['NAME']}?host={host}"
    if told["PORT"]:
        url += f"&port={told['PORT']}"
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "HUYING_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "huying.project.settings",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
