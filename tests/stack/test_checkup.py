"""What `doctor` finds outside of the application, asked of a real DNS server and a real TLS one."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.message
import dns.resolver
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import config
from calakan.cli import checkup

NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)
RECORDS = {
    "sekolah.test.": ["google-site-verification=x", "v=spf1 include:relay.test ~all"],
    "calakan._domainkey.sekolah.test.": ["v=DKIM1; k=ed25519; p=abc"],
    "_dmarc.sekolah.test.": ["v=DMARC1; p=none"],
}


@contextmanager
def named(records: dict[str, list[str]]) -> Iterator[dns.resolver.Resolver]:
    """A name server that knows these TXT records and nothing else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                wire, asker = server.recvfrom(4096)
                if not wire:
                    return
                question = dns.message.from_wire(wire)
                answer, name = dns.message.make_response(question), question.question[0].name
                if texts := records.get(name.to_text()):
                    answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{text}"' for text in texts)))
                server.sendto(answer.to_wire(), asker)

        thread = threading.Thread(target=serve)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
        yield resolver
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", server.getsockname())
        thread.join()


def settings(tmp_path: Path, **environ: str) -> config.Settings:
    given = {"CALAKAN_DATA_DIR": str(tmp_path), "CALAKAN_MAIL_FROM": "Rumah Diklat <calakan@sekolah.test>", **environ}
    return config.load(given)


def test_the_records_of_mail_are_read(tmp_path: Path) -> None:
    key = tmp_path / "dkim.pem"
    key.touch()
    signing = {"CALAKAN_DKIM_KEY": str(key), "CALAKAN_DKIM_SELECTOR": "calakan"}
    with named(RECORDS) as resolver:
        assert list(checkup.mail_records(settings(tmp_path, **signing), resolver)) == [
            "SPF of sekolah.test: v=spf1 include:relay.test ~all",
            "DKIM at calakan._domainkey.sekolah.test: there",
            "DMARC of sekolah.test: v=DMARC1; p=none",
        ]
    with named({}) as resolver:
        lines = list(checkup.mail_records(settings(tmp_path, **signing), resolver))
        assert [line.split(": ")[1] for line in lines] == ["MISSING"] * 3
        unsigned = list(checkup.mail_records(settings(tmp_path), resolver))
        assert "CALAKAN_DKIM_KEY" in unsigned[1]


def certificate(tmp_path: Path, until: datetime) -> Path:
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=400))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place = tmp_path / "tls.pem"
    place.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    return place


@contextmanager
def served(pem: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{server.getsockname()[1]}"
        thread.join()


def trusting(pem: Path) -> ssl.SSLContext:
    found = ssl.create_default_context(cafile=str(pem))
    found.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    return found


def test_how_long_the_certificate_of_the_site_holds(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    pem = certificate(tmp_path, now + timedelta(days=90))
    with served(pem) as url:
        said = checkup.site_certificate(url, now, trusted=trusting(pem))
    assert said == f"until {now + timedelta(days=90):%Y-%m-%d}"
    with served(pem) as url:
        assert checkup.site_certificate(url, now).startswith("NOT TRUSTED by browsers: self")
    pem = certificate(tmp_path, now - timedelta(days=1))
    with served(pem) as url:
        assert "expired" in checkup.site_certificate(url, now, trusted=trusting(pem))
    assert checkup.site_certificate("http://localhost", now) == "none, the address is not https"


def test_a_site_that_cannot_be_reached_says_where() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert checkup.site_certificate(f"https://localhost:{port}", NOW).startswith(f"NOT REACHED at localhost:{port} (")


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "ENDED on 2026-11-29: renew it"), (5, "until 2026-12-05 (ENDS IN 5 d: renew it)"), (21, "until 2026-12-21")],
)
def test_a_certificate_is_to_be_renewed_in_time(days: int, said: str) -> None:
    assert checkup.days_left(NOW + timedelta(days=days), NOW) == said


def test_clocks_that_differ_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert checkup.clock(NOW + timedelta(seconds=6), NOW).startswith("6 s apart from the database's (WRONG")
    tool = tmp_path / "timedatectl"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for answer, said in (("yes", "synchronised"), ("no", "not synchronised (WRONG SOON"), ("", "nothing here says")):
        tool.write_text(f"#!/bin/sh\necho {answer}\n")
        tool.chmod(0o755)
        assert checkup.clock(NOW + timedelta(seconds=4), NOW).startswith(said)
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    assert checkup.clock(None, NOW).startswith("nothing here says")


@pytest.mark.parametrize(
    ("free", "total", "little"),
    [(5_000_000_000, 20_000_000_000, False), (1_999_999_999, 20_000_000_000, True), (3_000_000_000, 70_000_000_000, True)],
)  # fmt: skip
def test_a_disk_that_gets_full_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, total: int, little: bool
) -> None:
    usage = type(shutil.disk_usage(tmp_path))(total, total - free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    said = checkup.disk(tmp_path)
    assert said.startswith(f"{free // 1_000_000} MB of {total // 1_000_000} MB free")
    assert ("LITTLE" in said) is little
