"""The supervisor: ready, restarts, ordered stop, nobody left behind. Real processes, at the end the real ones."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.processes import below
from calakan.stack import supervisor
from tests.servers.broker import BrokerServer
from tests.servers.stack import PATIENCE, ROOT, STAND_IN, Make, Stack, command, processes

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

KEPT_SECONDS = 5  # of `calakan.stack.gunicorn_conf`
ASK = b"GET /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def head(browser: socket.socket) -> bytes:
    """The next answer's head; its whole body is read. Raises OSError when the connection was reset before."""
    answer = http.client.HTTPResponse(browser)
    answer.begin()
    body = answer.read()
    assert body.endswith(b"</html>\n") or body.endswith(b"</html>"), body[-60:]
    return f"HTTP {answer.status} {answer.headers.get('Connection')}".encode()


def test_it_starts_all_and_stops_all(make: Make) -> None:
    stack = make()
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    assert len(stack.children()) == 4
    assert len(stack.below()) >= 7  # with the children's children, which ignore SIGTERM
    assert all(os.getsid(pid) == pid for pid in stack.children())
    assert stack.stop() < 20
    assert {"web    | starts", "worker | starts", "beat   | starts"} <= set(stack.log.splitlines())
    assert "starting it again" not in stack.log


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGHUP])
def test_it_stops_on_ctrl_c_and_when_the_terminal_is_closed(make: Make, signum: int) -> None:
    stack = make()
    stack.start()
    assert stack.stop(signum) < 20


def test_nohup_means_to_go_on_and_an_ampersand_does_not_mean_to_ignore_ctrl_c(make: Make) -> None:
    stack = make()
    stack.start(ignoring=(signal.SIGHUP, signal.SIGINT))
    stack.process.send_signal(signal.SIGHUP)
    stack.wait(lambda: stack.log.count("starts") == 3)
    assert stack.answers()
    assert stack.stop(signal.SIGINT) < 20


def test_the_broker_outlives_the_others(make: Make) -> None:
    setup = """
def changed(base, settings):
    from calakan.stack.broker import client_url
    return {"worker": base + f'''
def leave(*_):
    import redis
    time.sleep(0.5)
    say("broker", redis.Redis.from_url({client_url(settings)!r}).ping())
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
say("armed")
time.sleep(60)
'''}
"""
    stack = make(STAND_IN + setup)
    stack.start()
    stack.wait(lambda: "armed" in stack.log)
    stack.stop()
    assert "worker | broker True" in stack.log


def test_what_does_not_want_to_go_is_killed_in_time(make: Make) -> None:
    setup = """
def changed(base, settings):
    return {"worker": base + '''
signal.signal(signal.SIGTERM, lambda *_: say("asked"))
signal.signal(signal.SIGQUIT, lambda *_: say("pressed"))
say("armed")
while True: time.sleep(1)
'''}
"""
    stack = make(STAND_IN + setup)
    stack.start()
    stack.wait(lambda: "armed" in stack.log)
    os.kill(stack.child("pressed"), signal.SIGSTOP)  # frozen, too
    assert 8 < stack.stop() < 20
    assert re.findall("asked|pressed", stack.log) == ["asked", "pressed"]


def test_a_death_is_answered_by_a_restart_with_a_growing_pause(make: Make) -> None:
    setup = """
def changed(base, settings):
    return {"beat": base + "time.sleep(0.05); sys.exit(3)"}
"""
    stack = make(STAND_IN + setup)
    stack.start()
    stack.wait(lambda: stack.log.count("ended with exit code 3") >= 3)
    assert re.findall(r"stack  \| beat ended with exit code 3; starting it again in (\S+) s", stack.log)[:3] == [
        "0.5",
        "1",
        "2",
    ]
    assert stack.answers()
    # Web, worker, a child of each, broker, in a pause of the beat: the dead one's child went with it.
    stack.wait(lambda: len(stack.below()) == 5)
    stack.stop()


