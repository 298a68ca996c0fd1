"""The beat knows all work by name and loads none of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from calakan import wiring
from calakan.background import doorbell
from config import Settings

ROOT = Path(__file__).parents[2]
LOOK = """
import json, sys
from calakan.stack.beat import app
parts = [name.split(".") for name in sys.modules if name.startswith("calakan.")]
rooms = [name for _, name, *rest in parts if name in sys.argv[1:] and rest not in ([], ["beats"])]
heavy = [name for name in ("flask", "sqlalchemy", "alembic", "jinja2", "fontTools") if name in sys.modules]
print(json.dumps([sorted(app.conf.beat_schedule), rooms, heavy]))
"""


def test_it_has_the_whole_schedule_and_no_room(tmp_path: Path) -> None:
    rooms = [path.name for path in (ROOT / "calakan").iterdir() if (path / "models.py").exists()]
    environ = {**os.environ, "CALAKAN_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *rooms], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert len(rooms) > 5
    assert json.loads(done.stdout) == [sorted(wiring.SCHEDULE), [], []]


def test_both_beats_ask_for_the_same(tmp_path: Path) -> None:
    schedule = doorbell(Settings(data_dir=tmp_path)).conf.beat_schedule
    assert {name: entry["schedule"] for name, entry in schedule.items()} == wiring.SCHEDULE
    assert all(
        entry["task"] == name and entry["options"] == {"expires": entry["schedule"]} for name, entry in schedule.items()
    )
