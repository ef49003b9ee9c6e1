"""Fixtures of this room's tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from huying.kernel.clock import now
from huying.kernel.models import CalendarDay
from huying.web.tests.browser import browser_page, chromium

__all__ = ["browser_page", "chromium"]


def somebody(username: str) -> Any:
    """An account without posts, whose password need not be changed first."""
    return get_user_model().objects.create_user(
        username=username, name=username, password="Kx7#mpQ2vz", password_changed_at=now()
    )


@pytest.fixture
def anna(db: None) -> Any:
    """Somebody who can sign in and holds no post."""
    return somebody("anna")


@pytest.fixture
def days(db: None) -> list[CalendarDay]:
    """Sixty days, some with a holiday, some without a name."""
    made = []
    for number in range(60):
        day = date(2026, 1, 1) + timedelta(days=number)
        holiday = "春节" if 40 <= number < 48 else ""
        made.append(CalendarDay(date=day, workday=day.weekday() < 5, holiday=holiday))
    return CalendarDay.objects.bulk_create(made, ignore_conflicts=True)
