"""`/healthz`: whether the database, the worker and the sealer are well; no sign-in, no secrets."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

WORKER_SECONDS = 30

# The sealer's queue is short; its oldest row tells how far the audit chain lags.
QUESTION = """
    select extract(epoch from now() - (select max(last_heartbeat) from procrastinate_workers)),
           (select count(*) from kernel_unsealedrow),
           extract(epoch from now() - (
               select min(at) from kernel_auditrow
               where id in (select row_id from kernel_unsealedrow order by row_id limit 100)))
"""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers (`ok`, or `degraded` without a worker), 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(QUESTION)
            beat, unsealed, lag = cursor.fetchone()
    except DatabaseError:
        return JsonResponse(_answer("down", database={"ok": False}), status=503)
    working = beat is not None and beat < WORKER_SECONDS
    return JsonResponse(
        _answer(
            "ok" if working else "degraded",
            database={"ok": True},
            worker={"ok": working, "beat_seconds": _rounded(beat)},
            audit={"unsealed": unsealed, "lag_seconds": _rounded(lag) or 0},
        )
    )


def _answer(status: str, **parts: Any) -> dict[str, Any]:
    return {"status": status, "version": _version(), **parts}


def _rounded(seconds: Any) -> float | None:
    return None if seconds is None else max(0.0, round(float(seconds), 1))


@cache
def _version() -> str:
    return version("huying")
