"""Connections that are kept fall evenly on the web processes, and a process that is gone or hangs is not waited for."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import free_port

CONF = """
from calakan.stack import balanced
balanced.PATIENCE_SECONDS = {patience}
worker_class = "calakan.stack.balanced.BalancedWorker"
workers, threads, keepalive, preload_app, control_socket_disable = 2, 16, 30, True, True
def on_starting(server):
    balanced.begin()
def child_exit(server, worker):
    balanced.ended(worker)
def post_worker_init(worker):
    open(f"up-{worker.pid}", "w")
"""
SITE = """
import os
def site(environ, start_response):
    start_response("200 OK", [("Content-Length", "7")])
    return [f"{os.getpid():7}".encode()]
"""


@contextmanager
def serving(place: Path, *, patience: float) -> Iterator[int]:
    (place / "conf.py").write_text(CONF.replace("{patience}", str(patience)))
    (place / "site_of_test.py").write_text(SITE)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "conf.py", "-b", f"127.0.0.1:{port}", "site_of_test:site"]
    with subprocess.Popen(command, cwd=place) as process:
        try:
            while len(list(place.glob("up-*"))) < 2:
                assert process.poll() is None
                time.sleep(0.01)
            both(port)
            yield port
        finally:
            process.terminate()


def asked(connection: socket.socket) -> int:
    """Which process answered."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    answer = b""
    while not (found := re.search(rb"\r\n\r\n(.{7})$", answer)):
        answer += connection.recv(4096)
    return int(found[1])


def leave(connection: socket.socket) -> None:
    """Back when the process has counted it out: it does so before it closes its side."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    while connection.recv(4096):
        pass
    connection.close()


def visitors(port: int, count: int = 8) -> Counter[int]:
    """Who answers so many that stay connected; process -> how many of them."""
    kept = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(count)]
    found = Counter(map(asked, kept))
    for one in kept:
        leave(one)
    return found


def both(port: int) -> None:
    """Back when two processes share their visitors: one that is up may not have begun to take connections."""
    while len(visitors(port)) < 2:
        pass


def test_kept_connections_fall_evenly(tmp_path: Path) -> None:
    with serving(tmp_path, patience=60) as port:
        for _ in range(10):
            found = visitors(port)
            assert (len(found), sum(found.values())) == (2, 8)
            assert min(found.values()) >= 3


def test_whoever_hangs_is_not_waited_for(tmp_path: Path) -> None:
    with serving(tmp_path, patience=0.005) as port:
        first, second = (int(path.name[3:]) for path in tmp_path.glob("up-*"))
        os.kill(first, signal.SIGSTOP)
        try:
            assert visitors(port)[second] == 8
        finally:
            os.kill(first, signal.SIGCONT)


def test_whoever_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    with serving(tmp_path, patience=60) as port:
        first = min(visitors(port))
        os.kill(first, signal.SIGKILL)
        while len(list(tmp_path.glob("up-*"))) < 3:
            time.sleep(0.01)
        both(port)
        found = visitors(port)
    assert first not in found
    assert min(found.values()) >= 3
