"""`python -m calakan.stack.loader`: loads the application once and forks from it web, worker and beat, which share its memory.

It talks to the supervisor alone (`calakan.stack.forking`), does nothing else, and has no connection and no thread that a
fork could inherit.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import socket
import sys
import time
from importlib import import_module

from calakan.stack import counters, die_with, name_process
from calakan.stack.forking import BEGIN, LOADED, SOCKET
from calakan.stack.warm import warm
from config import load as settings

ADOPTED_SECONDS = 10.0  # after its parent has gone, a process has the supervisor as its parent at once
SERVERS = [
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "kombu.transport.redis",
]
_MOST = 65536  # bytes of a request; the file descriptors come beside it


def read() -> None:
    """The code of all that more than one of them needs; nothing here looks at the data, which may not be ready."""
    gc.disable()
    for module in ("calakan.app", *SERVERS):
        import_module(module)


def begin(link: socket.socket) -> None:
    """Wait until the supervisor wants us, and write where it reads."""
    said, files, _, _ = socket.recv_fds(link, len(BEGIN), 1)
    if said != BEGIN:
        sys.exit(0)  # whoever prepared the data has given up
    for file in files:
        _write_to(file)


def _write_to(output: int) -> None:
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


def load() -> None:
    """The application; then all of it out of the sight of their collectors, which would unshare it."""
    from celery_worker import web  # it looks at the data

    web.extensions["celery"].finalize()
    warm(web)
    gc.collect()
    gc.freeze()
    gc.enable()


def serve(link: socket.socket, supervisor: int) -> list[str]:
    """Fork for each request. Returns in the forks alone: what to run there."""
    link.send(LOADED)
    while True:
        request, files, _, _ = socket.recv_fds(link, _MOST, 8)
        if not request:
            sys.exit(0)  # the supervisor has hung up
        if _is_fork():
            link.close()
            return _begin(supervisor, json.loads(request), files[0], files[1:])
        for file in files:  # the first of them tells the supervisor when there is no fork
            os.close(file)


def _is_fork() -> bool:
    """Fork twice, so that the supervisor becomes the parent; without room for either there is no fork."""
    loader = os.getpid()
    with contextlib.suppress(OSError):
        if between := os.fork():
            os.waitpid(between, 0)
        elif os.fork() == 0:
            return True
    if os.getpid() != loader:
        os._exit(0)  # in between
    return False


def _begin(supervisor: int, wanted: dict[str, object], link: int, files: list[int]) -> list[str]:
    """The supervisor's child, in a session of its own, with its output, its files and its name."""
    os.setsid()
    deadline = time.monotonic() + ADOPTED_SECONDS
    while os.getppid() != supervisor and time.monotonic() < deadline:
        time.sleep(0.0005)
    die_with(supervisor)
    if wanted["output"]:
        output, *files = files
        _write_to(output)
    names = wanted["given"]
    assert isinstance(names, list)
    for name, file in zip(names, files, strict=True):
        os.environ[name] = str(file)
    del os.environ[SOCKET]
    name_process(f"calakan-{wanted['name']}")
    if not _is_known(link):
        os._exit(1)
    argv = wanted["argv"]
    assert isinstance(argv, list)
    return argv


def _is_known(file: int) -> bool:
    """Whether the supervisor has heard of this process; it may have given up waiting."""
    with socket.socket(fileno=file) as link, contextlib.suppress(OSError):
        link.send(str(os.getpid()).encode())
        return bool(link.recv(64))
    return False


def main() -> None:
    """`argv` is `python … -m module arguments`; options of Python before that were given to this process."""
    supervisor = os.getppid()
    link = socket.socket(fileno=int(os.environ[SOCKET]))
    link.set_inheritable(False)
    counters.share_once(settings())  # before what looks for it is loaded
    read()
    begin(link)
    load()
    argv = serve(link, supervisor)
    module, *arguments = argv[argv.index("-m") + 1 :]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