def test_each_child_comes_back(make: Make) -> None:
    stack = make()
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    before = stack.children()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    stack.wait(lambda: len(stack.children()) == 4 and not set(before) & set(stack.children()))
    stack.wait(stack.answers)
    assert stack.log.count("was killed by signal 9; starting it again in 0.5 s") == 4
    stack.stop()


def test_nobody_survives_when_the_supervisor_is_killed(make: Make) -> None:
    stack = make()
    stack.start()
    stack.wait(lambda: stack.log.count("starts") == 3)
    children = stack.children()
    stack.process.kill()
    stack.process.wait()
    deadline = time.monotonic() + PATIENCE
    while set(children) & set(processes()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    again = make()  # on the same directory: the old socket and lock are no obstacle
    again.start()
    again.stop()


def test_a_taken_port_is_one_line_before_anything_starts(make: Make) -> None:
    stack = make()
    with socket.create_server(("127.0.0.1", stack.port)):
        stack.start(ready=False)
        assert stack.process.wait(PATIENCE) == 1
    assert stack.log.splitlines() == [
        f"cannot listen on 127.0.0.1:{stack.port}: Address already in use; choose another with CALAKAN_PORT"
    ]
    assert not (stack.place / "var" / "broker").exists()


def test_a_second_one_in_the_same_data_directory_is_refused(make: Make) -> None:
    first, second = make(), make()
    first.start()
    second.start(ready=False)
    assert second.process.wait(PATIENCE) == 1
    assert re.fullmatch(r"stack  \| a broker already runs in .*\n", second.log)
    assert first.answers()
    first.stop()


def test_with_json_every_line_stays_json(make: Make) -> None:
    setup = """
def changed(base, settings):
    return {
        "beat": "import json, sys; print(json.dumps(dict(event='tick'))); sys.exit(3)",
        "worker": "import time; time.sleep(60)",
        "web": page(settings),
    }
"""
    stack = make(STAND_IN + setup, CALAKAN_LOG_FORMAT="json")
    stack.start()
    stack.wait(lambda: stack.log.count("beat ended") >= 1)
    stack.stop()
    events = [json.loads(line)["event"] for line in stack.log.splitlines() if line != "ready"]
    assert events[:2] == ["tick", "beat ended with exit code 3; starting it again in 0.5 s"]


def test_a_given_broker_that_is_down_does_not_hold_the_stack(make: Make) -> None:
    setup = "\nsupervisor.START_SECONDS = 0.5\n"
    stack = make(STAND_IN + setup, CALAKAN_REDIS_URL="redis://127.0.0.1:1/0")
    stack.start()
    assert "does not answer; starting without it" in stack.log
    assert len(stack.children()) == 3
    stack.stop()


def grow(file: Path) -> None:
    """Zeros, as a power cut may leave them."""
    with file.open("ab") as opened:
        opened.write(bytes(4096))


def garble(file: Path) -> None:
    file.write_text("nonsense\n")


@pytest.mark.parametrize(("pattern", "damage"), [("*.incr.aof", grow), ("*.incr.aof", garble), ("*.manifest", garble)])
def test_what_the_broker_cannot_read_is_set_aside(make: Make, pattern: str, damage: Callable[[Path], None]) -> None:
    """At the start, and when it comes back while the others run."""
    stack = make()
    stack.start()
    stack.stop()
    kept = stack.place / "var" / "broker" / "appendonlydir"
    damage(next(kept.glob(pattern)))
    stack = make()
    stack.start()
    assert stack.log.count("starting it anew") == 1
    assert kept.with_name("appendonlydir.damaged").is_dir()
    damage(next(kept.glob(pattern)))
    before = stack.child("valkey")
    os.kill(before, signal.SIGKILL)
    stack.wait(lambda: stack.log.count("starting it anew") == 2)
    stack.wait(lambda: "valkey" in "".join(stack.children().values()) and stack.child("valkey") != before)
    assert stack.answers()
    stack.stop()


def test_a_broker_that_refuses_our_password_is_told_so(make: Make) -> None:
    with BrokerServer(tcp=True) as server:
        right = server.url
        wrong = re.sub(r":[^:@/]+@", ":salah@", right)
        for url, word in ((wrong, "refuses the password"), (re.sub(r"//.*@", "//", right), "asks for a password")):
            stack = make(CALAKAN_REDIS_URL=url)
            stack.start()
            assert f"the broker of CALAKAN_REDIS_URL {word}; starting without it" in stack.log
            assert "salah" not in stack.log
            stack.stop()


def asked_again(stack: Stack, opened: ExitStack) -> list[socket.socket] | None:
    """Thirty kept connections, each with its second request on its way; None where a busy machine took so long that the
    first of them may be no longer kept."""
    address = ("127.0.0.1", stack.port)
    browsers = [opened.enter_context(socket.create_connection(address, PATIENCE)) for _ in range(30)]
    for browser in browsers:
        browser.sendall(ASK)
    begin = time.monotonic()
    for browser in browsers:
        assert b"200" in head(browser)
    for browser in browsers:
        browser.sendall(ASK)
    return browsers if time.monotonic() - begin < KEPT_SECONDS / 2 else None


def last(browser: socket.socket) -> bytes:
    """An answer that ends its connection, and then its reader does so too: gunicorn waits for that, one after the other."""
    answer = head(browser)
    browser.close()
    return answer


def answered_while_stopping(stack: Stack) -> list[bytes] | None:
    """None when the connections broke because the time of the stop was over."""
    with ExitStack() as opened:
        browsers = asked_again(stack, opened)
        while browsers is None:
            browsers = asked_again(stack, opened)
        stack.process.terminate()
        begin = time.monotonic()
        try:
            with ThreadPoolExecutor(len(browsers)) as pool:
                return list(pool.map(last, browsers))
        except ConnectionError:
            if time.monotonic() - begin < supervisor.KILL_AT - 1:
                raise
    stack.process.wait(PATIENCE)
    return None


class TestRealApplication:
    """The same with the real web, worker and beat."""

    @pytest.fixture
    def stack(self, make: Make) -> Stack:
        stack = make("")
        upgrade = [sys.executable, "-m", "calakan", "db", "upgrade"]
        subprocess.run(upgrade, cwd=ROOT, env=stack.environ, check=True, capture_output=True)
        return stack

    def test_ready_restarted_and_gone(self, stack: Stack) -> None:
        stack.start()
        assert stack.answers()
        stack.wait(lambda: len(stack.below()) >= 9)  # five children, two web workers, two task workers
        assert "Traceback" not in stack.log
        assert sum(process.pss_mb for process in below(stack.process.pid)) < 360  # one application, shared
        words = ["calakan-web", "calakan-worker", "calakan-beat", "valkey"]
        before = {word: stack.child(word) for word in words}
        loader = stack.child("stack.loader", *words)
        os.kill(loader, signal.SIGKILL)  # whom it has made live on
        stack.wait(lambda: "loader was killed" in stack.log and len(stack.children()) == 5)
        assert set(before.values()) < set(stack.children())
        for pid in stack.children():
            os.kill(pid, signal.SIGKILL)
        stack.wait(lambda: len(stack.children()) == 5 and not set(before.values()) & set(stack.children()))
        stack.wait(stack.answers)
        stack.wait(lambda: len(stack.below()) >= 9)
        assert stack.stop() < 20

    def test_nobody_survives_when_the_supervisor_is_killed(self, stack: Stack) -> None:
        stack.start()
        stack.wait(lambda: len(stack.below()) >= 9)
        stack.process.kill()
        stack.process.wait()
        deadline = time.monotonic() + PATIENCE
        while stack.survivors():
            assert time.monotonic() < deadline, {pid: command(pid) for pid, _ in stack.survivors()}
            time.sleep(0.05)

    def test_what_was_asked_before_the_stop_is_answered(self, stack: Stack) -> None:
        """Thirty kept connections, each with a request on its way: the answer is whole, none is reset.

        A stop is over in ten seconds, whatever is left; on a machine that takes longer, it is tried anew.
        """
        answers = None
        while answers is None:
            stack.start()
            answers = answered_while_stopping(stack)
        assert {answer.split(b" ", 2)[1] for answer in answers} == {b"200"}
        assert stack.process.wait(PATIENCE) == 0
