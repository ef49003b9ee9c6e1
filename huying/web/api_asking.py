"""Who asks the API, and when they say that something is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from pydantic import AfterValidator

from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE


def in_district(at: datetime) -> datetime:
    """The same, in the district's zone where none was said."""
    return at if at.tzinfo else at.replace(tzinfo=DISTRICT_ZONE)


# An instant that a caller sends. One without a zone must not meet ours, which all have one.
Moment = Annotated[datetime, AfterValidator(in_district)]


def asker_of(request: HttpRequest) -> Asker:
    """Who asks: what the API's one authentication found."""
    found = getattr(request, "auth", None)
    if not isinstance(found, Asker):
        raise TypeError("the API lets nobody in without an asker")
    return found
