"""A rush in which web processes are killed and the database goes away: what somebody was told is stored, and told again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bench import courses, load, processes
from bench.runner import Bench, Row, Wrong
from bench.scenarios import rush
from bench.site import Site
from calakan.kernel import clock, db
from tests.servers.postgres import PostgresServer

NAME = "cut"
TITLE = "the rush while web processes are killed (-9) and PostgreSQL restarts; who gets no answer presses again"
CONNECTIONS, CUTS, PATIENCE = 50, 6, 120.0
AWAY = (502, 503)


def run(bench: Bench) -> Iterator[Row]:
    people, seats = bench.size(1000, 40), bench.size(200, 8)
    for kind in bench.kinds:
        with Site(bench.databases, kind, web_workers=2) as site:
            course = courses.published("Rebutan", starts_at=clock.now() + timedelta(days=10), quota=seats)
            visitors = site.visitors(site.people(people))
            path = f"/diklat/{courses.slug(course)}/daftar"
            db.session().rollback()
            web = site.start_web()
            requests = [
                load.post(path, f"csrf_token={one.csrf_token}", host=site.host, cookie=one.cookie) for one in visitors
            ]
            database = bench.databases.server if kind == "PostgreSQL" else None
            begin = time.perf_counter()
            crowd = Crowd(site.port, web.pid, database, requests)
            answers = asyncio.run(crowd.come())
            seconds = time.perf_counter() - begin
            db.engine().dispose()
            done = load.Run(answers, seconds)
            sold, waiting = rush._check(course, done, path, people, seats, times=2)
            yield {
                "database": kind, "people": people, "seats": seats, "sold": sold, "waiting": waiting,
                **crowd.cuts, "pressed_again": crowd.pressed_again, "seconds": round(seconds, 1),
            }  # fmt: skip


class Crowd:
    """Everybody presses until he is told, and then once more; at each of some shares of all answers, something dies.

    The database dies with the thread that started it, so it is stopped and started here.
    """

    def __init__(self, port: int, web: int, database: PostgresServer | None, requests: list[bytes]) -> None:
        self.port, self.web, self.database, self.requests = port, web, database, requests
        self.gate, self.cuts = asyncio.Semaphore(CONNECTIONS), Counter[str]()
        self.told, self.pressed_again = 0, 0

    async def come(self) -> list[load.Answer]:
        found = await asyncio.gather(*map(self._one, self.requests))
        return [answer for pair in found for answer in pair]

    async def _one(self, request: bytes) -> list[load.Answer]:
        async with self.gate:
            return [await self._tell(request), await self._tell(request)]

    async def _tell(self, request: bytes) -> load.Answer:
        begin = time.perf_counter()
        while time.perf_counter() - begin < PATIENCE:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                status, headers, body = await _ask(self.port, request)
                if status not in AWAY:
                    self.told += 1
                    await self._cut()
                    return load.Answer(status, time.perf_counter() - begin, headers, body)
            self.pressed_again += 1
            await asyncio.sleep(0.2)
        raise Wrong(f"nobody answered for {PATIENCE} s")

    async def _cut(self) -> None:
        share, rest = divmod(self.told, max(1, 2 * len(self.requests) // CUTS))
        if rest or share >= CUTS:
            return
        if share == CUTS // 2 and self.database is not None:
            self.cuts["database_away"] += 1
            self.database.stop()
            await asyncio.sleep(1)
            self.database.start()
            return
        for child in processes.below(self.web)[1:2]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            self.cuts["web_killed"] += 1


async def _ask(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(request)
        return await asyncio.wait_for(load._read(reader), 60)
    finally:
        writer.close()
