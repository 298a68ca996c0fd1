"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from calakan.kernel import db
from calakan.stack import broker
from tests.servers import postgres


def description() -> dict[str, str]:
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": db.sqlite_driver().sqlite_version,
        "PostgreSQL": _output(postgres.binaries() / "postgres", "--version").split()[-1],
        "broker": _output(Path(broker.program()), "--version").split("sha=")[0].strip(),
        "SQLAlchemy": version("sqlalchemy"),
        "gunicorn": version("gunicorn"),
        "Celery": version("celery"),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    kib = int(Path("/proc/meminfo").read_text().split()[1])
    return f"{kib / 1024 / 1024:.0f} GB"


def _output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
