"""A mail server for the tests that keeps what it accepts and misbehaves on demand. Knows nothing about our messages."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

Mode = Literal["ok", "slow", "temporary", "permanent", "drop", "refuse", "hang"]


@dataclass(frozen=True)
class Received:
    """One message that was accepted: everything up to and including its last line."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class SmtpSink:
    """A server on 127.0.0.1 with a port of its own, which it keeps. `mode` may be changed at any time, from any thread:

    ok         accepts
    slow       accepts after `delay` seconds
    temporary  451 for the first `failures` attempts of each recipient, then accepts
    permanent  550 for the recipients in `refused`, accepts the others
    drop       takes the whole message (it is in `messages`) and closes before the answer
    refuse     nobody listens: connections are refused
    hang       accepts connections and never says a word

    `meanwhile` is called with the number of each message, in a thread of its own, while the client waits for the answer.
    """

    def __init__(
        self,
        mode: Mode = "ok",
        *,
        delay: float = 2.0,
        failures: int = 2,
        refused: frozenset[str] | set[str] = frozenset(),
        meanwhile: Callable[[int], None] = lambda number: None,
    ) -> None:
        self.delay = delay
        self.failures = failures
        self.refused = frozenset(refused)
        self.meanwhile = meanwhile
        self.dropped = 0  # how often it closed before the answer
        self._mode: Mode = mode
        self._lock = threading.Lock()
        self._messages: list[Received] = []
        self._contents: list[bytes] = []
        self._attempts: Counter[str] = Counter()
        self._hanging: set[asyncio.Transport] = set()
        self._open: set[asyncio.Transport] = set()
        self.connections = 0  # how many were made
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.AbstractServer | None = None
        self.port = 0  # the first free one, from then on always the same

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-sink", daemon=True)
        self._thread.start()
        self._run(self._listen_as_mode_says())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def url(self) -> str:
        """For CALAKAN_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._run(self._listen_as_mode_says())

    @property
    def messages(self) -> list[Received]:
        """What was accepted until now, in order."""
        with self._lock:
            return list(self._messages)

    @property
    def contents(self) -> list[bytes]:
        """The same, byte for byte."""
        with self._lock:
            return list(self._contents)

    @property
    def open_connections(self) -> int:
        return len(self._open)

    def hang_up(self) -> None:
        """End every connection, as a server does that wants to restart."""
        self._run(self._abort())

    @property
    def attempts(self) -> Counter[str]:
        """How often each recipient was named by a client."""
        with self._lock:
            return self._attempts.copy()

    def clear(self) -> None:
        """Forget messages and attempts."""
        with self._lock:
            self._messages.clear()
            self._contents.clear()
            self._attempts.clear()

    def wait_for(self, count: int, seconds: float = 60.0) -> list[Received]:
        """The messages, as soon as there are `count`; an AssertionError when they do not come."""
        deadline = time.monotonic() + seconds
        while len(self.messages) < count:
            assert time.monotonic() < deadline, f"{len(self.messages)} of {count} messages after {seconds} s"
            time.sleep(0.01)
        return self.messages

    # From here on: called by the server, in its own thread.

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        with self._lock:
            self._attempts[address] += 1
            attempt = self._attempts[address]
        if self.mode == "temporary" and attempt <= self.failures:
            return "451 4.3.0 try again later"
        if self.mode == "permanent" and address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mode = self.mode
        if mode == "slow":
            await asyncio.sleep(self.delay)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(content.replace(b"\r\n", b"\n"), policy=email.policy.default)
        with self._lock:
            self._messages.append(Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), message))
            self._contents.append(content)
            number = len(self._messages)
        await asyncio.to_thread(self.meanwhile, number)
        if mode == "drop":
            self.dropped += 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.sleep(60)  # cancelled at once, because the connection is gone
        return "250 2.0.0 accepted"

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _listen_as_mode_says(self) -> None:
        if self.mode != "hang":
            self._let_go()
        if self._server is None and (self.mode != "refuse" or not self.port):
            self._server = await self._loop.create_server(self._protocol, "127.0.0.1", self.port)
            self.port = int(self._server.sockets[0].getsockname()[1])
        if self.mode == "refuse":
            self._close()

    async def _shut(self) -> None:
        self._close()
        self._let_go()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _let_go(self) -> None:
        while self._hanging:
            self._hanging.pop().close()

    async def _abort(self) -> None:
        while self._open:
            self._open.pop().abort()
        await asyncio.sleep(0)

    def _protocol(self) -> asyncio.BaseProtocol:
        if self.mode == "hang":
            return _Mute(self._hanging)
        return _Counted(self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)


class _Counted(SMTP):
    """Tells its server when it comes and goes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.sink: SmtpSink = self.event_handler
        self.sink.connections += 1
        self.sink._open.add(transport)
        self.mine = transport
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.sink._open.discard(self.mine)
        super().connection_lost(error)


class _Mute(asyncio.Protocol):
    """Says nothing, not even the greeting."""

    def __init__(self, hanging: set[asyncio.Transport]) -> None:
        self._hanging = hanging

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._hanging.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._hanging.discard(self._transport)
