"""The bell rings beside whoever asks for it, once for many, and loses nothing."""

from __future__ import annotations

import os
import select
import signal
import threading
import time

from calakan.bell import Bell


def test_nobody_waits_for_a_slow_broker_and_many_rings_are_one() -> None:
    rung: list[str] = []
    begun, slow = threading.Event(), threading.Event()

    def send(queue: str) -> None:
        begun.set()
        slow.wait(60)
        rung.append(queue)

    bell = Bell(send)
    bell.ring("a")
    assert begun.wait(60)
    begin = time.monotonic()
    for _ in range(100):
        bell.ring("a")
        bell.ring("b")
    assert time.monotonic() - begin < 10
    assert rung == []
    slow.set()
    deadline = time.monotonic() + 60
    while len(rung) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    # The first one was under way when the others were asked for; those are one each.
    assert rung == ["a", "a", "b"]


def test_a_forked_process_rings_with_a_thread_of_its_own() -> None:
    begun, rung = threading.Event(), threading.Event()

    def send(queue: str) -> None:
        if queue == "held":
            begun.set()
            rung.wait(60)
        else:
            os.write(ours, queue.encode())

    theirs, ours = os.pipe()
    bell = Bell(send)
    bell.ring("held")
    assert begun.wait(60)
    if (child := os.fork()) == 0:
        bell.ring("forked")
        time.sleep(60)
        os._exit(0)
    rung.set()
    told, _, _ = select.select([theirs], [], [], 30)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert told
    assert os.read(theirs, 100) == b"forked"
    os.close(theirs)
    os.close(ours)
