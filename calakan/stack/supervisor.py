"""Runs broker, web, worker and beat as one foreground group: starts in order, restarts what dies, stops in order.

It knows processes, signals and log lines, and nothing about what the processes do.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from subprocess import SubprocessError

from calakan.stack import counters, libc, port
from calakan.stack.broker import START_SECONDS, BrokerError, broker_problem, failure, launch_broker, set_aside
from calakan.stack.children import Child, Process, launch, write_line
from calakan.stack.commands import commands
from calakan.stack.forking import Begun, Loader, adopt_orphans
from config import Settings

BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
HEALTHY_SECONDS = 30.0  # having run so long, a death counts as the first one again
WEB_FIRST_SECONDS = 5.0  # so long, at most, the web has all cores for its own start
# The stop, in seconds after the signal; all must be gone after 10.
GIVE_BACK_AT = 6.0  # the worker stops waiting for its tasks and hands them back to the broker
KILL_AT = 8.3  # gunicorn itself gives up at 8
KILL_BROKER_AT = 9.2
NEW_WEB_SECONDS = 60.0  # a new version that does not answer by then is given up, and the old one stays
FORKS = libc is not None  # web, worker and beat are forks of one loaded application; elsewhere each loads it for itself
NOT_STARTED = (BrokerError, OSError, SubprocessError)  # the last: what failed between fork and exec
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def supervise(settings: Settings, on_ready: Callable[[], None] | None = None, loader: Begun | None = None) -> int:
    """Run the stack in the foreground until SIGTERM, SIGINT or SIGHUP; 0 after an ordered stop, 1 when it cannot start.

    `on_ready` is called once, when the web answers; a `loader` that was launched before is taken over. Call from the main thread. A child that dies is started again with
    a growing pause; when this process itself is killed, the kernel ends all children (Linux). After the signal all are
    gone within 10 s.

    SIGUSR2: the code on the disk takes over behind the same socket. A second web starts; when it has loaded, the first
    answers what it was asked and ends, then worker and beat start anew. Nobody who asks meanwhile is refused. A new web
    that does not load changes nothing.
    """
    try:
        listener = port.listener(settings)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        print(
            f"cannot listen on {where}: {error.strerror}; choose another with CALAKAN_PORT", file=sys.stderr, flush=True
        )
        return 1
    counters.share(settings)
    try:
        with listener, _Supervisor(settings, listener, on_ready or (lambda: None), loader) as supervisor:
            return supervisor.run()
    finally:
        counters.end()


class _Supervisor:
    def __init__(
        self, settings: Settings, listener: socket.socket, on_ready: Callable[[], None], begun: Begun | None
    ) -> None:
        self.settings = settings
        self.listener = listener
        self.on_ready: Callable[[], None] | None = on_ready
        self.stopping = 0.0  # since when
        self.reload_asked = False
        self.selector = selectors.DefaultSelector()
        self.broker = Child("broker", partial(launch_broker, settings))
        # In the order in which they are told to stop.
        self.beat, self.worker, self.web = (Child(name, self._launcher(name)) for name in ("beat", "worker", "web"))
        self.loader = Loader(self.selector, begun) if FORKS else None
        self.new_loader: Loader | None = None
        self.renewed = 0.0  # when the last SIGUSR2 was heeded, while the new web has not taken over
        self.new_web: Child | None = None  # it loads, and takes over when it has
        self.loaded: int | None = None  # the pipe on which it says so
        self.old_webs: list[Child] = []  # they answer what they were asked

    @property
    def front(self) -> list[Child]:
        """All but the broker."""
        loaders = [loader for loader in (self.loader, self.new_loader) if loader]
        return [*loaders, *self.served, *([self.new_web] if self.new_web else []), *self.old_webs]

    @property
    def served(self) -> list[Child]:
        return [self.beat, self.worker, self.web]

    @property
    def children(self) -> list[Child]:
        return [*self.front, self.broker]

    def _launcher(self, name: str, **given: int) -> Callable[[int | None], Process]:
        if name == "web":
            given["WEB_SOCKET"] = self.listener.fileno()
        return partial(self._launch, name, given)

    def _launch(self, name: str, given: dict[str, int], output: int | None) -> Process:
        argv = commands(self.settings)[name]
        loader = self.new_loader if "WEB_LOADED" in given else self.loader
        return loader.fork(name, argv, output, given) if loader else launch(argv, output, given)

    def _may_start(self, child: Child) -> bool:
        """What is forked waits for the loader."""
        return self.loader is None or self.loader.loaded or child in (self.loader, self.new_loader, self.broker)

    def __enter__(self) -> _Supervisor:
        self.waker, self.wakened = socket.socketpair()
        self.waker.setblocking(False)
        self.wakened.setblocking(False)
        self.selector.register(self.wakened, selectors.EVENT_READ, self._woken)
        self.old_wakeup = signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        self.old_handlers = {signal.SIGCHLD: signal.signal(signal.SIGCHLD, lambda *_: None)}
        for signum in _STOP_SIGNALS:
            # nohup leaves SIGHUP ignored, and means it; a shell's `&` leaves SIGINT ignored, and does not.
            if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
                self.old_handlers[signum] = signal.signal(signum, self._stop)
        self.old_handlers[signal.SIGUSR2] = signal.signal(signal.SIGUSR2, self._ask_reload)
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.children:  # nothing is left here, unless a bug threw us out
            child.kill()
        for signum, handler in self.old_handlers.items():
            signal.signal(signum, handler)
        signal.set_wakeup_fd(self.old_wakeup)
        self.selector.close()
        self.waker.close()
        self.wakened.close()

    def _stop(self, *_: object) -> None:
        self.stopping = self.stopping or time.monotonic()

    def _ask_reload(self, *_: object) -> None:
        self.reload_asked = True

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.wakened.recv(4096)

    def run(self) -> int:
        if self.loader:
            adopt_orphans()
            self._try(self.loader)
        try:
            self._await_broker()
        except NOT_STARTED as error:
            self._say(str(error))
            self._stop_all()
            return 1
        begin = time.monotonic()
        for child in self.served:
            child.due = begin if child is self.web else begin + WEB_FIRST_SECONDS
        while not self.stopping:
            self._start_due()
            self._probe_web()
            self._renew()
            self._turn(0.05 if self.on_ready else self._pause())
        self._stop_all()
        return 0

    def _await_broker(self) -> None:
        """The embedded broker must answer; a given one is only waited for, for the database is the queue of record."""
        self._start(self.broker)
        deadline = time.monotonic() + START_SECONDS
        while not self.stopping and (problem := broker_problem(self.settings)):
            late, process = time.monotonic() > deadline, self.broker.process
            if process is None and (late or "password" in problem):
                self._say(f"the broker of CALAKAN_REDIS_URL {problem}; starting without it")
                return
            if process is not None and (late or process.poll() is not None):
                why = failure(self.settings)
                if not self._set_aside():
                    raise BrokerError(why)
                self._bury(self.broker)
                self._start(self.broker)
            self._turn(0.02, reap=False)

    def _set_aside(self) -> bool:
        """A power cut may leave what the broker cannot read; nothing of it is worth keeping."""
        aside = set_aside(self.settings)
        if aside is not None:
            self._say(f"{failure(self.settings)}; starting it anew, what it kept is in {aside}")
        return aside is not None

    def _start_due(self) -> None:
        now = time.monotonic()
        if self.loader and self.loader.load_by and self.loader.load_by < now:
            self._say("the loader stands still before it has loaded")
            self._bury(self.loader)
        for child in self.children:
            if child.due is not None and child.due <= now and self._may_start(child):
                self._try(child)

    def _try(self, child: Child) -> None:
        try:
            self._start(child)
        except NOT_STARTED as error:
            self._again(child, f"did not start: {error}")

    def _start(self, child: Child) -> None:
        child.due = None
        child.started = time.monotonic()
        if self.settings.log_format == "json":
            child.process = child.launch(None)  # untouched: it writes where we write
            return
        child.pipe, theirs = os.pipe()
        os.set_blocking(child.pipe, False)
        self.selector.register(child.pipe, selectors.EVENT_READ, partial(self._relay, child))
        try:
            child.process = child.launch(theirs)
        finally:
            os.close(theirs)

    def _again(self, child: Child, reason: str) -> None:
        """Plan the next start; the pause grows with each death in a row."""
        if time.monotonic() - child.started > HEALTHY_SECONDS:
            child.deaths = 0
        pause = BACKOFF_SECONDS[min(child.deaths, len(BACKOFF_SECONDS) - 1)]
        child.deaths += 1
        child.due = time.monotonic() + pause
        self._say(f"{child.name} {reason}; starting it again in {pause:g} s")

    def _pause(self) -> float:
        dues = [child.due for child in self.children if child.due is not None and self._may_start(child)]
        if self.loader and self.loader.load_by:
            dues.append(self.loader.load_by)
        if self.renewed:
            dues.append(self.renewed + NEW_WEB_SECONDS)
        return max(0.0, min(dues) - time.monotonic()) if dues else 60.0

    def _probe_web(self) -> None:
        if self.on_ready and port.answers(self.settings):
            announce, self.on_ready = self.on_ready, None
            for child in self.served:
                if not child.started:
                    child.due = 0.0
            self._start_due()
            announce()

    def _turn(self, timeout: float, *, reap: bool = True) -> None:
        """Wait for something to happen, pass log lines on, notice the dead."""
        for key, _ in self.selector.select(timeout):
            key.data()
        if reap:
            for child in self.children:
                if child.is_dead:
                    self._bury(child)
            self._reap_orphans()

    def _reap_orphans(self) -> None:
        """What our children left behind is ours since they died."""
        ours = {child.process.pid for child in self.children if child.process}
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid not in ours:
                os.waitpid(found.si_pid, 0)

    def _bury(self, child: Child) -> None:
        how = self._ended(child)
        if child is self.broker and child.deaths:  # the second in a row
            self._set_aside()
        if child in self.old_webs:
            self.old_webs.remove(child)
        elif child in (self.new_web, self.new_loader):
            self._give_up(how)
        elif not self.stopping:
            self._again(child, how)

    def _ended(self, child: Child) -> str:
        status = child.kill()  # with what it left behind: a killed master's workers would hold its port
        while self._relay(child):
            pass
        if child.pipe is not None:  # somebody who left the group still holds the other end
            self._close(child, child.pipe)
        return f"was killed by signal {-status}" if status < 0 else f"ended with exit code {status}"

    def _renew(self) -> None:
        """Begin what SIGUSR2 asks for, go on when the new application has loaded, and end what does not load in time."""
        begun = self.new_web or self.new_loader
        if begun and time.monotonic() > self.renewed + NEW_WEB_SECONDS:
            self._bury(begun)
        try:
            if self.reload_asked and not self.renewed:
                self.reload_asked, self.renewed = False, time.monotonic()
                if self.loader:
                    self.new_loader = Loader(self.selector)
                    self._start(self.new_loader)
            if self.renewed and not self.new_web and (self.new_loader is None or self.new_loader.loaded):
                self._start_new_web()
        except NOT_STARTED as error:
            self._give_up(f"did not start: {error}")

    def _start_new_web(self) -> None:
        self.loaded, theirs = os.pipe()
        os.set_blocking(self.loaded, False)
        self.selector.register(self.loaded, selectors.EVENT_READ, self._take_over)
        self.new_web = Child("web", self._launcher("web", WEB_LOADED=theirs))
        try:
            self._start(self.new_web)
        finally:
            os.close(theirs)

    def _take_over(self) -> None:
        """The new web has loaded (its death, which ends the pipe too, is noticed elsewhere)."""
        if self.loaded is None or self.new_web is None:
            return
        has_loaded = bool(os.read(self.loaded, 1))
        self._forget_pipe()
        if not has_loaded:
            return
        old, self.web, self.new_web, self.renewed = self.web, self.new_web, None, 0.0
        if old.process:  # one that had died is not started again
            self.old_webs.append(old)
        self.web.launch = self._launcher("web")
        if self.loader and self.new_loader:
            self._ended(self.loader)
            self.loader, self.new_loader = self.new_loader, None
        self._say("the new web has taken over")
        for child in (old, self.worker, self.beat):
            child.send(signal.SIGTERM)

    def _give_up(self, how: str) -> None:
        for child in (self.new_web, self.new_loader):
            if child and child.process:
                self._ended(child)
        self.new_web, self.new_loader, self.renewed = None, None, 0.0
        self._forget_pipe()
        if not self.stopping:
            self._say(f"the new web {how}; the old one stays (a restart renews all: systemctl restart calakan)")

    def _forget_pipe(self) -> None:
        if self.loaded is not None:
            self.selector.unregister(self.loaded)
            os.close(self.loaded)
            self.loaded = None

    def _relay(self, child: Child) -> bool:
        """Pass on one portion, so that a talkative child cannot keep us from the rest; False when there is no more."""
        if child.pipe is None:
            return False
        try:
            data = os.read(child.pipe, 65536)
        except BlockingIOError:
            return False
        *lines, child.partial_line = (child.partial_line + data).split(b"\n")
        for line in filter(None, lines):
            write_line(child.name, line)
        if not data:
            self._close(child, child.pipe)
        return bool(data)

    def _close(self, child: Child, pipe: int) -> None:
        if child.partial_line:
            write_line(child.name, child.partial_line)
        self.selector.unregister(pipe)
        os.close(pipe)
        child.pipe, child.partial_line = None, b""

    def _stop_all(self) -> None:
        """Beat, worker, web; the broker when all of them are gone, because they still talk to it."""
        self._stop()
        begin = self.stopping  # of the signal, which may have come while we waited for the loader
        self.listener.close()  # whoever comes now is refused at once, as by a site that is not there
        for child in self.front:
            child.send(signal.SIGTERM)
        if not self._gone([self.worker], begin + GIVE_BACK_AT):
            self.worker.send(signal.SIGQUIT)
        if not self._gone(self.front, begin + KILL_AT):
            for child in self.front:
                child.kill()
        self.broker.send(signal.SIGTERM)
        if not self._gone([self.broker], begin + KILL_BROKER_AT):
            self.broker.kill()
        self._turn(0)

    def _gone(self, children: list[Child], deadline: float) -> bool:
        while any(child.process for child in children):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._turn(min(left, 0.5))
        return True

    def _say(self, text: str) -> None:
        """One line of our own."""
        if self.settings.log_format == "json":
            line = {"timestamp": datetime.now(UTC).isoformat(), "level": "warning", "logger": "stack", "event": text}
            write_line(None, json.dumps(line).encode())
        else:
            write_line("stack", text.encode())
