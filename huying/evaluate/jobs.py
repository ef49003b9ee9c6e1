"""Scheduled work of the assessment; every one of them is safe to repeat."""

from __future__ import annotations

import logging

from huying.evaluate.actions.marking import mark_missed as missed
from huying.evaluate.models import Marked

logger = logging.getLogger(__name__)


def mark_missed() -> None:
    """Every night: what no news brought, such as bulk writing; the log says how many."""
    if count := missed():
        logger.warning("%s cases had no marks of their present version", count)


def install() -> None:
    """After an upgrade from a version without marks, and after the first bulk of cases."""
    if not Marked.objects.exists():
        missed()
