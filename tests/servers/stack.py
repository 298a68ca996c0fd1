"""A supervisor in a process of its own, with the real commands below it or with stand-ins that tell what happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.servers.ports import free_port

ROOT = Path(__file__).parents[2]
LAUNCH = """
import sys, config
from calakan.stack import supervisor
{setup}
sys.exit(supervisor.supervise(config.load(), lambda: print("ready", flush=True)))
"""
# Without any setup: the real thing, in the way in which `calakan run` does it.
BECOME = """
from calakan.stack.become import become_supervisor
from calakan.stack.forking import launch_loader
become_supervisor('ready', launch_loader())
"""
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
import http.server, os, socket
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page, bind_and_activate=False)
server.socket = socket.socket(fileno=int(os.environ["WEB_SOCKET"]))
if "WEB_LOADED" in os.environ:
    os.write(int(os.environ["WEB_LOADED"]), b"1")
server.serve_forever()
'''
supervisor.commands, supervisor.FORKS = commands, False
def changed(base, settings): return {}
"""


PATIENCE = 60.0  # seconds for what takes one on a machine with nothing else to do


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

        said = self.log.count("ready\n") if self.log_path.exists() else 0
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
            self.wait(lambda: self.log.count("ready\n") > said)

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

    def child(self, word: str, *others: str) -> int:
        """The one with the word and none of the others."""
        lines = self.children().items()
        [pid] = [pid for pid, line in lines if word in line and not any(other in line for other in others)]
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
        deadline = time.monotonic() + 15  # what was killed is gone when the machine comes to it
        while self.survivors() and time.monotonic() < deadline:
            time.sleep(0.05)
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
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") + Path(f"/proc/{pid}/comm").read_text()
    except OSError:  # gone meanwhile
        return ""


Make = Callable[..., Stack]
