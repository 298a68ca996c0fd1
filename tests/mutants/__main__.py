"""`./run mutants ROOM`: breaks the room's rules one at a time and says which breaks no test notices.

pytest reads the tests once. One process runs them all and notes which test comes by which line; another (`--jobs`) makes
the application and runs a few that come by all of it, so that statements and pages are compiled; then each change is made
in a process of its own, forked from that warm one with the files as they were, which runs only the tests that come by the
changed line, until one fails. On SQLite. Survivors that no test could notice stand in `equivalent.txt` with the reason.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import importlib
import inspect
import logging
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import pytest
import sqlalchemy as sa

from calakan.kernel import db
from tests import conftest
from tests.architecture.test_structure import DOORS
from tests.mutants.mutations import Mutation, mutations

HERE = Path(__file__).parent
# Doors, words and tables: what they say is held by other tests. Letters and the doors of workers hold rules of their own.
NO_CORE = {"__init__", "beats", "errors", "events", "keys", "models"} | DOORS - {"letters", "tasks"}
# What holds a room's rules beside its own tests.
ALSO = {
    "attendance": [
        "tests/diklat/test_never_held.py",
        "tests/duplicates/test_merging.py",
        "tests/enrolment/test_message_page.py",
    ],
    "certificates": ["tests/attendance/test_batches.py", "tests/promises/test_invariants.py"],
    "enrolment": ["tests/desk/test_many.py"],
    "people": [
        "tests/enrolment/test_entering.py",
        "tests/numbers",
        "tests/security/test_addresses.py",
        "tests/security/test_entry.py",
        "tests/security/test_holders.py",
        "tests/security/test_issuers.py",
        "tests/security/test_passkeys.py",
        "tests/security/test_log_ins.py",
        "tests/security/test_mail_codes.py",
        "tests/security/test_second_factor.py",
        "tests/security/test_staff.py",
    ],
}
QUIET = ["-qq", "-s", "-n", "0", "-W", "ignore", "-p", "no:randomly", "-p", "no:cacheprovider"]
QUIET += ["-k", "not postgresql", "--ignore", "tests/notifications/test_long_rounds.py"]  # which takes a minute
MOST_SECONDS, LEAST_TESTS, PATIENCE = 45.0, 5, 120.0


def modules(room: str) -> list[Path]:
    found = sorted(Path("calakan", room).rglob("*.py"))
    return [path for path in found if not NO_CORE & {path.stem, *path.relative_to(f"calakan/{room}").parts}]


def tests_of(room: str) -> list[str]:
    own = [f"tests/{room}"] if Path("tests", room).is_dir() else []
    return [*own, *ALSO.get(room, [])]


class Watching:
    """Which test comes by which line of the room, and how long each takes."""

    def __init__(self, room: str) -> None:
        self.tests: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.seconds: list[float] = []
        self.threaded: set[int] = set()  # tests that start a thread, which a fork would not take along
        self._left: dict[int, set[int]] = {}  # of each function of the room: lines that this test has not come by
        self._room = room
        self._begins, self._cut = f"{Path('calakan', room).resolve()}{os.sep}", len(f"{Path().resolve()}{os.sep}")

    def run(self, items: list[pytest.Item]) -> None:
        for n, item in enumerate(items):
            forget(self._room)
            self._left.clear()
            begin = time.process_time()  # not the clock's: the machine may be busy
            threading.settrace(self._begin)
            sys.settrace(self._enter)
            run_test(item, items[n + 1] if n + 1 < len(items) else None)
            sys.settrace(None)
            threading.settrace(None)
            self.seconds.append(time.process_time() - begin)

    def of(self, mutation: Mutation) -> list[int]:
        """Those that come by the fewest lines first, for they look closest; and not longer than is worth it."""
        lines = range(mutation.line, mutation.end + 1)
        found = {n for line in lines for n in self.tests.get((mutation.module.as_posix(), line), ())}
        wanted = sorted(found, key=lambda n: (self.breadth[n], n))
        total = 0.0
        for place, n in enumerate(wanted):
            total += self.seconds[n]
            if total > MOST_SECONDS and place >= LEAST_TESTS:
                return wanted[:place]
        return wanted

    @functools.cached_property
    def breadth(self) -> Counter[int]:
        """By how many lines of the room each test comes."""
        return Counter(n for tests in self.tests.values() for n in tests)

    @functools.cached_property
    def enough(self) -> set[int]:
        """A few that come by every line together, and start no thread."""
        chosen: set[int] = set()
        for tests in sorted((tests - self.threaded for tests in self.tests.values()), key=len):
            if tests and chosen.isdisjoint(tests):
                chosen.add(max(tests, key=lambda n: (self.breadth[n], n)))
        return chosen

    def _begin(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.threaded.add(len(self.seconds))
        return self._enter(frame, event, argument)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(self._begins):
            return None
        if id(code) not in self._left:
            self._left[id(code)] = {line for _, _, line in code.co_lines() if line}
        return self._line if self._left[id(code)] else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        left = self._left.get(id(frame.f_code), set())  # none: a thread of a test before
        if frame.f_lineno in left:
            left.discard(frame.f_lineno)
            self.tests[frame.f_code.co_filename[self._cut :], frame.f_lineno].add(len(self.seconds))
        return self._line if left else None  # whatever is new here is known


def forget(room: str) -> None:
    """What is made once and kept (`functools.cache`), so that every test that needs it comes by its lines."""
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith(f"calakan.{room}.") else ():
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def run_test(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


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
        sys.stdout.flush()
        os._exit(code)


def make_template(place: Path) -> None:
    """A migrated SQLite file, which each process copies."""
    app = conftest.make_app(f"sqlite:///{place}/template", place / "data")
    logging.disable(logging.INFO)
    with app.app_context():
        conftest.fill(app)
        with db.engine().connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine().dispose()
    logging.disable(logging.NOTSET)
    os.environ["TEST_TEMPLATE"] = str(place / "template")


def live(mutation: Mutation) -> FunctionType:
    """The function as the process knows it, below what decorates it."""
    found: Any = importlib.import_module(".".join(mutation.module.with_suffix("").parts))
    for part in mutation.function.split("."):
        found = inspect.getattr_static(found, part)
    while not isinstance(found, FunctionType):
        below = ("fget", "__func__", "func", "__wrapped__")  # of a property, a class method, one that is cached
        found = next(getattr(found, name) for name in below if getattr(found, name, None))
    return inspect.unwrap(found)


class Breaking:
    """A pytest plugin: instead of every test once, for each change the tests that come by."""

    def __init__(self, given: argparse.Namespace, chosen: list[Mutation]) -> None:
        self.killed = self.tried = 0
        self._given, self._chosen = given, chosen
        self._failed: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config.pluginmanager.unregister(name="terminalreporter")
        self._session, self._watched = session, self._watch(session)
        until = time.monotonic() + 60 * self._given.minutes
        hear, tell = os.pipe()
        for share in range(self._given.jobs):
            if os.fork() == 0:
                try:
                    self._work(self._chosen[share :: self._given.jobs], until, tell)
                finally:
                    sys.stdout.flush()
                    os._exit(0)
        os.close(tell)
        with open(hear) as verdicts:
            for verdict in verdicts:
                self.tried += 1
                self.killed += verdict == "killed\n"
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Any:
        result = yield
        if fixturedef.argname == "migrated_app":
            self._app = result
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.add(report.nodeid)

    def _watch(self, session: pytest.Session) -> Watching:
        """The unbroken room: what fails there already says nothing about a break, and is left out."""

        def work(place: Path) -> int:
            watching = Watching(self._given.room)
            session.config._tmp_path_factory._basetemp = place
            watching.run(session.items)
            found = dict(watching.tests), watching.seconds, watching.threaded, self._failed
            (place / "watched").write_bytes(pickle.dumps(found))
            return 0

        pid, place = apart(work)
        if os.waitpid(pid, 0)[1]:
            sys.exit(f"the tests of the room cannot be run:\n{(place / 'out').read_text()[-3000:]}")
        watching = Watching(self._given.room)
        watching.tests, watching.seconds, watching.threaded, failed = pickle.loads((place / "watched").read_bytes())
        for n, item in enumerate(session.items):
            if item.nodeid in failed:
                print(f"left out, for it fails without a break: {item.nodeid}", flush=True)
                for tests in watching.tests.values():
                    tests.discard(n)
        shutil.rmtree(place, ignore_errors=True)
        return watching

    def _work(self, share: list[Mutation], until: float, tell: int) -> None:
        """Break this share of the changes, one after another."""
        with tempfile.TemporaryDirectory(prefix="mutants-") as place:
            warm, kept = Path(place, "warm"), Path(place, "kept")
            warm.mkdir()
            self._warm_up(warm)
            shutil.copytree(warm, kept)
            for mutation in share:
                if time.monotonic() > until:
                    return
                shutil.rmtree(warm)
                shutil.copytree(kept, warm)
                verdict = self._verdict(mutation, tell)
                if verdict != "killed":
                    print(f"{verdict:8}  line {mutation.line}  {mutation.key}", flush=True)
                os.write(tell, f"{verdict}\n".encode())

    def _warm_up(self, place: Path) -> None:
        """What each would pay anew: the application, and what is compiled at its first use."""
        self._session.config._tmp_path_factory._basetemp = place
        silent = os.open(os.devnull, os.O_WRONLY)
        loud = os.dup(1), os.dup(2)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        chosen = [item for n, item in enumerate(self._session.items) if n in self._watched.enough]
        for item, following in zip(chosen, [*chosen[1:], self._session.items[0]], strict=True):
            run_test(item, following)  # as if more came, so that the application stays
        self._session._setupstate.teardown_exact(self._session)
        with self._app.app_context():
            db.engine().dispose()  # no connection may be known to two processes
        os.dup2(loud[0], 1)
        os.dup2(loud[1], 2)
        gc.collect()
        gc.freeze()  # what nobody looks through for rubbish is not copied by each fork

    def _verdict(self, mutation: Mutation, tell: int) -> str:
        tests = self._watched.of(mutation)
        if not tests:
            return "uncalled"
        # Longer than this, and it runs, or waits, for ever: that is noticed.
        most = 20 + 4 * sum(self._watched.seconds[n] for n in tests)

        def work(place: Path) -> int:
            os.close(tell)
            resource.setrlimit(resource.RLIMIT_CPU, (int(most), int(most)))
            return self._break(mutation, tests)

        pid, place = apart(work)
        code = wait(pid, PATIENCE + 4 * most)
        if code == 99:
            print(f"trouble with {mutation.key}\n{(place / 'out').read_text()[-500:]}", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        return {0: "survived", 99: "trouble"}.get(code, "killed")

    def _break(self, mutation: Mutation, tests: list[int]) -> int:
        self._session.testsfailed = 0
        forget(self._given.room)
        live(mutation).__code__ = mutation.code()
        for n, following in zip(tests, [*tests[1:], None], strict=True):
            run_test(self._session.items[n], None if following is None else self._session.items[following])
            if self._session.testsfailed:
                self._session._setupstate.teardown_exact(None)  # ends what the tests have started
                return 1
        return 0


def wait(pid: int, seconds: float) -> int:
    """Until it ends, or so long at most; what it has started ends with it. Its exit code."""
    end = time.monotonic() + seconds
    gone = status = 0
    while not gone and time.monotonic() < end:
        gone, status = os.waitpid(pid, os.WNOHANG)
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if not gone:
        status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status)


def equivalent() -> dict[str, str]:
    """key -> why no test can notice it."""
    lines = [line for line in (HERE / "equivalent.txt").read_text().splitlines() if line and line[0] != "#"]
    return {key.strip(): reason.strip() for key, _, reason in (line.partition(" | ") for line in lines)}


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run mutants", description="Which breaks of a room's rules does no test notice?"
    )
    parser.add_argument("room")
    parser.add_argument("--sample", type=int, help="so many changes, chosen at random (all)")
    parser.add_argument("--seed", type=int, default=0, help="another sample (0)")
    parser.add_argument(
        "--minutes", type=float, default=10, help="so long at most; what is tried is a fair sample (10)"
    )
    parser.add_argument("--only", default="", help="modules whose path contains this")
    parser.add_argument("--exits", action="store_true", help="only refusals that are never made")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (2)")
    return parser.parse_args()


def main() -> int:
    given = asked()
    known = equivalent()
    found = [m for path in modules(given.room) if given.only in path.as_posix() for m in mutations(path)]
    found = [mutation for mutation in found if mutation.is_exit or not given.exits]
    chosen = [mutation for mutation in found if mutation.key not in known]
    print(f"{given.room}: {len(found)} changes, {len(found) - len(chosen)} of them known to change nothing", flush=True)
    random.Random(given.seed).shuffle(chosen)
    breaking = Breaking(given, chosen[: given.sample])
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        make_template(Path(place))
        pytest.main([*tests_of(given.room), *QUIET, f"--basetemp={place}/tmp"], plugins=[breaking])
    killed, tried = breaking.killed, breaking.tried
    print(f"{given.room}: {killed} of {tried} noticed ({100 * killed / max(tried, 1):.0f} %), {len(chosen)} in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
