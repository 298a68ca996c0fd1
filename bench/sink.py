"""A mail server in a process of its own: accepts, counts Message-IDs, and tells when asked by a line on its input."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Sink:
    url: str
    process: subprocess.Popen[str]

    def counts(self) -> tuple[int, int]:
        """Messages accepted, and how many of them are different."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        accepted, different = json.loads(self.process.stdout.readline())
        return accepted, different


@contextmanager
def open_sink() -> Iterator[Sink]:
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Sink(f"smtp://127.0.0.1:{int(process.stdout.readline())}", process)
        assert process.stdin is not None
        process.stdin.close()  # it ends with its input


class _Counter:
    def __init__(self) -> None:
        self.accepted = 0
        self.ids: set[bytes] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        head = content.partition(b"\r\n\r\n")[0]
        self.accepted += 1
        self.ids.add(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")))
        return "250 2.0.0 accepted"


async def main() -> None:
    loop, counter = asyncio.get_running_loop(), _Counter()
    server = await loop.create_server(lambda: SMTP(counter, hostname="localhost", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps([counter.accepted, len(counter.ids)]), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
