"""What papers put into the navigation and among the defaults."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huying.cases import actions
from huying.cases.queries import paper_templates
from huying.cases.tables_papers import PaperTable
from huying.kernel.asker import Asker
from huying.web import slots
from huying.web.tables import TABLES


def templates(asker: Asker) -> list[slots.DefaultValue]:
    """The templates and numbers that are in force."""
    return [
        slots.DefaultValue(
            one.kind.code,
            one.kind.label,
            (
                gettext("本区第 %(n)s 版，文号 %(number)s")
                if one.edition
                else gettext("内置模板，文号 %(number)s")
            )
            % {"n": one.edition, "number": one.example},
            gettext("本区规定") if one.edition else gettext("系统默认"),
            one.confirmed_by,
            one.confirmed_at,
            reverse("case_paper_template", args=[one.kind.code]),
        )
        for one in paper_templates.kinds_in_force()
    ]


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    section, settings = _("民呼我应"), _("诉求设置")
    editor = slots.with_verb("cases.edit_paper_template", "cases.confirm_paper_template")
    for name, item in {
        "case_papers": slots.NavigationItem(
            _("文书"), "case_papers", "file-text", slots.with_verb("cases.view"), section, 16
        ),
        "case_paper_templates": slots.NavigationItem(
            _("文书模板"), "case_paper_templates", "certificate", editor, settings, 65
        ),
    }.items():
        slots.NAVIGATION.register(name, item)
    slots.DEFAULTS.register(
        "papers",
        slots.DefaultsSource(
            "papers",
            _("文书模板和文号"),
            templates,
            slots.with_verb("cases.view"),
            slots.with_verb("cases.confirm_paper_template"),
            lambda kind, asker: actions.confirm_paper_template(kind, by=asker),
        ),
    )
    TABLES.register(PaperTable.name, PaperTable)
