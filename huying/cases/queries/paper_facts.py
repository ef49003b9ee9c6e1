"""The facts that a paper is filled from: in Chinese, masked, and without a word of who appealed.

Only what goes to the citizen names them, and masked as everywhere. A paper that goes to a unit, or
to another office, has not even the shown digits of a masked number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import override

from huying.cases.models import Appellant, Attachment, Case, CaseEvent
from huying.cases.rules import CHANNELS
from huying.cases.rules.facts import ClockFact, Ledger, RequestFact, UnitFact
from huying.cases.rules.masks import without_remains
from huying.cases.rules.papers import KINDS, Offer, known_facts, known_lists, last_request
from huying.cases.rules.sentences import sentence
from huying.cases.rules.states import REQUEST_STATES, SUPERVISIONS, TRIGGERS
from huying.kernel.clock import DISTRICT_ZONE

Facts = dict[str, str | list[dict[str, str]]]
Told = Callable[[str], str]
TOLD_OF = (
    *("accept", "dispatch", "sign", "contact", "reassign", "rule", "resume", "add_unit"),
    *("remove_unit", "rule_meeting", "supervise", "reply", "answer_on_spot", "review"),
)
MEASURES = {"working_days": "个工作日", "working_hours": "个工作小时", "natural_hours": "小时"}
MOST_LINES = 40


@dataclass(frozen=True)
class Issuing:
    """Who issues a paper, when, under which number; a preview has none."""

    unit: UnitFact
    by: str
    at: datetime
    centre: str
    number: str = ""


@dataclass(frozen=True)
class Source:
    """What the facts of a paper are taken from; `told` hides people in a text."""

    case: Case
    ledger: Ledger
    offer: Offer
    issuing: Issuing
    told: Told


def facts_of(case: Case, ledger: Ledger, offer: Offer, issuing: Issuing, hide: Told) -> Facts:
    """Everything that a template of this kind may use. At most four statements."""
    kind = KINDS[offer.kind]

    def told(text: str) -> str:
        return hide(text) if kind.to_citizen else without_remains(hide(text))

    with override("zh-hans"):  # what is kept is in the language of the district
        facts: Facts = dict.fromkeys(known_facts(offer.kind), "")
        facts |= {name: [] for name in known_lists(offer.kind)}
        of = Source(case, ledger, offer, issuing, told)
        facts |= _common(of)
        facts |= OWN[offer.kind](of)
    return facts


def _common(of: Source) -> Facts:
    facts = of.ledger.case
    place = " ".join(filter(None, (_place(of.case), of.told(facts.address))))
    urgency = [
        words for holds, words in ((facts.urgent, "紧急"), (facts.sensitive, "敏感")) if holds
    ]
    files = Attachment.objects.filter(case=of.case).order_by("added_at")
    if of.ledger.about is not None:  # what the citizen brought stays from the unit it is about
        files = files.filter(from_citizen=False)
    names = [of.told(name) for name in files.values_list("name", flat=True)]
    return {
        "文号": of.issuing.number,
        "发文机关": sender(of.issuing.unit),
        "成文日期": day(of.issuing.at),
        "经办人": of.issuing.by,
        "诉求编号": facts.number,
        "市级编号": facts.external_number,
        "诉求标题": of.told(facts.title),
        "诉求内容": of.told(facts.body),
        "诉求分类": of.ledger.category.name if of.ledger.category else "",
        "诉求地点": place or "未写明",
        "来源渠道": str(dict(CHANNELS)[facts.channel]),
        "缓急程度": "、".join(urgency) or "一般",
        "登记时间": moment(facts.registered_at),
        "受理时间": moment(facts.accepted_at),
        "办理时限": moment(facts.due_at) + ("（暂定）" if facts.due_provisional else ""),
        "主办单位": of.ledger.lead.name if of.ledger.lead else "",
        "被反映单位": of.ledger.about.name if of.ledger.about else "",
        "协办单位": [{"名称": one.unit.name} for one in of.ledger.current() if one.part == "co"],
        "附件": [{"名称": name, "序号": str(n)} for n, name in enumerate(names, 1)],
    }


def _acceptance(of: Source) -> Facts:
    """Addressed by the name as it is shown, never by the one that is sealed."""
    row = Appellant.objects.filter(case=of.case).order_by("id").first()
    name = row.shown_name if row is not None and not row.anonymous else ""
    return {"主送": name or "诉求人", "诉求人称呼": name or "诉求人"}


def _assignment(of: Source) -> Facts:
    last = CaseEvent.objects.filter(case=of.case, verb="dispatch").order_by("-version").first()
    clocks = {clock.kind: clock for clock in of.ledger.clocks if clock.outcome != "void"}
    return {
        "主送": of.ledger.lead.name if of.ledger.lead else "",
        "交办意见": of.told(last.reason) if last else "",
        "交办时间": moment(of.ledger.case.dispatched_at),
        "签收时限": _due(clocks.get("sign")),
        "首次联系时限": _due(clocks.get("contact")),
    }


def _return(of: Source) -> Facts:
    request = _request(of.ledger, "return")
    suggested = request.data.get("suggested") or {}
    return {
        "主送": of.issuing.centre,
        **_asked(request, of.told),
        "主办单位": request.unit.name,
        "建议承办单位": suggested.get("name", "未提出"),
        "交办时间": moment(of.ledger.case.dispatched_at),
        "裁定结果": _ruled(request),
        "裁定意见": of.told(request.ruling),
    }


def _extension(of: Source) -> Facts:
    request = _request(of.ledger, "extension")
    measure = MEASURES.get(request.data.get("measure", ""), "")
    return {
        "主送": request.unit.name,
        **_asked(request, of.told),
        "延长时间": f"{request.data.get('amount', '')} {measure}".strip(),
        "告知诉求人": of.told(request.data.get("notice", "")),
        "审批结果": _ruled(request),
        "审批意见": of.told(request.ruling),
        "审批人": request.ruled_by,
        "审批时间": moment(request.ruled_at),
    }


def _supervision(of: Source) -> Facts:
    order = next(one for one in of.ledger.orders if f"order:{one.id}" == of.offer.subject)
    return {
        "主送": of.ledger.lead.name if of.ledger.lead else "",
        "督办级别": str(dict(SUPERVISIONS)[order.level]),
        "督办起因": str(dict(TRIGGERS)[order.trigger]),
        "督办理由": of.told(order.reason) or "符合督办触发条件，自动发出。",
        "督办人": order.supervisor,
        "督办时间": moment(order.at),
        "回复时限": moment(order.due_at) + ("（暂定）" if order.provisional else ""),
    }


def _handover(of: Source) -> Facts:
    slip = of.ledger.handover
    if slip is None:
        raise TypeError("a slip is offered of a handover only")
    return {
        "主送": slip.office,
        "移交单号": slip.number,
        "移交去向": slip.office,
        "移交理由": of.told(slip.reason),
        "移交时间": moment(slip.at),
    }


def _minutes(of: Source) -> Facts:
    one = next(met for met in of.ledger.meetings if met.number == of.offer.subject)
    return {
        "主送": "、".join(unit.name for unit in one.participants),
        "会商编号": one.number,
        "会商时间": moment(one.held_at),
        "会商地点": one.room,
        "会商议题": of.told(one.question),
        "会商记录": of.told(one.minutes),
        "承办单位": one.duty.name if one.duty else "",
        "权责清单条目": one.entry,
        "裁定意见": of.told(one.ruling),
        "接办期限": day(one.due_on),
        "裁定人": one.ended_by,
        "参加单位": [{"名称": unit.name} for unit in one.participants],
    }


def _completion(of: Source) -> Facts:
    facts = of.ledger.case
    rows = CaseEvent.objects.filter(case=of.case, verb__in=TOLD_OF).order_by("version")
    lines = [
        {
            "时间": moment(row.at, "%m月%d日 %H:%M"),
            "事项": of.told(sentence(row.verb, row.data, row.from_state)),
            "序号": str(number),
        }
        for number, row in enumerate(rows[:MOST_LINES], 1)
    ]
    claims = {True: "已解决", False: "未解决", None: "未说明"}
    return {
        "主送": of.issuing.centre,
        "办理结果": of.told(facts.result),
        "是否解决": claims[facts.solved_claim],
        "签收时间": moment(facts.signed_at),
        "首次联系时间": moment(facts.contacted_at),
        "办结时间": moment(facts.replied_at),
        "办理过程": lines,
    }


OWN: Mapping[str, Callable[[Source], Facts]] = {
    "acceptance": _acceptance,
    "assignment": _assignment,
    "return": _return,
    "extension": _extension,
    "supervision": _supervision,
    "handover": _handover,
    "minutes": _minutes,
    "completion": _completion,
}


def sender(unit: UnitFact) -> str:
    """A unit as it signs: the district by its centre, a street by its office."""
    return unit.name + {"district": "呼应中心", "street": "办事处"}.get(unit.kind, "")


def moment(at: datetime | None, form: str = "") -> str:
    """An instant as papers write it: `2026年3月2日 17:30`."""
    if at is None:
        return ""
    local = at.astimezone(DISTRICT_ZONE)
    if form:
        return local.strftime(form)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def day(at: datetime | date | None) -> str:
    """A day as papers write it: `2026年3月2日`."""
    if at is None:
        return ""
    local = at.astimezone(DISTRICT_ZONE) if isinstance(at, datetime) else at
    return f"{local.year}年{local.month}月{local.day}日"


def _place(case: Case) -> str:
    """The place with the unit above it: `粮道街道花园山社区`; a grid is named after its own."""
    place = case.place
    if place is None:
        return ""
    above = place.parent.name if place.parent is not None and place.kind != "street" else ""
    return place.name if place.name.startswith(above) else above + place.name


def _request(ledger: Ledger, kind: str) -> RequestFact:
    found = last_request(ledger, kind)
    if found is None:
        raise TypeError(f"no {kind} was requested")
    return found


def _asked(request: RequestFact, told: Told) -> dict[str, str]:
    return {
        "申请单位": request.unit.name,
        "申请时间": moment(request.at),
        "申请理由": told(request.reason),
    }


def _ruled(request: RequestFact) -> str:
    return str(dict(REQUEST_STATES)[request.state])


def _due(clock: ClockFact | None) -> str:
    if clock is None:
        return ""
    return moment(clock.due_at) + ("（暂定）" if clock.provisional else "")


__all__ = ["Facts", "Issuing", "day", "facts_of", "moment", "sender"]
