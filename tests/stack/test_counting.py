"""What several processes counted is told by each of them as one sum; what a process has open ends with it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import config
from calakan.stack import counters
from tests.servers.stack import ROOT, Make, Stack

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def asked(stack: Stack, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}{path}", timeout=60) as answer:
        return str(answer.read().decode())


def figures(stack: Stack) -> dict[str, float]:
    lines = [line for line in asked(stack, "/metrics").splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def web_processes(stack: Stack) -> set[int]:
    master = stack.child("calakan-web")
    return {pid for pid, (parent, _) in stack.below().items() if parent == master}


def test_any_process_tells_the_sum_of_all(make: Make) -> None:
    stack = make("")
    upgrade = [sys.executable, "-m", "calakan", "db", "upgrade"]
    subprocess.run(upgrade, cwd=ROOT, env=stack.environ, check=True, capture_output=True)
    stack.start()
    stack.wait(lambda: len(web_processes(stack)) == 2)
    for _ in range(40):
        assert asked(stack, "/masuk")
    name = 'calakan_requests_total{endpoint="people.login",status="200"}'
    assert {figures(stack)[name] for _ in range(12)} == {40.0}  # two processes answer, and both know all
    stack.wait(lambda: any(name.startswith('calakan_tasks_total{outcome="done"') for name in figures(stack)))

    old = web_processes(stack)
    os.kill(min(old), signal.SIGKILL)
    stack.wait(lambda: len(web_processes(stack) - old) == 1)
    assert figures(stack)[name] == 40.0  # what the dead one counted is not lost
    assert figures(stack)["calakan_database_connections"] <= 2
    [place] = counters.MEMORY.glob(f"calakan-{os.getuid()}-{counters.mark(stack.place / 'var')}")
    assert list(place.glob(f"gauge_live*_{min(old)}.db")) == []
    assert stack.stop() < 20
    assert not place.exists()


def settings(place: Path) -> config.Settings:
    return config.load({"CALAKAN_DATA_DIR": str(place)})


def test_a_folder_that_somebody_else_made_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MEMORY", tmp_path)
    monkeypatch.setenv(counters.VARIABLE, "")  # and taken away afterwards
    found = settings(tmp_path / "var")
    wanted = tmp_path / f"calakan-{os.getuid()}-{counters.mark(found.data_dir)}"
    wanted.symlink_to(tmp_path)
    counters.share(found)
    assert counters.place() == found.data_dir / "broker" / "counters"
    wanted.unlink()
    wanted.mkdir(mode=0o755)
    wanted.chmod(0o755)
    counters.share(found)
    assert counters.place() == found.data_dir / "broker" / "counters"
    wanted.rmdir()
    counters.share(found)
    assert counters.place() == wanted
    assert wanted.stat().st_mode & 0o777 == 0o700


def test_without_memory_it_lies_in_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MEMORY", tmp_path / "none")
    monkeypatch.setenv(counters.VARIABLE, "")  # and taken away afterwards
    counters.share_once(settings(tmp_path / "var"))
    assert counters.place() == tmp_path / "var" / "broker" / "counters"
    monkeypatch.setattr(counters, "MEMORY", tmp_path)
    counters.share_once(settings(tmp_path / "var"))  # whoever runs below the supervisor keeps what it set
    assert counters.place() == tmp_path / "var" / "broker" / "counters"


def test_what_the_dead_left_goes(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = [f"{kind}_{pid}.db" for kind in ("counter", "gauge_livesum") for pid in (gone.pid, os.getpid(), 1)]
    for name in [*names, "other.txt"]:
        (tmp_path / name).touch()
    counters.forget_dead(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*names, "other.txt"} - {f"gauge_livesum_{gone.pid}.db"}
    counters.forget_dead(tmp_path, counters.ANY)
    assert {path.name for path in tmp_path.iterdir() if re.search(rf"_{gone.pid}\.", path.name)} == set()
    assert (tmp_path / f"counter_{os.getpid()}.db").exists()


def test_folders_of_stacks_that_were_killed_go_with_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another installation that never came back; not one that lives, nor one that has only just made its folder."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(counters, "MEMORY", tmp_path)
    monkeypatch.setenv(counters.VARIABLE, "")
    old = time.time() - 2 * counters.ABANDONED_SECONDS
    for name, pid, at in (("killed", gone.pid, old), ("living", os.getpid(), old), ("beginning", gone.pid, None)):
        place = tmp_path / f"calakan-{os.getuid()}-{name}"
        place.mkdir()
        (place / f"counter_{pid}.db").touch()
        if at is not None:
            os.utime(place, (at, at))
    other = tmp_path / f"calakan-{os.getuid() + 1}-killed"
    other.mkdir()
    os.utime(other, (old, old))
    found = settings(tmp_path / "var")
    counters.share(found)
    ours = f"calakan-{os.getuid()}-{counters.mark(found.data_dir)}"
    expected = {ours, f"calakan-{os.getuid()}-living", f"calakan-{os.getuid()}-beginning", other.name, "var"}
    assert {path.name for path in tmp_path.iterdir()} | {"var"} == expected
