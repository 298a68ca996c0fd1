"""An S3-compatible server in a process of its own, that can be frozen. It keeps what it is given until the end of the block."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from functools import partial
from typing import Self

from calakan.stack import die_with
from tests.servers.ports import free_port

START_SECONDS = 60.0


class BucketServer:
    """`url` is what CALAKAN_FILES_URL says; the bucket is there."""

    def __init__(self, name: str = "calakan") -> None:
        self.port, self.name = free_port(), name

    @property
    def url(self) -> str:
        return f"s3://kunci:rahasia%2F1@{self.name}?endpoint=http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=partial(die_with, os.getpid()),
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "the S3-compatible server does not start"
            assert time.monotonic() < deadline, "the S3-compatible server does not answer"
            time.sleep(0.1)
        from calakan.kernel.buckets import Bucket

        Bucket(self.url).ensure()
        return self

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/moto-api/", timeout=2):
                return True
        except OSError:
            return False

    def pause(self) -> None:
        """From now on it accepts connections and never answers."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
