"""What a form knows already nobody types again, and what follows by itself opens by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from huying.cases import actions
from huying.cases.models import Case
from huying.cases.queries.likely import likely_category
from huying.kernel.asker import System
from tests.cast import Cast, assemble
from tests.mainline import CATEGORY, GRID, HANDLING, HELPING, OTHER_CATEGORY, WORDS, brought

HAND = System("test")


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def client_of(cast: Cast, role: str) -> Client:
    client = Client()
    client.force_login(cast.people[role])
    return client


def form_of(client: Client, number: str, verb: str, more: str = "") -> Any:
    """The form of a verb as it opens."""
    answer = client.get(f"/cases/{number}/{verb}/{more}")
    assert answer.status_code == 200, answer.content.decode()
    return answer.context["form"]


def sent(client: Client, number: str, verb: str, more: str = "", **given: Any) -> str:
    """Send the form of a verb; where it leads."""
    version = Case.objects.get(number=number).version
    answer = client.post(f"/cases/{number}/{verb}/{more}", {"version": version, **given})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_what_has_no_title_is_called_by_its_first_sentence(cast: Cast) -> None:
    client = client_of(cast, "district_centre")
    given = {"channel": "phone", "body": "门口路灯坏了。晚上看不见。", "place": GRID}
    client.post("/cases/new/", given)
    assert Case.objects.get().title == "门口路灯坏了"
    client.post("/cases/new/", {**given, "title": "路灯", "phone": "13900000001"})
    assert Case.objects.latest("pk").title == "路灯"


def test_a_class_is_proposed_by_what_sounds_alike_and_by_its_name_else(cast: Cast) -> None:
    centre = cast.asker("district_centre")
    assert likely_category(centre, "说不清的一件事", "") is None
    for title in ("二栋楼下电线冒火花", "五栋电线冒火花"):
        words: dict[str, Any] = {**WORDS, "title": title}
        made = actions.register(by=HAND, channel="phone", place=GRID, **words)
        actions.accept(made.number, version=made.version, by=HAND, category=OTHER_CATEGORY)
    likely = likely_category(centre, "电线冒火花没人管")
    assert likely is not None
    assert likely[0] == OTHER_CATEGORY
    named = likely_category(centre, "这里乱贴乱画")
    assert named is not None
    assert named[1] == "乱贴乱画"


def test_nothing_is_proposed_by_what_another_district_said(cast: Cast) -> None:
    words: dict[str, Any] = {**WORDS, "title": "电线冒火花"}
    for _turn in range(2):
        made = actions.register(by=HAND, channel="phone", place=GRID, **words)
        actions.accept(made.number, version=made.version, by=HAND, category=OTHER_CATEGORY)
    from huying.org.queries import asker_for

    assert likely_category(asker_for(cast.doubles["district_centre"]), "电线冒火花") is None


def test_accepting_opens_the_form_of_sending_out_for_whoever_may(cast: Cast) -> None:
    number = brought("registered").number
    centre = client_of(cast, "district_centre")
    assert form_of(centre, number, "accept").initial["category"]
    assert sent(centre, number, "accept", category=CATEGORY).endswith(f"/{number}/?do=dispatch")
    other = brought("registered").number
    community = client_of(cast, "community_staff")
    assert sent(community, other, "accept", category=CATEGORY).endswith(f"/{other}/")


def test_after_a_return_the_unit_it_came_from_is_not_proposed_again(cast: Cast) -> None:
    centre, handler = client_of(cast, "district_centre"), client_of(cast, "department_handler")
    plain, named = brought("in_progress").number, brought("in_progress").number
    sent(handler, plain, "request_return", reason="不属本局")
    sent(handler, named, "request_return", reason="不属本局", suggested=HELPING)
    for number in (plain, named):
        where = sent(centre, number, "rule", approved="1", reason="属实")
        assert where.endswith("?do=dispatch")
    assert form_of(centre, named, "dispatch").initial["lead_unit"] == HELPING
    form = form_of(centre, plain, "dispatch")
    assert form.initial.get("lead_unit") != HANDLING
    refused = brought("in_progress").number
    sent(handler, refused, "request_return", reason="不属本局")
    assert sent(centre, refused, "rule", approved="0", reason="属其职责").endswith(f"/{refused}/")


def test_convening_knows_the_question_the_hour_and_the_room_of_last_time(cast: Cast) -> None:
    centre, case = client_of(cast, "district_centre"), brought("in_progress")
    form = form_of(centre, case.number, "convene")
    assert "主责在哪个单位" in form.initial["question"]
    assert form.initial["held_at"].hour in (9, 14)
    assert form.initial["room"] == ""
    given: dict[str, Any] = {"participants": [HANDLING, HELPING], "held_at": "2030-01-01T09:30"}
    sent(centre, case.number, "convene", question="谁管", room="三楼会议室", **given)
    again = form_of(centre, brought("in_progress").number, "convene")
    assert again.initial["room"] == "三楼会议室"


def test_the_reason_of_a_page_is_in_the_form_to_be_read_and_nowhere_else(cast: Cast) -> None:
    number = brought("awaiting_callback").number
    agent = client_of(cast, "callback_agent")
    assert form_of(agent, number, "unmask", "?reason=电话回访").initial["reason"] == "电话回访"
    assert "reason" not in form_of(agent, number, "comment", "?reason=电话回访").initial


def test_an_agent_goes_from_one_callback_to_the_next(cast: Cast) -> None:
    first, second = brought("awaiting_callback").number, brought("awaiting_callback").number
    agent = client_of(cast, "callback_agent")
    page = agent.get(f"/evaluate/callbacks/{first}/").content.decode()
    assert "?back=callback" in page
    assert sent(agent, first, "unmask", "?back=callback", reason="电话回访").endswith(
        f"/evaluate/callbacks/{first}/"
    )
    rated = {"solved": "1", "grade": "5"}
    where = sent(agent, first, "evaluate", "?back=callback", **rated)
    assert where.endswith(f"/evaluate/callbacks/{second}/")
    where = sent(agent, second, "evaluate", "?back=callback", **rated)
    assert where.endswith("/evaluate/callbacks/")
