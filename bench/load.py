"""A small HTTP/1.1 client that keeps many connections busy. It measures; it does not interpret."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import brotli


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Run:
    answers: Sequence[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        return round(len(self.answers) / self.seconds, 1)

    def milliseconds(self, share: float) -> float:
        """So many of the answers (0.95: 95 %) came within this time."""
        return quantile([answer.seconds for answer in self.answers], share)


def quantile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


def get(path: str, *, host: str, cookie: str = "", sender: str = "") -> bytes:
    """`sender` is the address that a trusted proxy would name."""
    return _request("GET", path, host, cookie, sender=sender)


def post(path: str, body: str, *, host: str, cookie: str = "") -> bytes:
    return _request("POST", path, host, cookie, body.encode())


def _request(method: str, path: str, host: str, cookie: str, body: bytes = b"", *, sender: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: text/html", "Accept-Encoding: br, gzip"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if sender:
        lines.append(f"X-Forwarded-For: {sender}")
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send(port: int, requests: Sequence[bytes], *, connections: int = 1) -> Run:
    """All requests, each once, over that many connections. The time of one is until its last byte, opening included."""
    return asyncio.run(_send(port, deque(requests), connections))


async def _send(port: int, waiting: deque[bytes], connections: int) -> Run:
    answers: list[Answer] = []
    begin = time.perf_counter()
    await asyncio.gather(*(_connection(port, waiting, answers) for _ in range(connections)))
    return Run(answers, time.perf_counter() - begin)


def spread(port: int, requests: Sequence[bytes], *, seconds: float) -> Sequence[Answer]:
    """Each request once and on a connection of its own, evenly over so many seconds, whether others are answered or not.

    The time of one begins when it was to be sent, so that whoever waits is counted. In the order of the requests.
    """
    return asyncio.run(_spread(port, requests, seconds))


async def _spread(port: int, requests: Sequence[bytes], seconds: float) -> Sequence[Answer]:
    begin = time.perf_counter()

    async def one(place: int, request: bytes) -> Answer:
        planned = begin + place * seconds / len(requests)
        await asyncio.sleep(max(planned - time.perf_counter(), 0))
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        writer.write(request)
        status, headers, body = await asyncio.wait_for(_read(reader), 120)
        writer.close()
        return Answer(status, time.perf_counter() - planned, headers, body)

    return await asyncio.gather(*(one(place, request) for place, request in enumerate(requests)))


async def _connection(port: int, waiting: deque[bytes], answers: list[Answer]) -> None:
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while waiting:
        request, begin = waiting.popleft(), time.perf_counter()
        used = streams is not None
        streams = streams or await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        streams[1].write(request)
        try:
            status, headers, body = await asyncio.wait_for(_read(streams[0]), 120)
        except (asyncio.IncompleteReadError, ConnectionError):
            if not used:
                raise
            # The server had closed the kept connection before it read this: ask again on a new one, as browsers do.
            streams = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
            streams[1].write(request)
            status, headers, body = await asyncio.wait_for(_read(streams[0]), 120)
        answers.append(Answer(status, time.perf_counter() - begin, headers, body))
        if headers.get("connection") == "close":
            streams[1].close()
            streams = None
    if streams is not None:
        streams[1].close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return int(head[0].split()[1]), headers, body


def plain(answer: Answer) -> bytes:
    """The body as it was before it was compressed."""
    encoding = answer.headers.get("content-encoding", "")
    if encoding == "br":
        return bytes(brotli.decompress(answer.body))
    return gzip.decompress(answer.body) if encoding == "gzip" else answer.body
