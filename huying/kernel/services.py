"""Long-running services and scheduled work that rooms register and the supervisor keeps alive."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from huying.kernel.registry import Registry


@dataclass(frozen=True)
class Service:
    """A process beside web and worker, such as a media server.

    `command` is given the ports by name and answers what to execute. Ports follow the web's own
    in order of registration; HUYING_PORT_<NAME> sets one.
    A service must end on SIGTERM; one that dies is started again, ever more slowly.
    """

    name: str
    label: str
    command: Callable[[dict[str, int]], Sequence[str]]
    ports: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    grace: float = 10.0


@dataclass(frozen=True)
class Scheduled:
    """Work at times of a cron line (district zone), done once however many workers run.

    `run` must be safe to repeat: after a crash it is called again.
    """

    name: str
    label: str
    cron: str
    run: Callable[[], object]


@dataclass(frozen=True)
class Installer:
    """What every start makes sure of after migrating, such as roles; quick, and safe to repeat."""

    label: str
    run: Callable[[], object]


INSTALLERS: Registry[Installer] = Registry("installers")
SERVICES: Registry[Service] = Registry("long-running services")
SCHEDULE: Registry[Scheduled] = Registry("scheduled work")


def serve(service: Service) -> None:
    """Register a long-running service in a room's `apps.py`."""
    SERVICES.register(service.name, service)


def schedule(name: str, label: str, cron: str, run: Callable[[], object]) -> None:
    """Register scheduled work in a room's `apps.py`; five cron fields."""
    SCHEDULE.register(name, Scheduled(name, label, cron, run))


def install(name: str, label: str, run: Callable[[], object]) -> None:
    """Register, in a room's `apps.py`, what every start must make sure of."""
    INSTALLERS.register(name, Installer(label, run))


def plan_services(web_port: int) -> list[dict[str, object]]:
    """What the supervisor is to run: each service's command with its ports filled in."""
    following = iter(range(web_port + 10, web_port + 1000))
    plan: list[dict[str, object]] = []
    for service in SERVICES:
        ports = {name: _port(name, next(following)) for name in service.ports}
        plan.append(
            {
                "name": service.name,
                "command": list(service.command(ports)),
                "environment": dict(service.environment),
                "grace": service.grace,
            }
        )
    return plan


def _port(name: str, usual: int) -> int:
    return int(os.environ.get(f"HUYING_PORT_{name.upper().replace('-', '_')}") or usual)
