"""Scheduled work of the portal's case side; every one of them is safe to repeat."""

from __future__ import annotations

from huying.kernel.asker import System
from huying.portal.actions.limits import forget
from huying.portal.actions.matters import install_matters
from huying.portal.actions.projecting import catch_up, publish_sheets
from huying.portal.actions.taking import take_waiting
from huying.portal.actions.texting import forget_texts, send_waiting


def take() -> None:
    """Messages that no news brought: after an outage, after a crash."""
    take_waiting()


def refresh() -> None:
    """Sheets that changed, and cases that the projection does not know yet."""
    publish_sheets()
    catch_up()


def text() -> None:
    """Short messages that could not be sent at once."""
    send_waiting()


def tidy() -> None:
    """Old counts and codes, telephones of messages that are of no use any more."""
    forget()
    forget_texts()


def install() -> None:
    """What every start makes sure of."""
    install_matters(by=System("install", "安装"))
    publish_sheets()
