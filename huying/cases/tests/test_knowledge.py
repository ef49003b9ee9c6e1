"""The knowledge base: who writes, who publishes, what readers see, what is proposed and cited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from huying.cases import actions, queries
from huying.cases.models import Article, ArticleVersion, CaseEvent
from huying.cases.queries import knowledge
from huying.cases.rules.knowledge import LEAST, Sketch, best, fits, standing
from huying.cases.tests import people
from huying.kernel.asker import System
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.models import AuditRow

TODAY = date(2026, 3, 2)
LAMP: dict[str, Any] = {
    "title": "路灯不亮找谁修",
    "body": "市政路灯由区城管执法局维护，24 小时内到场；小区内路灯由物业负责。",
    "category": "010303",
    "keywords": ["路灯", "照明"],
    "basis": "城市照明管理规定 第21条",
    "unit": people.code(people.URBAN),
}
other_centre = people.person("district_centre", people.DISTRICT, number=77)


def draft(**more: Any) -> Article:
    return actions.write_article(by=people.handler, **(LAMP | more))


def published(**more: Any) -> Article:
    one = draft(**more)
    return actions.publish_article(one.code, version=one.version, by=people.centre)


def seen_by(asker: Any) -> list[str]:
    return [row.title for row in knowledge.articles(asker)]


def test_a_draft_is_its_units_until_the_centre_publishes_it(district: None) -> None:
    one = draft()
    assert (one.code, one.state, one.version, one.shown) == ("K0001", "draft", 1, 0)
    assert seen_by(people.handler) == seen_by(people.centre) == [LAMP["title"]]
    assert seen_by(people.other_handler) == seen_by(people.community) == []
    with pytest.raises(NotFound):
        knowledge.article_of(people.community, one.code)
    with pytest.raises(Forbidden):
        actions.publish_article(one.code, version=1, by=people.handler)
    done = actions.publish_article(one.code, version=1, by=people.centre)
    assert (done.state, done.shown, done.reviewed_by) == ("published", 1, people.centre.label)
    assert seen_by(people.community) == seen_by(people.caller) == [LAMP["title"]]
    verbs = AuditRow.objects.filter(object_kind="article").order_by("pk")
    assert [row.verb for row in verbs] == ["cases.write_article", "cases.publish_article"]


def test_nobody_publishes_what_they_wrote_themselves(district: None) -> None:
    one = actions.write_article(by=people.centre, **LAMP)
    with pytest.raises(Forbidden, match="第二人"):
        actions.publish_article(one.code, version=1, by=people.centre)
    assert actions.publish_article(one.code, version=1, by=other_centre).shown == 1


def test_units_write_only_for_themselves(district: None) -> None:
    for asker in (people.other_handler, people.community, people.caller):
        with pytest.raises(Forbidden):
            actions.write_article(by=asker, **LAMP)
    one = published()
    with pytest.raises(Forbidden):
        actions.write_article(one.code, version=1, by=people.other_handler, **LAMP)


def test_readers_see_the_published_version_until_the_next_is_published(district: None) -> None:
    one = published()
    with pytest.raises(Stale):
        actions.write_article(one.code, version=9, by=people.handler, **LAMP)
    changed = LAMP | {"body": "改由数字城管中心受理。"}
    actions.write_article(one.code, version=1, by=people.handler, **changed)
    row = knowledge.article_of(people.community, one.code)
    assert row.body == LAMP["body"] and knowledge.standing_of(row) == "pending"
    assert [v.number for v in knowledge.versions(people.community, row)] == [1]
    assert [v.number for v in knowledge.versions(people.handler, row)] == [2, 1]
    assert not knowledge.found_articles(people.community, "数字城管").exists()
    with pytest.raises(Stale):
        actions.publish_article(one.code, version=1, by=people.centre)
    actions.publish_article(one.code, version=2, by=people.centre)
    assert knowledge.article_of(people.community, one.code).body == changed["body"]
    assert knowledge.found_articles(people.community, "数字城管").exists()
    with pytest.raises(NotNow):
        actions.publish_article(one.code, version=2, by=people.centre)


def test_no_writer_changes_a_version(district: None) -> None:
    draft()
    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVersion.objects.update(body="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVersion.objects.all().delete()


def test_what_is_out_of_date_is_flagged_to_its_keeper_and_proposed_to_nobody(
    district: None,
) -> None:
    one = published(valid_until=TODAY + timedelta(days=1))
    assert knowledge.proposed(people.community, "门口路灯不亮")
    with frozen(people.MONDAY + timedelta(days=2)):
        assert knowledge.proposed(people.community, "门口路灯不亮") == []
        expired = knowledge.articles(people.handler).filter(knowledge.standing_so(["expired"]))
        assert [row.code for row in expired] == [one.code]
        with pytest.raises(Invalid):
            actions.review_article(one.code, version=1, valid_until=TODAY, by=people.centre)
        with pytest.raises(Forbidden):
            actions.review_article(one.code, version=1, by=people.handler)
        done = actions.review_article(one.code, version=1, by=people.centre)
        assert (done.valid_until, done.reviewed_by) == (None, people.centre.label)
        assert knowledge.proposed(people.community, "门口路灯不亮")


def test_withdrawn_it_is_gone_for_readers_with_a_reason(district: None) -> None:
    one = published()
    with pytest.raises(Invalid):
        actions.withdraw_article(one.code, version=1, reason=" ", by=people.centre)
    with pytest.raises(Forbidden):
        actions.withdraw_article(one.code, version=1, reason="过时", by=people.handler)
    actions.withdraw_article(one.code, version=1, reason="职责已调整", by=people.centre)
    assert seen_by(people.community) == []
    with pytest.raises(NotNow):
        actions.withdraw_article(one.code, version=1, reason="再撤", by=people.centre)
    assert actions.publish_article(one.code, version=1, by=people.centre).withdrawal == ""


def test_two_characters_find_an_article_and_one_finds_none(district: None) -> None:
    one = published()
    for text in ("路灯", "照明", "第21条", one.code, one.code.lower()):
        assert [r.code for r in knowledge.found_articles(people.community, text)] == [one.code]
    assert not knowledge.found_articles(people.community, "灯").exists()
    assert not knowledge.found_articles(people.community, "停车").exists()


def test_an_answer_keeps_what_it_cites_and_the_article_counts_it(district: None) -> None:
    one = published()
    case = people.in_progress()
    said: dict[str, Any] = {"result": "已修好", "solved": True, "by": people.handler}
    with pytest.raises(Invalid, match="知识"):
        actions.reply(case.number, version=case.version, articles=["K9999"], **said)
    actions.reply(case.number, version=case.version, articles=[one.code], **said)
    line = CaseEvent.objects.get(verb="reply")
    assert line.data["articles"] == [{"code": one.code, "title": LAMP["title"]}]
    assert Article.objects.get().used == 1
    page = queries.case_page(people.centre, case.number)
    assert f"引用知识库 {one.code} {LAMP['title']}" in page.timeline[-1].text


def test_a_wrong_article_is_told_field_by_field(district: None) -> None:
    with pytest.raises(Invalid) as refusal:
        draft(title=" ", body="", basis="长" * 201, keywords=["词"] * 21)
    assert {one.where for one in refusal.value.faults} == {"title", "body", "basis", "keywords"}


def test_the_system_may_fill_the_base(district: None) -> None:
    one = actions.write_article(by=System("demo"), **LAMP)
    assert actions.publish_article(one.code, version=1, by=System("demo")).state == "published"


SKETCH = Sketch("K1", "路灯不亮找谁修", ("路灯",), "01/0103/010303/")


def test_words_and_class_make_an_article_fit() -> None:
    assert fits(SKETCH, "花园山路灯不亮", "") > LEAST
    assert fits(SKETCH, "楼上漏水", "01/0103/010303/") >= LEAST
    assert fits(SKETCH, "楼上漏水", "02/0201/") == 0
    above = Sketch("K2", "噪声扰民", (), "01/")
    assert fits(above, "楼上漏水", "01/0103/010303/") < LEAST
    ranked = best([above, SKETCH], "路灯不亮", "01/0103/010303/", 4)
    assert ranked == ["K1"]


@given(
    st.sampled_from(["draft", "published", "withdrawn"]),
    st.integers(0, 3),
    st.integers(1, 4),
    st.none() | st.dates(date(2026, 2, 25), date(2026, 3, 8)),
)
def test_only_what_is_published_expires(
    state: str, shown: int, version: int, until: date | None
) -> None:
    found = standing(state, shown, version, until, TODAY)
    assert (found == state) or state == "published"
    assert (found == "expired") == (state == "published" and until is not None and until < TODAY)
