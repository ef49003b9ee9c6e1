"""Registers the project itself: its commands, and what every start makes sure of."""

from __future__ import annotations

from django.apps import AppConfig


def _install_roles() -> None:
    from huying.kernel.asker import System
    from huying.org.actions import install_roles

    install_roles(by=System("install", "安装"))


class ProjectConfig(AppConfig):
    name = "huying.project"
    label = "project"

    def ready(self) -> None:
        from huying.kernel.services import install

        install("org.roles", "角色", _install_roles)
