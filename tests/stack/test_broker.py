"""The embedded broker: addresses, persistence, what a killed one leaves behind, and no second one on the same files."""

from __future__ import annotations

import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import kombu
import pytest
import redis
from limits.storage import storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry

from calakan.stack import broker
from calakan.stack.broker import BrokerError, broker_problem, broker_url, client_url, limiter_url
from config import Settings
from tests.servers.broker import start_broker


@contextmanager
def running(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    process = start_broker(settings)
    assert process is not None
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def client(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(client_url(settings), socket_timeout=20)


@pytest.fixture(params=["socket", "tcp"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Awkward names on purpose: they go through three libraries' URLs and a configuration file."""
    if request.param == "tcp":
        return Settings(data_dir=tmp_path / ("long" * 30))
    # pytest's own directories can be too long for a socket already
    return Settings(data_dir=Path(request.getfixturevalue("short_dir")) / 'a b%20"ü?#')


@pytest.fixture
def short_dir() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="cal-", dir="/tmp") as place:
        yield place


def test_all_three_addresses_lead_to_it(settings: Settings) -> None:
    with running(settings):
        with closing(client(settings)) as own:
            own.set("seen", "yes")
        with kombu.Connection(broker_url(settings)) as connection:
            assert connection.default_channel.client.get("seen") == b"yes"
        assert storage_from_string(limiter_url(settings)).check()


def test_what_it_acknowledged_survives_a_kill_and_so_do_the_addresses(settings: Settings) -> None:
    before = broker_url(settings)
    with running(settings), closing(client(settings)) as own:
        own.rpush("celery", "one", "two")
    with running(settings), closing(client(settings)) as own:
        assert own.lrange("celery", 0, -1) == [b"one", b"two"]
    assert broker_url(settings) == before


def test_it_never_evicts_and_takes_no_snapshots(settings: Settings) -> None:
    with running(settings), closing(client(settings)) as own:
        wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec", "save": ""}
        assert {name: own.config_get(name)[name] for name in wanted} == wanted


def test_a_second_one_on_the_same_files_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "_LOCK_SECONDS", 0.1)
    with running(settings):
        with pytest.raises(BrokerError, match="already runs"):
            start_broker(settings)
        assert broker_problem(settings) is None


def test_others_on_this_machine_cannot_use_it(settings: Settings) -> None:
    place = settings.data_dir / "broker"
    with running(settings):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        if client_url(settings).startswith("redis://"):
            port = redis.connection.parse_url(client_url(settings))["port"]
            with (
                closing(redis.Redis(port=port, retry=Retry(NoBackoff(), 0))) as stranger,
                pytest.raises(redis.AuthenticationError),
            ):
                stranger.ping()
            assert {stat.S_IMODE((place / name).stat().st_mode) for name in ("address", "broker.conf")} == {0o600}


def test_a_port_taken_meanwhile_is_given_up(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / ("long" * 30))
    port = redis.connection.parse_url(client_url(settings))["port"]
    with socket.create_server(("127.0.0.1", port)), running(settings):
        assert redis.connection.parse_url(client_url(settings))["port"] != port
        assert broker_problem(settings) is None


def test_a_given_server_is_used_as_it_is() -> None:
    settings = Settings(redis_url="redis://queue.example.org:6380/3")
    assert {broker_url(settings), client_url(settings), limiter_url(settings)} == {"redis://queue.example.org:6380/3"}
    assert start_broker(settings) is None


def test_without_any_server_program_the_error_says_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(BrokerError, match="CALAKAN_REDIS_URL") as caught:
        start_broker(settings)
    assert "\n" not in str(caught.value)


def test_one_that_cannot_start_says_why(settings: Settings) -> None:
    with running(settings):
        pass
    manifest = settings.data_dir / "broker" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")
    with pytest.raises(BrokerError, match="did not come up") as caught:
        start_broker(settings)
    assert "\n" not in str(caught.value)
