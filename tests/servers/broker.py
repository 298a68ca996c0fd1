"""A broker for the tests, the same as the product's own, that can be stopped, frozen and emptied."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import redis

from calakan.stack.broker import (
    SOCKET_PATH_LIMIT,
    START_SECONDS,
    BrokerError,
    broker_problem,
    broker_url,
    client_url,
    failure,
    launch_broker,
    limiter_url,
)
from config import Settings


def start_broker(settings: Settings) -> subprocess.Popen[bytes] | None:
    """Start the embedded broker and wait until it answers; None when `redis_url` names a server.

    Refuses with BrokerError when there is no server program, when another one already runs in this data directory, and
    when it does not answer within 10 s. What a killed one left behind (socket, port, half a command) does no harm.
    """
    process = launch_broker(settings)
    if process is None:
        return None
    deadline = time.monotonic() + START_SECONDS
    while broker_problem(settings):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise BrokerError(failure(settings))
        time.sleep(0.02)
    return process


class BrokerServer:
    """A real Valkey: on a Unix socket, or with `tcp` on a free loopback port with a password.

    The addresses stay the same over `stop` and `start`, and so do the data, as in the product.
    """

    def __init__(self, *, tcp: bool = False) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="calakan-broker-"))
        # A path too long for a socket is the product's own reason to use TCP.
        data_dir = self._place / ("long-" * (SOCKET_PATH_LIMIT // 5)) if tcp else self._place
        self.settings = Settings(data_dir=data_dir)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._place, ignore_errors=True)

    @property
    def url(self) -> str:
        """For Celery."""
        return broker_url(self.settings)

    @property
    def client_url(self) -> str:
        """For redis-py; as CALAKAN_REDIS_URL only with `tcp`."""
        return client_url(self.settings)

    @property
    def limiter_url(self) -> str:
        """For Flask-Limiter."""
        return limiter_url(self.settings)

    def client(self) -> redis.Redis:
        """A connection of the test's own."""
        return redis.Redis.from_url(self.client_url, socket_timeout=20)

    def start(self) -> None:
        """Start, and return when it answers; nothing happens when it runs."""
        if self._process is None:
            self._process = start_broker(self.settings)

    def stop(self) -> None:
        """In order: it writes everything down."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Without a warning."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """From now on it accepts connections and never answers."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def flush(self) -> None:
        """Forget everything."""
        with contextlib.closing(self.client()) as client:
            client.flushall()

    def _send(self, signum: int) -> None:
        if self._process is not None:
            self._process.send_signal(signum)

    def _end(self, signum: int) -> None:
        if self._process is not None:
            self._send(signum)
            self.resume()
            self._process.wait(10)
            self._process = None
