"""What the knowledge base and the reply templates put into search, navigation and defaults."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.cases import actions, looks
from huying.cases.queries import knowledge, templates
from huying.cases.rules.edges import LABELS
from huying.cases.rules.knowledge import STANDING_LABELS
from huying.cases.tables_knowledge import ArticleTable, TemplateTable
from huying.kernel.asker import Asker
from huying.web import slots
from huying.web.tables import TABLES


def article_hits(asker: Asker, text: str, limit: int) -> Sequence[slots.Hit]:
    """Articles for the global search."""
    return [
        slots.Hit(
            row.title,
            reverse("case_article", args=[row.code]),
            row.unit.name,
            str(STANDING_LABELS[knowledge.standing_of(row)]),
        )
        for row in knowledge.found_articles(asker, text)[:limit]
    ]


def defaults(asker: Asker) -> list[slots.DefaultValue]:
    """The templates that came with the product, as they are in force."""
    rows = templates.templates(asker).exclude(code="").filter(active=True).order_by("verb", "pk")
    return [
        slots.DefaultValue(
            row.code,
            f"{LABELS[row.verb]} · {row.name}",
            row.text,
            looks.basis("G"),
            row.confirmed_by,
            row.confirmed_at,
            reverse("case_template", args=[row.pk]),
        )
        for row in rows
    ]


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    viewer, section = slots.with_verb("cases.view"), _("民呼我应")
    for name, item in {
        "case_knowledge": slots.NavigationItem(
            _("知识库"), "case_knowledge", "book", viewer, section, 16
        ),
        "case_templates": slots.NavigationItem(
            _("回复模板"), "case_templates", "message-2", viewer, section, 17
        ),
    }.items():
        slots.NAVIGATION.register(name, item)
    slots.SEARCH.register(
        "case_knowledge",
        slots.SearchSource(_("知识库"), "book", article_hits, viewer, "case_knowledge", order=13),
    )
    source = slots.DefaultsSource(
        "templates",
        _("回复模板"),
        defaults,
        viewer,
        slots.with_verb("cases.confirm_template"),
        _sign,
    )
    slots.DEFAULTS.register(source.name, source)
    for table in (ArticleTable, TemplateTable):
        TABLES.register(table.name, table)


def _sign(code: str, asker: Asker) -> None:
    actions.confirm_template(code, by=asker)
