"""Addresses of the face."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from huying.web import defaults, ground, living, preferences, views, working_days

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("lookup/<slug:name>/", views.lookup, name="lookup"),
    path("lookup/<slug:name>/tree/", views.lookup_tree, name="lookup_tree"),
    path("preferences/", preferences.change, name="preferences"),
    path("language/", set_language, name="set_language"),
    *ground.urlpatterns,
    *defaults.urlpatterns,
    *working_days.urlpatterns,
]
if settings.DEMO:
    urlpatterns += living.urlpatterns
