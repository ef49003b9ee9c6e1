"""Which cases an asker sees at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Case, Category
from huying.cases.queries.ledger import no_such_case
from huying.cases.rules.categories import path_of
from huying.cases.rules.facts import ancestors
from huying.kernel.asker import Asker, Stranger
from huying.kernel.errors import Unauthenticated

Row = TypeVar("Row", bound=Model)


def visible(asker: Asker) -> QuerySet[Case]:
    """The cases whose scope meets the asker's area, without heavy columns, newest first.

    Keyset order is `(-registered_at, -id)`; each common filter has an index that ends in it.
    """
    rows = Case.objects.defer("search", "original", "body").order_by("-registered_at", "-id")
    area = asker.area("cases.view")
    if area.everywhere:
        return rows
    if not area:
        return rows.none()
    return rows.filter(scope__overlap=list(area.paths)).exclude(secret_from(asker))


def secret_from(asker: Asker, case: str = "pk") -> Q:
    """What is told in confidence about a unit of theirs: a second post does not open it either.

    `case` is the column of the case's id in the rows that are to leave it out.
    """
    about = {path for unit in getattr(asker, "units", ()) for path in ancestors(unit)}
    if not about:
        return Q(pk__in=[])
    secret = Case.objects.filter(confidential=True, about__path__in=about)
    return Q(**{f"{case}__in": secret.order_by().values("pk")})


def on_visible(asker: Asker, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Rows that hang on a `case`, of visible cases only: asked of each row, for few of many."""
    area = asker.area("cases.view")
    if area.everywhere:
        return rows
    if not area:
        return rows.none()
    return rows.filter(case__scope__overlap=list(area.paths)).exclude(secret_from(asker, "case"))


def with_names(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With the class and the units that a line of a list names, but not the units' outlines."""
    heavy = ("place__boundary", "place__keywords", "lead__boundary", "lead__keywords")
    return rows.select_related("category", "place", "lead").defer(*heavy)


def case_of(asker: Asker, number: str) -> Case:
    """One visible case with what a page joins to it; NotFound outside the asker's area."""
    if isinstance(asker, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再查看。"))
    rows = visible(asker).defer(None).defer("search")
    joins = ("place__parent", "lead", "about", "category__parent__parent")
    row = rows.select_related(*joins).filter(number=number).first()
    if row is None:
        raise no_such_case(number)
    return row


def in_states(asker: Asker, states: Collection[str]) -> QuerySet[Case]:
    """The visible cases in these states."""
    return visible(asker).filter(state__in=states)


def within_category(rows: QuerySet[Case], code: str) -> QuerySet[Case]:
    """Those of a class and the classes below it; found ids let each class use its own index."""
    below = Category.objects.filter(path__startswith=path_of(code)).values_list("pk", flat=True)
    return rows.filter(category_id__in=list(below))


def categories() -> QuerySet[Category]:
    """The classes in use, in order of the tree."""
    return Category.objects.filter(active=True).order_by("path")
