"""The knowledge base of the demonstration: articles of our own words, by the real verbs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from huying.cases import actions
from huying.cases.models import Article
from huying.kernel.asker import Asker, System
from huying.kernel.clock import now
from huying.org.models import Account
from huying.org.queries import asker_for

HERE = Path(__file__).parent
BY = System("demo", "演示数据")
DRAFTS = 2  # of the last articles, so that there is something to publish
# Accounts to try: of a department, and of the centre.
WRITER, PUBLISHER = "department", "centre"


@transaction.atomic
def install() -> int:
    """The articles, most published, one out of date, two still drafts; none when there are any."""
    if Article.objects.exists():
        return 0
    told = list(articles())
    writers: dict[str, Asker] = {}
    for account in Account.objects.filter(demo=True, unit__kind="department").order_by("-id"):
        if account.unit is not None:
            writers[account.unit.code] = asker_for(account)
    centre = Account.objects.filter(username=PUBLISHER).first()
    publisher: Asker = asker_for(centre) if centre else BY
    for place, one in enumerate(told):
        article = actions.write_article(by=writers.get(one["unit"], BY), **one)
        if place < len(told) - DRAFTS:
            actions.publish_article(article.code, version=1, by=publisher)
    _renew()
    return len(told)


def articles() -> Iterator[dict[str, Any]]:
    """What `data/knowledge.txt` says: a line of facts, then the text, then an empty line."""
    blocks = (HERE / "data/knowledge.txt").read_text(encoding="utf-8").strip().split("\n\n")
    today = now().date()
    for block in blocks:
        head, _newline, body = block.partition("\n")
        category, unit, keywords, basis, days, title = (part.strip() for part in head.split("|"))
        yield {
            "title": title,
            "body": body.strip(),
            "category": category,
            "unit": unit,
            "keywords": keywords.split(","),
            "basis": basis,
            "valid_until": today + timedelta(days=int(days)),
        }


def _renew() -> None:
    """A department has written a new version of its first article, which waits to be published."""
    writer = Account.objects.filter(username=WRITER).first()
    if writer is None or writer.unit is None:
        return
    row = Article.objects.filter(unit=writer.unit, state="published").order_by("pk").first()
    if row is None or row.category is None:
        return
    actions.write_article(
        row.code,
        version=row.version,
        by=asker_for(writer),
        title=row.title,
        body=f"{row.body}\n夜间报修由值班人员受理，次日上午反馈到场情况。",
        category=row.category.code,
        keywords=row.keywords,
        basis=row.basis,
        valid_until=row.valid_until,
    )
