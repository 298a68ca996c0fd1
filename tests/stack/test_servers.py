"""The servers that the other tests rely on do what their names say."""

from __future__ import annotations

import shutil
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.pool import NullPool

from tests.servers.broker import BrokerServer
from tests.servers.postgres import GivenServer, PostgresServer, open_server
from tests.servers.smtp import SmtpSink

ROOT = Path(__file__).parents[2]


def rows(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Runs the statements in one transaction; what the last one returned."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            result = connection.execute(sa.text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


class TestPostgres:
    def test_a_clone_has_its_templates_rows_and_its_own_life(self, postgres: PostgresServer) -> None:
        template = postgres.create_database("template_of_it")
        rows(template, "CREATE TABLE person (name text)", "INSERT INTO person VALUES ('Ṣāliḥ')")
        clone = postgres.create_database("clone_of_it", template="template_of_it")
        rows(clone, "INSERT INTO person VALUES ('Budi')")
        assert rows(clone, "SELECT upper(name) FROM person ORDER BY name") == [("BUDI",), ("ṢĀLIḤ",)]
        assert rows(template, "SELECT count(*) FROM person") == [(1,)]

    def test_dropping_ends_those_who_are_connected(self, postgres: PostgresServer) -> None:
        engine = sa.create_engine(postgres.create_database("crowded"))
        with engine.connect():
            postgres.drop_database("crowded")
        assert rows(postgres.url(), "SELECT 1 FROM pg_database WHERE datname = 'crowded'") == []
        postgres.drop_database("crowded")
        engine.dispose()

    def test_it_comes_back_with_its_rows(self, postgres: PostgresServer) -> None:
        url = postgres.create_database("kept")
        rows(url, "CREATE TABLE n (i int)", "INSERT INTO n VALUES (7)")
        for signum in (signal.SIGINT, signal.SIGQUIT):
            postgres.stop(signum)
            postgres.start()
            assert rows(url, "SELECT i FROM n") == [(7,)]

    def test_a_given_server_offers_the_same(self, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CALAKAN_TEST_DATABASE_URL", postgres.url())
        with open_server() as given:
            assert type(given) is GivenServer
            url = given.create_database("elsewhere")
            assert rows(url, "SELECT current_database()") == [("elsewhere",)]
            given.drop_database("elsewhere")

    def test_it_dies_with_the_tests(self) -> None:
        script = (
            "import sys; from tests.servers.postgres import PostgresServer\n"
            "with PostgresServer() as server: print(server.url(), flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert rows(url, "SELECT 1") == [(1,)]
            process.kill()
        place = Path(str(sa.make_url(url).query["host"]))
        deadline = time.monotonic() + 60
        while (place / "data" / "postmaster.pid").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with pytest.raises(sa.exc.OperationalError):
            rows(url, "SELECT 1")
        shutil.rmtree(place)


@pytest.mark.parametrize("tcp", [False, True])
def test_broker_stops_starts_freezes_and_forgets(tcp: bool) -> None:
    with BrokerServer(tcp=tcp) as server, closing(server.client()) as client:
        assert server.url.startswith("redis://" if tcp else "redis+socket://")
        client.set("a", "1")
        for end in (server.stop, server.kill):
            end()
            with pytest.raises(redis.ConnectionError):
                server.client().ping()
            server.start()
            assert client.get("a") == b"1"
        server.pause()
        hasty = redis.Redis.from_url(server.client_url, socket_timeout=0.2, retry=Retry(NoBackoff(), 0))
        with closing(hasty), pytest.raises(redis.TimeoutError):
            hasty.ping()
        server.resume()
        server.flush()
        assert client.get("a") is None


def send(sink: SmtpSink, *recipients: str, timeout: float = 20) -> dict[str, tuple[int, bytes]]:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "calakan@example.org", ", ".join(recipients), "Pengingat ḥ"
    message.set_content("Besok pukul 08.00.\n")
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=timeout) as smtp:
        return smtp.send_message(message)


class TestSmtp:
    def test_ok(self) -> None:
        with SmtpSink() as sink:
            assert send(sink, "guru@example.org", "kepsek@example.org") == {}
            [received] = sink.messages
            assert received.sender == "calakan@example.org"
            assert received.recipients == ("guru@example.org", "kepsek@example.org")
            assert received.message["Subject"] == "Pengingat ḥ"
            assert received.message.get_content() == "Besok pukul 08.00.\n"

    def test_slow(self) -> None:
        with SmtpSink("slow", delay=0.3) as sink:
            begin = time.monotonic()
            send(sink, "guru@example.org")
            assert time.monotonic() - begin >= 0.3
            assert len(sink.wait_for(1)) == 1

    def test_temporary(self) -> None:
        with SmtpSink("temporary", failures=2) as sink:
            for _ in range(2):
                with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
                    send(sink, "guru@example.org")
                assert caught.value.recipients["guru@example.org"][0] == 451
            send(sink, "guru@example.org")
            assert (len(sink.messages), sink.attempts["guru@example.org"]) == (1, 3)

    def test_permanent(self) -> None:
        with SmtpSink("permanent", refused={"gone@example.org"}) as sink:
            refused = send(sink, "gone@example.org", "guru@example.org")
            assert {address: code for address, (code, _) in refused.items()} == {"gone@example.org": 550}
            assert sink.messages[0].recipients == ("guru@example.org",)

    def test_drop(self) -> None:
        with SmtpSink("drop") as sink:
            with pytest.raises(smtplib.SMTPServerDisconnected):
                send(sink, "guru@example.org")
            assert len(sink.messages) == 1

    def test_refuse(self) -> None:
        with SmtpSink("refuse") as sink:
            assert sink.url == f"smtp://127.0.0.1:{sink.port}"
            assert sink.port > 0
            with pytest.raises(ConnectionRefusedError):
                send(sink, "guru@example.org")
            sink.mode = "ok"
            send(sink, "guru@example.org")
            sink.mode = "refuse"
            with pytest.raises(ConnectionRefusedError):
                send(sink, "guru@example.org")

    def test_hang(self) -> None:
        with SmtpSink() as sink:
            sink.mode = "hang"
            begin = time.monotonic()
            with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
                send(sink, "guru@example.org", timeout=0.3)
            assert time.monotonic() - begin >= 0.3
            sink.mode = "ok"
            send(sink, "guru@example.org")
            assert len(sink.messages) == 1
            sink.clear()
            assert sink.messages == []
