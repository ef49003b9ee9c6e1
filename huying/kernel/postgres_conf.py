"""What our own PostgreSQL is configured with: no TCP, peer sign-in, sized to the machine."""

from __future__ import annotations

import os
from pathlib import Path

IDENT = "huying"
MEGABYTE = 1024 * 1024


def configuration(socket: Path, *, durable: bool) -> str:
    """The text of huying.conf, written anew at every start; local.conf beside it wins over it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    settings: dict[str, str] = {
        "cluster_name": "huying",
        "listen_addresses": "",
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{_between(64, memory // 8, 2048)}MB",
        "effective_cache_size": f"{_between(256, memory // 2, 65536)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": f"{_between(64, memory // 32, 512)}MB",
        "random_page_cost": "1.1",
        "jit": "off",  # our queries are short: compiling one takes longer than running it
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "wal_level": "replica",
        "max_wal_senders": "2",
        "idle_in_transaction_session_timeout": "10min",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "log_line_prefix": "%m [%p] ",
        # Statements and their parameters hold personal data, which no log may.
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    lines = [f"{name} = '{value}'\n".replace("\\", "\\\\") for name, value in settings.items()]
    return "# Written at every start; put your own settings into local.conf.\n" + "".join(lines)


def hba() -> str:
    """Who may connect: through the socket, as the operating system's own account only."""
    return f"local all all peer map={IDENT}\n"


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))
