"""Addresses of the assessment."""

from __future__ import annotations

from django.urls import URLPattern, path

from huying.evaluate.views import boards, bulletins, calls, deeds, of_case

urlpatterns: list[URLPattern] = [
    path("", boards.rates, name="evaluate_rates"),
    path("units/<str:code>/", boards.unit, name="evaluate_unit"),
    path("calls/", calls.calls, name="evaluate_calls"),
    path("cases/", boards.cases, name="evaluate_cases"),
    path("cases/<str:number>/", of_case.marks, name="evaluate_case"),
    path("callbacks/", deeds.callbacks, name="evaluate_callbacks"),
    path("callbacks/<str:number>/", deeds.callback, name="evaluate_callback"),
    path("exclusions/", deeds.exclusions, name="evaluate_exclusions"),
    path("exclusions/new/", deeds.exclude, name="evaluate_exclude"),
    path("exclusions/<int:identity>/", deeds.exclusion, name="evaluate_exclusion"),
    path("appeals/", deeds.appeals, name="evaluate_appeals"),
    path("appeals/new/", deeds.appeal_new, name="evaluate_appeal_new"),
    path("appeals/<int:identity>/", deeds.appeal, name="evaluate_appeal"),
    path("months/", deeds.months, name="evaluate_months"),
    path("rules/", deeds.rules, name="evaluate_rules"),
    path("bulletin.<slug:form>", bulletins.bulletin, name="evaluate_bulletin"),
]
