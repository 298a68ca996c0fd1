"""`./run mutants ROOM`: breaks the room's rules one at a time and says which breaks no test notices.

Each change is made in a process of its own, forked from one that has read everything, and only the tests that call the
changed function are run, on SQLite. Survivors that no test could notice stand in `equivalent.txt` with the reason.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import pytest

from tests.mutants.mutations import Mutation, mutations

HERE = Path(__file__).parent
# Doors, words and tables: what they say is held by other tests.
NO_CORE = {"__init__", "beats", "errors", "events", "forms", "keys", "manage", "models", "room", "views", "words"}
ALSO = {"people": ["tests/security/test_log_ins.py", "tests/security/test_second_factor.py"]}
QUIET = ["-q", "-n", "0", "-W", "ignore", "-p", "no:randomly", "-p", "no:cacheprovider", "-k", "not postgresql"]
MOST_SECONDS, LEAST_TESTS, PATIENCE = 20.0, 5, 120.0


@dataclass
class Watched:
    """Which tests call which function, and how long each test takes."""

    tests: dict[tuple[str, str], set[str]]
    seconds: dict[str, float]

    def of(self, mutation: Mutation) -> list[str]:
        """The quickest first, and not longer than is worth it."""
        wanted = sorted(
            self.tests.get((mutation.module.as_posix(), mutation.function), ()), key=lambda id: self.seconds[id]
        )
        chosen, total = [], 0.0
        for id in wanted:
            total += self.seconds[id]
            if total > MOST_SECONDS and len(chosen) >= LEAST_TESTS:
                break
            chosen.append(id)
        return chosen


class Watching:
    """A pytest plugin that notes every call into the room."""

    def __init__(self, room: Path) -> None:
        self.found: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self._room, self._now = f"{room.resolve()}{os.sep}", ""

    def _call(self, frame: FrameType, event: str, argument: Any) -> None:
        if frame.f_code.co_filename.startswith(self._room):
            name = os.path.relpath(frame.f_code.co_filename)
            self.found[name, frame.f_code.co_qualname.partition(".<locals>")[0]].add(self._now)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._now, begin = item.nodeid, time.process_time()  # not the clock's: the machine may be busy
        threading.settrace(self._call)
        sys.settrace(self._call)
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - begin
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]


def modules(room: str) -> list[Path]:
    found = sorted(Path("calakan", room).rglob("*.py"))
    return [path for path in found if not NO_CORE & {path.stem, *path.relative_to(f"calakan/{room}").parts}]


def apart(work: Callable[[Path], int]) -> tuple[int, Path]:
    """Run this in a process of its own, silently, with a directory of its own: process id, directory."""
    place = Path(tempfile.mkdtemp(prefix="mutant-"))
    pid = os.fork()
    if pid:
        return pid, place
    code = 99
    try:
        os.setsid()
        silent = os.open(place / "out", os.O_WRONLY | os.O_CREAT)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        code = work(place)
    finally:
        os._exit(code)


def run_tests(place: Path, tests: list[str], *plugins: object) -> int:
    return int(pytest.main([*tests, *QUIET, f"--basetemp={place}/tmp"], plugins=list(plugins)))


def make_template(place: Path) -> int:
    """A migrated SQLite file, which each process copies."""
    import sqlalchemy as sa

    from calakan.kernel import db
    from tests import conftest

    app = conftest.make_app(f"sqlite:///{place}/template", place / "data")
    with app.app_context():
        conftest.fill(app)
        with db.engine().connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return 0


def watch(room: str, tests: list[str]) -> Watched:
    """The unbroken room: its tests must pass."""

    def work(place: Path) -> int:
        watching = Watching(Path("calakan", room))
        code = run_tests(place, tests, watching)
        (place / "watched").write_bytes(pickle.dumps((dict(watching.found), watching.seconds)))
        return code

    pid, place = apart(work)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        sys.exit(f"the tests of the unbroken room fail:\n{(place / 'out').read_text()[-3000:]}")
    called, seconds = pickle.loads((place / "watched").read_bytes())
    shutil.rmtree(place, ignore_errors=True)
    return Watched(called, seconds)


def live(mutation: Mutation) -> FunctionType:
    """The function as the process knows it, below what decorates it."""
    found: Any = importlib.import_module(".".join(mutation.module.with_suffix("").parts))
    for part in mutation.function.split("."):
        found = inspect.getattr_static(found, part)
    while not isinstance(found, FunctionType):
        found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found.__wrapped__
    return inspect.unwrap(found)


def broken(mutation: Mutation, tests: list[str]) -> Callable[[Path], int]:
    def work(place: Path) -> int:
        live(mutation).__code__ = mutation.code()
        return run_tests(place, [*tests, "-x"])

    return work


def judge(chosen: list[Mutation], watched: Watched, *, jobs: int, until: float) -> dict[Mutation, str]:
    """killed, survived, or uncalled where no test comes by; what the time did not allow is missing."""
    verdicts = {mutation: "uncalled" for mutation in chosen if not watched.of(mutation)}
    waiting = [mutation for mutation in chosen if mutation not in verdicts]
    running: dict[int, tuple[Mutation, Path, float]] = {}
    while running or (waiting and time.monotonic() < until):
        while waiting and len(running) < jobs and time.monotonic() < until:
            mutation = waiting.pop()
            tests = watched.of(mutation)
            pid, place = apart(broken(mutation, tests))
            allowed = PATIENCE + 10 * sum(watched.seconds[id] for id in tests)
            running[pid] = (mutation, place, time.monotonic() + allowed)
        for pid, (mutation, place, end) in list(running.items()):
            gone, status = os.waitpid(pid, os.WNOHANG)
            if not gone and time.monotonic() > end:  # it waits for ever: that is noticed
                os.killpg(pid, signal.SIGKILL)
                gone, status = os.waitpid(pid, 0)
            if gone:
                code = os.waitstatus_to_exitcode(status)
                if code in (3, 4, 5, 99):
                    print(f"trouble ({code}) with {mutation.key}\n{(place / 'out').read_text()[-500:]}", flush=True)
                else:
                    verdicts[mutation] = "killed" if code else "survived"
                shutil.rmtree(place, ignore_errors=True)
                del running[pid]
        time.sleep(0.02)
    return verdicts


def equivalent() -> dict[str, str]:
    """key -> why no test can notice it."""
    lines = [line for line in (HERE / "equivalent.txt").read_text().splitlines() if line and line[0] != "#"]
    return {key.strip(): reason.strip() for key, _, reason in (line.partition(" | ") for line in lines)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run mutants", description=__doc__)
    parser.add_argument("room")
    parser.add_argument(
        "--minutes", type=float, default=30, help="so long at most; what is tried is a fair sample (30)"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="modules whose path contains this")
    parser.add_argument("--tests", nargs="*", default=[], help="further tests than the room's own and the journeys")
    given = parser.parse_args()
    own = [f"tests/{given.room}"] if Path("tests", given.room).is_dir() else []
    tests = [*own, "tests/journeys", *ALSO.get(given.room, []), *given.tests]
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(io.StringIO()):
        run_tests(Path(place), [*tests, "--collect-only"])  # reads everything once
    pid, template = apart(make_template)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        sys.exit((template / "out").read_text())
    os.environ["TEST_TEMPLATE"] = str(template / "template")
    found = [m for path in modules(given.room) if given.only in path.as_posix() for m in mutations(path)]
    known = equivalent()
    chosen = [mutation for mutation in found if mutation.key not in known]
    random.Random(0).shuffle(chosen)
    print(f"{given.room}: {len(found)} changes, {len(found) - len(chosen)} of them known to change nothing", flush=True)
    watched = watch(given.room, tests)
    verdicts = judge(chosen, watched, jobs=given.jobs, until=time.monotonic() + 60 * given.minutes)
    for mutation in sorted(verdicts, key=lambda m: (m.module, m.line)):
        if verdicts[mutation] != "killed":
            print(f"{verdicts[mutation]:8}  line {mutation.line}  {mutation.key}")
    killed, tried = sum(verdict == "killed" for verdict in verdicts.values()), len(verdicts)
    print(f"{given.room}: {killed} of {tried} noticed ({100 * killed / max(tried, 1):.0f} %), {len(chosen)} in all")
    shutil.rmtree(template, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
