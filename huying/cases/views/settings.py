"""What the district decides: classes of appeals, deadlines, routing rules with their dry run."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions
from huying.cases.forms.district import ClockForm, RuleForm, TrialForm
from huying.cases.models import RoutingRule
from huying.cases.queries import choices
from huying.cases.queries import routing as routes
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import Invalid, NotFound
from huying.web import answers

TRIED_DAYS = 30
MOST_TRIED = 1000


@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """The classification as a tree, with the deadline that each class brings."""
    asker_for(request, "cases.view")
    rows = choices.all_classes()
    rules = {rule.name: rule for rule in choices.clock_rules()}
    clocks: dict[str, str] = {}
    lines = []
    for row in rows:
        codes = row.path.strip("/").split("/")
        clock = row.clock or (clocks.get(codes[-2], "") if len(codes) > 1 else "")
        clocks[row.code] = clock
        lines.append({"row": row, "level": len(codes), "clock": rules.get(clock), "own": row.clock})
    groups: list[dict[str, Any]] = []
    for line in lines:
        if line["level"] == 1:
            groups.append({"top": line, "below": []})
        elif groups:
            groups[-1]["below"].append(line)
    context = {"groups": groups, "count": sum(1 for line in lines if line["level"] == 3)}
    return render(request, "cases/categories.html", context)


@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    """The deadlines: their basis, and which of them the district has signed."""
    asker = asker_for(request, "cases.view")
    context = {
        "rules": choices.clock_rules(),
        "may_edit": may(asker, "cases.edit_clock_rule"),
        "may_confirm": may(asker, "cases.confirm_clock_rule"),
    }
    return render(request, "cases/clocks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def clock(request: HttpRequest, name: str) -> HttpResponse:
    """Change a deadline, or sign it for the district."""
    asker = asker_for(request, "cases.edit_clock_rule", "cases.confirm_clock_rule")
    rule = next((rule for rule in choices.clock_rules() if rule.name == name), None)
    if rule is None:
        raise NotFound(_("没有这项时限。"))
    back = reverse("case_clocks")
    if request.method == "POST" and request.POST.get("confirm"):
        actions.confirm_clock_rule(name, by=asker)
        answers.done(request, _("“%(rule)s”的时限已确认。") % {"rule": rule.label})
        return answers.go(request, back)
    start = {"amount": f"{rule.amount.normalize():f}", "measure": rule.measure}
    form = ClockForm(request.POST or None, by=asker, initial=start)
    if request.method == "POST" and form.is_valid():
        measure, amount = form.cleaned_data["measure"], str(form.cleaned_data["amount"])
        try:
            actions.edit_clock_rule(name, by=asker, measure=measure, amount=amount)
            answers.done(request, _("“%(rule)s”的时限已修改，待确认。") % {"rule": rule.label})
            return answers.go(request, back)
        except Invalid as refusal:
            form.take(refusal)
    return answers.confirm(
        request,
        title=_("修改时限：%(rule)s") % {"rule": rule.label},
        message=_("只影响以后开始的计时；修改后须重新确认。"),
        action=reverse("case_clock", args=[name]),
        button=_("保存"),
        form=form,
        back=back,
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD"])
def routing(request: HttpRequest) -> HttpResponse:
    """The routing rules in order, and what they would have done in a period."""
    asker = asker_for(request, "cases.edit_routing", "cases.dispatch")
    rules = list(routes.routing_rules())
    context = {"rules": rules, "may_edit": may(asker, "cases.edit_routing")}
    asked = {name: request.GET.get(name) for name in ("since", "until")}
    form = TrialForm(asked if any(asked.values()) else None, by=asker, initial=_last_days())
    context["form"] = form
    if form.is_bound and form.is_valid():
        active = [rule for rule in rules if rule.active]
        context["trial"] = _tried(asker, active, form.cleaned_data)
    template = "cases/trial.html" if answers.is_fragment(request) else "cases/routing.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, identity: int | None = None) -> HttpResponse:
    """Write a routing rule; "try" shows what it would have changed, without keeping it."""
    asker = asker_for(request, "cases.edit_routing")
    rules = list(routes.routing_rules())
    kept = next((rule for rule in rules if rule.pk == identity), None)
    if identity is not None and kept is None:
        raise NotFound(_("没有这条派单规则。"))
    last = max((rule.position for rule in rules), default=0)
    start = RuleForm.of(kept) if kept else {"position": last + 10, "target": "unit"}
    form = RuleForm(request.POST or None, by=asker, initial=start)
    context: dict[str, Any] = {"form": form, "kept": kept}
    if request.method == "POST" and form.is_valid():
        arguments = form.arguments()
        try:
            if request.POST.get("try"):
                context["trial"] = _tried_with(asker, rules, kept, arguments)
                return render(request, "cases/rule.html", context)
            actions.write_routing_rule(identity, by=asker, **arguments)
            answers.done(request, _("派单规则已保存。"))
            return answers.go(request, reverse("case_routing"))
        except Invalid as refusal:
            form.take(refusal)
    return render(request, "cases/rule.html", context, status=422 if form.errors else 200)


@require_POST
def move_rule(request: HttpRequest, identity: int) -> HttpResponse:
    """Move a rule one place up or down."""
    asker = asker_for(request, "cases.edit_routing")
    actions.move_routing_rule(identity, by=asker, up=request.POST.get("way") == "up")
    return answers.go(request, reverse("case_routing"))


@require_http_methods(["GET", "HEAD", "POST"])
def drop_rule(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then remove a rule."""
    asker = asker_for(request, "cases.edit_routing")
    back = reverse("case_routing")
    if request.method == "POST":
        actions.drop_routing_rule(identity, by=asker)
        answers.done(request, _("派单规则已删除。"))
        return answers.go(request, back)
    return answers.confirm(
        request,
        title=_("删除派单规则"),
        message=_("删除后，符合它的诉求改按后面的规则建议主办单位；已派的单不受影响。"),
        action=reverse("case_rule_drop", args=[identity]),
        button=_("删除"),
        danger=True,
        back=back,
    )


def _last_days() -> dict[str, date]:
    today = now().date()
    return {"since": today - timedelta(days=TRIED_DAYS), "until": today}


def _tried(asker: Asker, rules: list[RoutingRule], period: dict[str, date]) -> dict[str, Any]:
    """A dry run in figures, and the cases that would have gone elsewhere."""
    since = datetime.combine(period["since"], time.min, DISTRICT_ZONE)
    until = datetime.combine(period["until"] + timedelta(days=1), time.min, DISTRICT_ZONE)
    facts = routes.facts_of(rules)
    trials = routes.dry_run_routing(asker, facts, since, until, most=MOST_TRIED)
    changed = [trial for trial in trials if trial.would and trial.now and trial.would != trial.now]
    return {
        "all": len(trials),
        "cut": len(trials) >= MOST_TRIED,
        "same": sum(1 for t in trials if t.would and t.would == t.now),
        "changed": changed[:200],
        "changed_count": len(changed),
        "none": sum(1 for t in trials if not t.would),
        "open": sum(1 for t in trials if t.would and not t.now),
        "by_rule": Counter(t.rule for t in trials if t.rule).most_common(20),
    }


def _tried_with(
    asker: Asker, rules: list[RoutingRule], kept: RoutingRule | None, arguments: dict[str, Any]
) -> dict[str, Any]:
    """The dry run of the last days with one rule as it is being written."""
    changed = routes.rule_from(kept, **arguments)
    others = [rule for rule in rules if rule.active and rule is not kept]
    return _tried(asker, [*others, changed] if changed.active else others, _last_days())
