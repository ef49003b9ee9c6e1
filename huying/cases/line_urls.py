"""The address at which the city hotline's machine calls."""

from __future__ import annotations

from django.urls import URLPattern, path

from huying.cases.views import city_door

urlpatterns: list[URLPattern] = [path("messages", city_door.messages, name="city_door")]
