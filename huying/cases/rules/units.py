"""What the verbs on co-units change: one joins, one leaves; the lead stays."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from huying.cases.rules.facts import Doing, HandlerFact, Ledger, UnitFact
from huying.cases.rules.moves import find, invalid, leave, required


def add_unit(
    ledger: Ledger, doing: Doing, *, unit: UnitFact, reason: str, despite_about: bool = False
) -> None:
    """增加协办: one more unit that helps (主办/协办 潍§22)."""
    edge = find(ledger, "add_unit")
    required("reason", reason)
    if any(handler.unit == unit for handler in ledger.current()):
        what = _("“%(unit)s”已经在办理这件诉求。") % {"unit": unit.name}
        raise invalid("unit", what, _("请选择其他单位。"))
    about = ledger.about
    if about and not despite_about and unit.path.startswith(about.path):
        raise invalid(
            "unit",
            _("“%(unit)s”是被反映单位。") % {"unit": about.name},
            _("确需由其协办时请勾选确认，诉求人信息对其保密。"),
        )
    ledger.handlers.append(HandlerFact(unit, "co", doing.at))
    leave(ledger, doing, edge, reason, unit=unit.as_json())


def remove_unit(ledger: Ledger, doing: Doing, *, unit: UnitFact, reason: str) -> None:
    """减少协办: a co-unit is relieved; the lead only by 改派 or 退件."""
    edge = find(ledger, "remove_unit")
    required("reason", reason)
    co = [h for h in ledger.current() if h.part == "co" and h.unit == unit]
    if not co:
        what = _("“%(unit)s”不是协办单位。") % {"unit": unit.name}
        raise invalid("unit", what, _("请选择现在的协办单位；主办单位请用改派。"))
    for handler in co:
        handler.until = doing.at
    leave(ledger, doing, edge, reason, unit=unit.as_json())


STEPS: dict[str, Callable[..., None]] = {"add_unit": add_unit, "remove_unit": remove_unit}
