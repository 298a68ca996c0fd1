"""The loader: what it forks for the supervisor, and what becomes of a fork that fails. The real one, with nothing to load."""

from __future__ import annotations

import gc
import os
import resource
import runpy
import signal
import time
from pathlib import Path

import pytest
from flask import Flask

from calakan.stack import warm
from tests.servers.stack import ROOT, STAND_IN, Make

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

FORKED = (
    STAND_IN
    + """
import os
from pathlib import Path
from calakan.stack import children, forking
first = Path(os.environ["CALAKAN_DATA_DIR"]) / "first"
scripts = commands
def modules(settings):
    for name, [*_, script] in scripts(settings).items():
        file = settings.data_dir / f"stand_in_{name}.py"
        if not file.exists():  # one that runs may just be reading it
            file.write_text(script)
    return {name: [sys.executable, "-m", f"stand_in_{name}"] for name in scripts(settings)}
os.environ["PYTHONPATH"] = os.environ["CALAKAN_DATA_DIR"]
supervisor.commands, supervisor.FORKS = modules, True
forking.COMMAND = [sys.executable, "-c", '''
from calakan.stack import loader
loader.read = loader.load = lambda: None
loader.main()
''']
"""
)


def test_a_loader_that_does_not_start_is_tried_again(make: Make) -> None:
    setup = """
def once(parent):
    if not first.exists():
        first.touch()
        raise ValueError
children.die_with = once
"""
    stack = make(FORKED + setup)
    stack.start()
    assert "loader did not start: Exception occurred in preexec_fn.; starting it again in 0.5 s" in stack.log
    assert stack.stop() < 20


def test_a_reload_without_room_for_a_new_loader_changes_nothing(make: Make) -> None:
    stack = make(FORKED)
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    before = set(stack.children())
    usual = resource.prlimit(stack.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(stack.process.pid, resource.RLIMIT_NOFILE, (3, usual[1]))
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: "the new web did not start: [Errno 24] Too many open files; the old one stays" in stack.log)
    assert set(stack.children()) == before
    resource.prlimit(stack.process.pid, resource.RLIMIT_NOFILE, usual)
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: "the new web has taken over" in stack.log)
    assert stack.stop() < 20


def test_new_code_that_cannot_be_read_changes_nothing(make: Make) -> None:
    """Its loader ends before it has read what we say to it."""
    setup = """
forking.COMMAND[-1] = '''
import os, sys
if os.path.exists(sys.argv[1]):
    sys.exit(3)
''' + forking.COMMAND[-1]
forking.COMMAND.append(str(first))
"""
    stack = make(FORKED + setup)
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    before = set(stack.children())
    (stack.place / "var" / "first").touch()
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: "the new web ended with exit code 3; the old one stays" in stack.log)
    assert set(stack.children()) == before
    assert stack.answers()
    assert stack.stop() < 20


@pytest.mark.parametrize("which", ["==", "!="])
def test_a_fork_that_fails_is_told_at_once_and_tried_again(make: Make, which: str) -> None:
    """The loader's own, and the second that makes the supervisor the parent."""
    setup = f"""
forking.COMMAND[-1] = '''
import os, sys
fork, own, first = os.fork, os.getpid(), sys.argv[1]
def once():
    if os.getpid() {which} own and not os.path.exists(first):
        open(first, "w").close()
        raise BlockingIOError(11, "no room")
    return fork()
os.fork = once
''' + forking.COMMAND[-1]
forking.COMMAND.append(str(first))
"""
    stack = make(FORKED + setup)
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    assert stack.log.count("did not start: the loader could not fork; starting it again in 0.5 s") == 1
    assert "loader was killed" not in stack.log
    assert stack.stop() < 20


def test_a_frozen_loader_is_replaced(make: Make) -> None:
    stack = make(FORKED + "\nforking.FORK_SECONDS = 1\n")
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    frozen = stack.child("stack import loader", "calakan-")
    os.kill(frozen, signal.SIGSTOP)
    os.kill(stack.child("calakan-beat"), signal.SIGKILL)
    stack.wait(lambda: stack.log.count("starts") == 4)
    assert "beat did not start: timed out" in stack.log
    assert "loader was killed by signal 9; starting it again in 0.5 s" in stack.log
    assert stack.stop() < 20


def test_a_first_loader_that_stands_still_while_it_loads_is_replaced(make: Make) -> None:
    """All that it is to fork waits for it, so nobody else would notice."""
    setup = """
forking.LOAD_SECONDS = 2
forking.COMMAND[-1] = '''
import os, sys, time
if not os.path.exists(sys.argv[1]):
    open(sys.argv[1], "w").close()
    time.sleep(600)
''' + forking.COMMAND[-1]
forking.COMMAND.append(str(first))
"""
    stack = make(FORKED + setup)
    stack.start()
    assert "the loader stands still before it has loaded" in stack.log
    assert "loader was killed by signal 9; starting it again in 0.5 s" in stack.log
    assert stack.stop() < 20


def test_a_fork_that_nobody_waits_for_ends(make: Make) -> None:
    """It would live on beside the one that is made in its stead."""
    stack = make(FORKED + "\nforking.KNOWN = b''\n")
    stack.start(ready=False)
    stack.wait(lambda: "web ended with exit code 1; starting it again" in stack.log)
    assert "starts" not in stack.log
    assert stack.stop() < 20


def test_a_database_that_answers_nothing_does_not_keep_it_from_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    web = Flask("web")
    web.get("/diklat")(lambda: time.sleep(600))
    monkeypatch.setattr(warm, "WARM_SECONDS", 0.1)
    usual = signal.getsignal(signal.SIGALRM)
    begin = time.monotonic()
    warm.ask(web)
    assert time.monotonic() - begin < 300
    assert signal.getsignal(signal.SIGALRM) == usual


def test_what_is_built_beforehand_is_built_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Flask] = []
    monkeypatch.setattr(warm, "ask", asked.append)
    app.extensions.pop(warm.WARMED, None)
    warm.warm(app)  # and each template is there
    warm.warm(app)
    assert asked == [app]


@pytest.mark.parametrize("collects", [False, True])
def test_nothing_is_collected_while_more_is_to_be_loaded(monkeypatch: pytest.MonkeyPatch, *, collects: bool) -> None:
    web = Flask("web")
    web.extensions["celery"] = None
    monkeypatch.setattr("calakan.app.create_app", lambda: web)
    monkeypatch.setattr("calakan.stack.counters.share_once", lambda _: None)
    try:
        (gc.enable if collects else gc.disable)()
        runpy.run_path(str(ROOT / "celery_worker.py"))
        assert gc.isenabled() == collects
    finally:
        gc.enable()
