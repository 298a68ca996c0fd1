"""SIGUSR2: new code takes over behind the same socket, and nobody who asks meanwhile is refused."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.stack import ROOT, STAND_IN, Make, Stack

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def test_all_but_the_broker_are_new(make: Make) -> None:
    stack = make()
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    before = stack.children()
    broker = stack.child("valkey")
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: stack.log.count("leaves") == 3 and stack.log.count("starts") == 6)
    assert "the new web has taken over" in stack.log
    stack.wait(lambda: len(stack.children()) == 4)
    assert set(before) & set(stack.children()) == {broker}
    stack.wait(stack.answers)
    os.kill(stack.child("http.server"), signal.SIGKILL)  # the new one comes back as the first did
    stack.wait(lambda: stack.log.count("starts") == 7)
    stack.wait(stack.answers)
    stack.stop()


@pytest.mark.parametrize(
    ("fault", "seconds", "told"),
    [
        ("sys.exit(3)", 60, "the new web ended with exit code 3; the old one stays"),
        ("time.sleep(60)", 6, "the new web was killed by signal 9; the old one stays"),
    ],
)
def test_a_new_web_that_does_not_load_changes_nothing(
    make: Make, tmp_path: Path, fault: str, seconds: int, told: str
) -> None:
    setup = f"""
supervisor.NEW_WEB_SECONDS = {seconds}
def changed(base, settings):
    broken = os.environ["BROKEN"]
    return {{"web": base + "import os\\nif 'WEB_LOADED' in os.environ and os.path.exists('" + broken + "'): {fault}\\n" + page(settings)}}
import os
"""
    mark = tmp_path / "broken"
    stack = make(STAND_IN + setup, BROKEN=str(mark))
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    before = set(stack.children())
    mark.touch()
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: told in stack.log)
    assert set(stack.children()) == before
    assert stack.answers()
    mark.unlink()
    stack.process.send_signal(signal.SIGUSR2)  # mended
    stack.wait(lambda: "the new web has taken over" in stack.log)
    stack.wait(stack.answers)
    stack.stop()


def test_an_old_web_that_has_died_does_not_come_back_beside_the_new_one(make: Make) -> None:
    stack = make(STAND_IN + "\nsupervisor.BACKOFF_SECONDS = (1.0,)\n")
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    os.kill(stack.child("http.server"), signal.SIGKILL)
    stack.wait(lambda: "web was killed by signal 9; starting it again in 1 s" in stack.log)
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: "the new web has taken over" in stack.log)
    # Those two were ended after the web, so it would be here before them.
    stack.wait(lambda: all(stack.log.count(f"{name:<6} | starts") == 2 for name in ("worker", "beat")))
    stack.wait(lambda: len(stack.children()) == 4)
    assert stack.stop() < 20


def test_a_stop_while_the_new_web_loads_ends_it_too(make: Make) -> None:
    setup = """
def changed(base, settings):
    return {"web": base + "import os\\nif 'WEB_LOADED' in os.environ: say('loads'); time.sleep(60)\\n" + page(settings)}
"""
    stack = make(STAND_IN + setup)
    stack.start()
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: "loads" in stack.log)
    assert stack.stop() < 20


def test_nobody_who_asks_meanwhile_is_refused(make: Make) -> None:
    """The real application, asked without a pause over new connections, while it is renewed twice."""
    stack = make("")
    upgrade = [sys.executable, "-m", "calakan", "db", "upgrade"]
    subprocess.run(upgrade, cwd=ROOT, env=stack.environ, check=True, capture_output=True)
    stack.start()
    answers: Counter[str] = Counter()
    done = threading.Event()
    askers = [threading.Thread(target=ask, args=(stack, answers, done)) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(2):
            renew(stack, answers)
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert set(answers) == {"200"}, answers
    assert stack.stop() < 20


def renew(stack: Stack, answers: Counter[str]) -> None:
    """Until the old web is gone and the new one has answered."""
    old, said = stack.child("calakan-web"), stack.log.count("the new web has taken over")
    stack.process.send_signal(signal.SIGUSR2)
    stack.wait(lambda: stack.log.count("the new web has taken over") == said + 1)
    stack.wait(lambda: old not in stack.children())
    enough = answers.total() + 20
    stack.wait(lambda: answers.total() >= enough)


def ask(stack: Stack, answers: Counter[str], done: threading.Event) -> None:
    while not done.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
            connection.request("GET", "/masuk")
            answer = connection.getresponse()
            answer.read()
            answers[str(answer.status)] += 1
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            answers[repr(error)] += 1
