"""The supervisor: ready, restarts, ordered stop, nobody left behind. Real processes, at the end the real ones."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.broker import BrokerServer
from tests.servers.ports import free_port

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc"),
    pytest.mark.xdist_group("stack"),  # they measure time: one after the other
]

ROOT = Path(__file__).parents[2]
LAUNCH = """
import sys, config
from calakan.stack import supervisor
{setup}
sys.exit(supervisor.supervise(config.load(), lambda: print("ready", flush=True)))
"""
# Without any setup: the real thing, in the way in which `calakan run` does it.
BECOME = "from calakan.stack.supervisor import become_supervisor; become_supervisor('ready')"
# Stand-ins for the four commands, so that the mechanics are tested in seconds: each tells what happens to it.
STAND_IN = """
def commands(settings):
    import os
    from calakan.stack.broker import broker_url
    base = '''
import os, signal, sys, time
def say(*words): print(*words, flush=True)
def leave(*_):
    say("leaves")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(60): time.sleep(1)
    os._exit(0)
say("starts")
'''
    scripts = {"beat": base + "time.sleep(60)", "worker": base + "time.sleep(60)", "web": base + page(settings)}
    scripts.update(changed(base, settings))
    return {name: [sys.executable, "-c", script] for name, script in scripts.items()}
def page(settings):
    return f'''
import http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", {settings.port}), Page).serve_forever()
'''
supervisor._commands = commands
def changed(base, settings): return {}
"""


PATIENCE = 60.0  # seconds for what takes one on a machine with nothing else to do
KEPT_SECONDS = 5  # of `calakan.stack.gunicorn_conf`
ASK = b"GET /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def head(browser: socket.socket) -> bytes:
    """The next answer's head; its whole body is read. Raises OSError when the connection was reset before."""
    answer = http.client.HTTPResponse(browser)
    answer.begin()
    body = answer.read()
    assert body.endswith(b"</html>\n") or body.endswith(b"</html>"), body[-60:]
    return f"HTTP {answer.status} {answer.headers.get('Connection')}".encode()


class Stack:
    """A supervisor in a process of its own, and what runs below it."""

    def __init__(self, place: Path, setup: str = "", **environ: str) -> None:
        self.port = free_port()
        self.place = place
        self.log_path = place / f"log-{self.port}"
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")},
            "CALAKAN_DATA_DIR": str(place / "var"),
            "CALAKAN_PORT": str(self.port),
            "CALAKAN_WEB_WORKERS": "2",
            "CALAKAN_TASK_WORKERS": "2",
            **environ,
        }
        self.setup = setup
        self.seen: set[tuple[int, int]] = set()

    def start(self, *, ready: bool = True, ignoring: tuple[int, ...] = ()) -> None:
        """`ignoring`: the signals that its caller ignores; what the caller of these tests ignores is not inherited."""

        def signals() -> None:
            for signum in (signal.SIGINT, signal.SIGHUP):
                signal.signal(signum, signal.SIG_IGN if signum in ignoring else signal.SIG_DFL)

        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH.format(setup=self.setup) if self.setup else BECOME],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=signals,
            )
        if ready:
            self.wait(lambda: "ready\n" in self.log)

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def wait(self, happened: Callable[[], object], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.log}"
            assert time.monotonic() < deadline, f"not within {seconds} s:\n{self.log}"
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def below(self) -> dict[int, tuple[int, int]]:
        """Every process below the supervisor: process id -> (parent, time of its start)."""
        known = processes()
        found = {self.process.pid}
        while more := {pid for pid, (parent, _) in known.items() if parent in found} - found:
            found |= more
        below = {pid: known[pid] for pid in found - {self.process.pid}}
        self.seen |= {(pid, started) for pid, (_, started) in below.items()}
        return below

    def children(self) -> dict[int, str]:
        """The supervisor's own children, with their command lines."""
        direct = [pid for pid, (parent, _) in self.below().items() if parent == self.process.pid]
        return {pid: command(pid) for pid in direct}

    def child(self, word: str) -> int:
        [pid] = [pid for pid, command in self.children().items() if word in command]
        return pid

    def survivors(self) -> set[tuple[int, int]]:
        return self.seen & {(pid, started) for pid, (_, started) in processes().items()}

    def stop(self, signum: int = signal.SIGTERM) -> float:
        """Seconds from the signal until the supervisor is gone; nobody may be left."""
        self.below()
        begin = time.monotonic()
        self.process.send_signal(signum)
        assert self.process.wait(PATIENCE) == 0, self.log
        seconds = time.monotonic() - begin
        assert self.survivors() == set(), self.log
        return seconds

    def clean(self) -> None:
        for pid, _ in self.survivors():
            os.kill(pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.below()
            self.process.kill()
            self.process.wait()


def processes() -> dict[int, tuple[int, int]]:
    """All that run (a zombie does not): process id -> (parent, time of its start, against reused ids)."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent, *rest = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if state not in "ZX":
                found[int(entry.name)] = (int(parent), int(rest[17]))
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:  # gone meanwhile
        return ""


Make = Callable[..., Stack]


@pytest.fixture
def make() -> Iterator[Make]:
    place = Path(tempfile.mkdtemp(prefix="cal-", dir="/tmp"))  # short enough for a socket
    stacks: list[Stack] = []

    def make(setup: str = STAND_IN, **environ: str) -> Stack:
        stacks.append(Stack(place, setup, **environ))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.clean()
    shutil.rmtree(place, ignore_errors=True)


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
        stack.wait(lambda: len(stack.below()) >= 8)  # four children, two web workers, two task workers
        assert "Traceback" not in stack.log
        words = ["gunicorn", "celery_worker worker", "calakan.stack.beat beat", "valkey"]
        before = {word: stack.child(word) for word in words}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        stack.wait(lambda: len(stack.children()) == 4 and not set(before.values()) & set(stack.children()))
        stack.wait(stack.answers)
        stack.wait(lambda: len(stack.below()) >= 8)
        assert stack.stop() < 20

    def test_nobody_survives_when_the_supervisor_is_killed(self, stack: Stack) -> None:
        stack.start()
        stack.wait(lambda: len(stack.below()) >= 8)
        stack.process.kill()
        stack.process.wait()
        deadline = time.monotonic() + PATIENCE
        while stack.survivors():
            assert time.monotonic() < deadline, {pid: command(pid) for pid, _ in stack.survivors()}
            time.sleep(0.05)

    def test_what_was_asked_before_the_stop_is_answered(self, stack: Stack) -> None:
        """Thirty kept connections, each with a request on its way: the answer is whole, none is reset."""
        stack.start()
        with ExitStack() as opened:
            browsers = asked_again(stack, opened)
            while browsers is None:
                browsers = asked_again(stack, opened)
            stack.process.terminate()
            answers = [head(browser) for browser in browsers]
        assert {answer.split(b" ", 2)[1] for answer in answers} == {b"200"}
        assert stack.process.wait(PATIENCE) == 0
