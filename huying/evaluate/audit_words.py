"""What the audit says of the assessment, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huying.evaluate.rules import RATES
from huying.web.audit_words import Fact

THINGS = {
    "exclusion": _("剔除"),
    "assessment_appeal": _("考核申诉"),
    "freeze": _("月度定版"),
    "rule_version": _("考核规则"),
}
FACTS = {
    "approved": Fact(_("同意")),
    "upheld": Fact(_("申诉成立")),
    "mark": Fact(_("指标"), {kind.code: kind.label for kind in RATES}),
    "month": Fact(_("月份")),
    "edition": Fact(_("版次")),
    "formula": Fact(_("公式")),
}
