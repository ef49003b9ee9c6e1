"""Reply templates: placeholders are known, whose they are, what is offered for a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.cases import actions, queries
from huying.cases.forms.knowledge import TemplateForm
from huying.cases.models import ReplyTemplate
from huying.cases.queries import templates
from huying.cases.queries.triggers import lacks_defaults
from huying.cases.rules.reply_templates import DEFAULTS, FIELDS, OPEN, PLACEHOLDERS, filled, unknown
from huying.cases.tests import people
from huying.kernel.errors import Forbidden, Invalid, NotFound, Stale

OWN: dict[str, Any] = {
    "name": "路灯已修",
    "verb": "reply",
    "text": "您好！{编号} 已由{主办单位}办理：{办理情况}。",
}
TEXTS = st.text(st.sampled_from("您好{}编号办理情况，x"), max_size=40)


@given(TEXTS)
def test_what_has_no_unknown_mark_is_filled_without_a_brace_left(text: str) -> None:
    values = dict.fromkeys(PLACEHOLDERS, "值")
    if not unknown(text):
        assert "{" not in filled(text, values) and "}" not in filled(text, values)


def test_unknown_marks_and_open_braces_are_named() -> None:
    assert unknown("{编号}{姓名}") == ["姓名"]
    assert unknown("{编号") == ["{"]
    assert unknown("{姓名}{") == ["姓名", "{"]
    assert unknown("没有") == []


def test_what_is_not_known_leaves_a_gap_and_what_was_done_stays_open() -> None:
    assert filled("{地点}：{办理情况}", {"地点": ""}) == "＿＿＿：{办理情况}"
    assert filled("{地点}：{办理情况}", {"地点": "甲", OPEN: "已修"}) == "甲：已修"


def test_every_default_is_sound() -> None:
    assert len({one.code for one in DEFAULTS}) == len(DEFAULTS)
    for one in DEFAULTS:
        assert not unknown(one.text) and one.verb in FIELDS, one.code


def test_defaults_are_installed_unconfirmed_and_signed(district: None) -> None:
    assert ReplyTemplate.objects.count() == len(DEFAULTS) and not lacks_defaults()
    with pytest.raises(Forbidden):
        actions.confirm_template("reply-done", by=people.handler)
    with pytest.raises(NotFound):
        actions.confirm_template("none", by=people.centre)
    signed = actions.confirm_template("reply-done", by=people.centre)
    assert signed.confirmed_by == people.centre.label
    changed = {"name": signed.name, "verb": signed.verb, "text": "改", "scope": "district"}
    again = actions.write_template(signed.pk, version=1, by=people.centre, **changed)
    assert again.confirmed_at is None, "a changed default is signed anew"
    ReplyTemplate.objects.filter(code="reply-planned").delete()
    assert lacks_defaults()
    actions.install_defaults(by=people.HAND)
    assert not lacks_defaults() and ReplyTemplate.objects.get(pk=signed.pk).text == "改"


def test_an_unknown_mark_is_refused_when_it_is_saved(district: None) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.write_template(by=people.handler, **(OWN | {"text": "{姓名}您好", "verb": "sign"}))
    assert {one.where for one in refusal.value.faults} == {"text", "verb"}
    assert "{姓名}" in refusal.value.faults[-1].what


def test_own_ones_are_mine_a_units_are_its_peoples_the_districts_are_everybodys(
    district: None,
) -> None:
    mine = actions.write_template(by=people.handler, **OWN)
    unit = actions.write_template(
        by=people.handler, scope="unit", unit=people.code(people.URBAN), **OWN
    )
    colleague = people.person("department_handler", people.URBAN, number=91)

    def seen(asker: Any) -> set[int]:
        return set(templates.templates(asker).filter(code="").values_list("pk", flat=True))

    assert seen(people.handler) == {mine.pk, unit.pk}
    assert seen(colleague) == {unit.pk}
    assert seen(people.other_handler) == seen(people.centre) == set()
    with pytest.raises(NotFound):
        actions.retire_template(mine.pk, by=colleague)
    with pytest.raises(Forbidden):
        actions.retire_template(unit.pk, by=people.other_handler)
    with pytest.raises(Invalid):
        actions.write_template(
            by=people.handler, scope="unit", unit=people.code(people.WATER), **OWN
        )
    with pytest.raises(Forbidden):
        actions.write_template(by=people.handler, scope="district", **OWN)
    with pytest.raises(Stale):
        actions.write_template(mine.pk, version=9, by=people.handler, **OWN)
    assert not actions.retire_template(unit.pk, by=colleague).active
    wide = actions.write_template(by=people.centre, scope="district", **OWN)
    assert wide.pk in seen(people.other_handler)


def test_a_case_is_offered_what_fits_its_verb_and_class_filled(district: None) -> None:
    case = people.in_progress()
    for name, category in (("灯", "0103"), ("水", "0201")):
        actions.write_template(by=people.handler, **(OWN | {"name": name, "category": category}))
    page = queries.case_page(people.handler, case.number)
    offers = templates.offered(people.handler, page, "reply")
    names = [one.name for one in offers]
    assert names[0] == "灯" and "水" not in names and "已办结（通用）" in names
    assert offers[0].text == f"您好！{case.number} 已由区城管执法局办理：{{办理情况}}。"
    assert offers[0].confirmed and not offers[-1].confirmed
    assert {one.name for one in templates.offered(people.handler, page, "refuse")} == {
        *("已进入法律程序", "要素不全、无法核实"),
    }
    assert people.NAME not in "".join(one.text for one in offers)


def test_a_units_template_stays_that_units_when_somebody_of_two_units_changes_it(
    district: None,
) -> None:
    at_both = people.person("department_handler", people.WATER, number=92)
    at_both = replace(at_both, posts=(*at_both.posts, *people.handler.posts))
    row = actions.write_template(
        by=at_both, scope="unit", unit=people.code(people.URBAN), **(OWN | {"name": "甲"})
    )
    row = templates.template_of(at_both, row.pk)
    shown = TemplateForm.of(row)
    form = TemplateForm({**shown, "name": "乙"}, by=at_both, initial=shown)
    assert form.is_valid(), form.errors
    actions.write_template(row.pk, by=at_both, **form.arguments())
    changed = templates.template_of(people.handler, row.pk)
    assert (changed.name, changed.unit_id) == ("乙", row.unit_id)
    new = TemplateForm({**shown, "unit": ""}, by=at_both)
    assert new.is_valid() and new.arguments()["unit"] == people.code(people.WATER)
