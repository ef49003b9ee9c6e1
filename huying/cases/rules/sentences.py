"""A case's history in words: one sentence for each line, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules.sentences_of_calls import CALLED
from huying.cases.rules.sentences_of_papers import PAPERS
from huying.cases.rules.sentences_of_sendings import SENDINGS
from huying.cases.rules.sentences_of_ties import TIED
from huying.cases.rules.states import (
    CALLBACKS,
    CAUSES,
    CHANNELS,
    GRADES,
    REFUSALS,
    REQUESTS,
    SUSPENSIONS,
    TRIGGERS,
)
from huying.kernel.working_time import DEFAULT_ZONE

GRADE_LABELS = dict(GRADES)
CAUSE_LABELS = dict(CAUSES)


def sentence(verb: str, data: dict[str, Any], from_state: str = "") -> str:
    """What happened, without who, when and why, which stand beside it."""
    unit = data.get("unit", {}).get("name", "")
    place = data.get("place", {}).get("name", "")
    if verb == "register":
        channel = dict(CHANNELS).get(data.get("channel", ""), "")
        said = _("登记诉求，来自%(channel)s") % {"channel": channel}
        said += _("，地点在%(place)s") % {"place": place} if place else _("，地点待落实")
        papers = len(data.get("files", ()))
        return said + (_("，附件 %(count)s 个") % {"count": papers} if papers else "")
    if verb == "accept":
        return _("受理，归入“%(category)s”") % {"category": data.get("category", "")}
    if verb == "refuse":
        reason = REFUSALS.get(data.get("refusal", ""))
        if reason is None:
            return _("不予受理")
        return _("不予受理：%(reason)s。%(go_to)s") % {
            "reason": reason.label,
            "go_to": reason.go_to,
        }
    if verb == "dispatch":
        return _dispatched(data, again=from_state == "evaluated")
    if verb == "sign":
        return _("%(unit)s签收") % {"unit": unit}
    if verb == "contact":
        return _("已联系诉求人") if data.get("reached") else _("联系诉求人未接通")
    if verb == "reassign":
        return _("从%(unit)s改派，历时 %(minutes)s 分钟") % {
            "unit": unit,
            "minutes": data.get("minutes_lost", 0),
        }
    if verb == "reply" and "dated" in data:
        return _("历史答复") if data["dated"] else _("历史答复，答复时间不详")
    if verb in ("reply", "answer_on_spot"):
        done = _("称已解决") if data.get("solved") else _("称未解决")
        spot = verb == "answer_on_spot" or data.get("spot")  # of old, the latter
        how = _("当场答复") if spot else _("办结回复")
        said = _("%(unit)s%(how)s,%(done)s") % {"unit": unit, "how": how, "done": done}
        if cited := "、".join(f"{one['code']} {one['title']}" for one in data.get("articles", ())):
            said += _("，引用知识库 %(articles)s") % {"articles": cited}
        return said
    if verb == "review" and data.get("part"):
        return _("审核通过，归档，待原诉求统一答复")
    if verb == "review":
        return (
            _("审核通过，转回访") if data.get("passed") else _("审核退回%(unit)s") % {"unit": unit}
        )
    if verb == "evaluate":
        solved = _("已解决") if data.get("solved") else _("未解决")
        grade = GRADE_LABELS.get(data.get("grade", 0), "")
        said = _("诉求人评价：%(solved)s，%(grade)s") % {"solved": solved, "grade": grade}
        said += _("（%(number)s）") % {"number": data["of"]} if data.get("of") else ""
        flags = [_("代答")] if data.get("by_proxy") else []
        flags += [_("诱导")] if data.get("prompted") else []
        why = [str(CAUSE_LABELS[data["cause"]])] if data.get("cause") in CAUSE_LABELS else []
        return "；".join([said, *why, *flags])
    if verb == "recategorise":
        return _("分类由“%(was)s”改为“%(category)s”") % {
            "was": data.get("was") or _("未分类"),
            "category": data.get("category", ""),
        }
    if verb == "set_place":
        return _("落位到%(place)s") % {"place": place}
    if verb == "attach":
        return _("上传附件“%(file)s”") % {"file": data.get("file", "")}
    if verb in ASKED:
        return ASKED[verb](data, unit)
    if verb == "supervise":
        return _supervised(data)
    if verb in ("answer_supervision", "close_supervision"):
        said = _("%(unit)s回复 %(level)s 级督办")
        said = said if verb == "answer_supervision" else _("%(level)s 级督办销号")
        return said % {"unit": unit, "level": data.get("level", "")}
    if verb in TIED:
        return TIED[verb](data)
    if verb in CALLED:
        return CALLED[verb](data)
    if verb in PAPERS:
        return PAPERS[verb](data)
    if verb in SENDINGS:
        return SENDINGS[verb](data)
    if verb in CITY:
        return CITY[verb](data)
    if verb == "call_back":
        return _called(data)
    if verb in ("add_unit", "remove_unit"):
        said = _("%(unit)s加入协办") if verb == "add_unit" else _("%(unit)s不再协办")
        return said % {"unit": unit}
    plain = {
        "reappeal": _("诉求人再次提出，由%(unit)s继续办理") % {"unit": unit},
        "archive": _("归档"),
        "withdraw": _("诉求人撤诉"),
        "comment": _("备注"),
        "unmask": _("查看诉求人信息"),
    }
    return plain.get(verb, verb)


def _supervised(data: dict[str, Any]) -> str:
    said = _("%(level)s 级督办") % {"level": data.get("level", "")}
    if trigger := data.get("trigger"):
        said += _("（%(trigger)s）") % {"trigger": dict(TRIGGERS).get(trigger, trigger)}
    if supervisor := data.get("supervisor"):
        said += _("，督办人%(supervisor)s") % {"supervisor": supervisor}
    return said


def _called(data: dict[str, Any]) -> str:
    outcome = dict(CALLBACKS).get(data.get("outcome", ""), "")
    said = _("第 %(tried)s 次回访：%(outcome)s") % {
        "tried": data.get("tried", ""),
        "outcome": outcome,
    }
    if data.get("of"):
        said += _("（%(number)s）") % {"number": data["of"]}
    for flag, word in (("by_proxy", _("他人代答")), ("prompted", _("有诱导"))):
        if data.get(flag):
            said += f" · {word}"
    return said


def _city_ruled(data: dict[str, Any]) -> str:
    words = {
        "return_approved": _("市热线同意退单"),
        "return_rejected": _("市热线不同意退单"),
        "extension_approved": _("市热线同意延期"),
        "extension_rejected": _("市热线不同意延期"),
        "deadline": _("市热线改变时限"),
        "withdrawn": _("市热线撤销转办"),
    }
    return words.get(data.get("ruling", ""), "") + _until(data.get("due"))


def _until(due: str | None) -> str:
    if not due:
        return ""
    at = datetime.fromisoformat(due).astimezone(DEFAULT_ZONE)
    return _("，时限到 %(at)s") % {"at": f"{at:%m-%d %H:%M}"}


CITY: dict[str, Callable[[dict[str, Any]], str]] = {
    "city_return": lambda data: _("向市热线申请退单"),
    "city_extend": lambda data: _("向市热线申请延期") + _until(data.get("until")),
    "city_rule": _city_ruled,
    "city_redo": lambda data: _("市热线要求重办") + _until(data.get("due")),
}


def _request(data: dict[str, Any], unit: str) -> str:
    if "amount" in data:
        what = _("延期 %(amount)s %(measure)s") % _measured(data)
    elif "review_on" in data:
        cause = dict(SUSPENSIONS).get(data.get("cause", ""), "")
        what = _("挂账（%(cause)s），%(day)s 复核") % {"cause": cause, "day": data["review_on"]}
    elif "result" in data:
        what = _("结案")
    else:
        what = _("退件")
        if named := data.get("suggested", {}).get("name"):
            what += _("，建议由%(unit)s承办") % {"unit": named}
    return _("%(unit)s申请%(what)s") % {"unit": unit, "what": what}


def _ruled(data: dict[str, Any], unit: str) -> str:
    kind = dict(REQUESTS).get(data.get("kind", ""), "")
    if not data.get("approved"):
        return _("不同意%(unit)s的%(kind)s申请") % {"unit": unit, "kind": kind}
    said = _("同意%(unit)s的%(kind)s申请") % {"unit": unit, "kind": kind}
    if "amount" in data:
        said += _("，延长 %(amount)s %(measure)s") % _measured(data)
    if "review_on" in data:
        said += _("，%(day)s 复核") % {"day": data["review_on"]}
    if "minutes_lost" in data:
        said += _("，历时 %(minutes)s 分钟") % {"minutes": data["minutes_lost"]}
    return said


def _withdrawn(data: dict[str, Any], unit: str) -> str:
    kind = dict(REQUESTS).get(data.get("kind", ""), "")
    return _("%(unit)s撤回%(kind)s申请") % {"unit": unit, "kind": kind}


def _resumed(data: dict[str, Any], unit: str) -> str:
    if "review_on" in data:
        return _("挂账复核：继续挂账，%(day)s 再复核") % {"day": data["review_on"]}
    return _("恢复办理，由%(unit)s继续") % {"unit": unit}


def _measured(data: dict[str, Any]) -> dict[str, Any]:
    words = {
        "natural_hours": _("小时"),
        "working_hours": _("个工作小时"),
        "working_days": _("个工作日"),
    }
    return {"amount": data["amount"], "measure": words.get(data.get("measure", ""), "")}


ASKED: dict[str, Callable[[dict[str, Any], str], str]] = {
    "request_return": _request,
    "request_extension": _request,
    "request_suspension": _request,
    "request_closure": _request,
    "withdraw_request": _withdrawn,
    "rule": _ruled,
    "resume": _resumed,
}


def _dispatched(data: dict[str, Any], *, again: bool) -> str:
    names = "、".join(unit["name"] for unit in data.get("co", []))
    verb = _("重新派单") if again else _("派单")
    said = _("%(verb)s：%(lead)s主办") % {"verb": verb, "lead": data["lead"]["name"]}
    return said + (_(",%(names)s协办") % {"names": names} if names else "")
