"""What the relay gets: mails that a strict reader takes, signed if wanted, over connections that outlive a batch."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

import config
from calakan.notifications.channels import dkim, mail, relay, rfc5322
from calakan.notifications.channels.interface import Outcome, Parcel
from calakan.notifications.letters import Attachment, Letter
from tests.servers.smtp import SmtpSink

AT = datetime(2027, 3, 9, tzinfo=UTC)
SENDER = "Banyumas Calakan <calakan@example.org>"


def parcel(subject: str = "Besok", text: str = "Isi.\n", **values: Any) -> Parcel:
    attachments = values.pop("attachments", [])
    usual = {"key": "k", "kind": "test", "address": "sri@example.org", "name": "Sri Mulyati", "at": AT, "mark": "7.aa"}
    return Parcel(Letter(subject, text, attachments), **{**usual, **values})


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert found.defects == []
    assert all(not value.defects for _, value in found.items())
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in raw.split(b"\r\n"))
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize(
    ("subject", "name", "text"),
    [
        ("Besok: Numerasi", "Sri Mulyati", "Isi.\n"),
        ("Sesi “Numerasi – Kelas Besar” " * 8 + ".", "Ṣāliḥ, S.Pd. \"Gr\"", "Yth. Ṣāliḥ – " * 60 + "\n"),
        ("x" * 300, "a" * 200, "y" * 5000 + "\n.\n..\nFrom me\n"),
    ],
)  # fmt: skip
def test_what_is_written_is_what_a_strict_reader_reads(subject: str, name: str, text: str) -> None:
    link = "https://calakan.test/berhenti/" + "x" * 90
    found = read(rfc5322.mail_of(parcel(subject, text, name=name, unsubscribe=link), sender=SENDER))
    assert str(found["Subject"]) == subject
    assert found["To"].addresses[0].display_name == name
    assert found["To"].addresses[0].addr_spec == "sri@example.org"
    assert (str(found["From"]), found["Message-ID"]) == (SENDER, "<7.aa@example.org>")
    assert (found["List-Unsubscribe"], found["Date"].datetime) == (f"<{link}>", AT)
    assert found.get_content().replace("\r\n", "\n") == f"{text}\nTidak ingin surat seperti ini lagi: {link}\n"


def test_attachments_keep_their_kind_and_name() -> None:
    items = [
        Attachment("undangan.ics", b"BEGIN:VCALENDAR\r\n", "text", "calendar", {"method": "REQUEST"}),
        Attachment("sertifikat ṣ.pdf", b"%PDF-" + bytes(range(256)), "application", "pdf"),
    ]
    found = read(rfc5322.mail_of(parcel(attachments=items), sender=SENDER))
    assert found.get_body().get_content() == "Isi.\r\n"
    parts = list(found.iter_attachments())
    assert [part.get_filename() for part in parts] == ["undangan.ics", "sertifikat ṣ.pdf"]
    assert [part.get_content_type() for part in parts] == ["text/calendar", "application/pdf"]
    assert parts[0].get_param("method") == "REQUEST"
    assert [part.get_payload(decode=True) for part in parts] == [item.content for item in items]


@pytest.mark.parametrize(
    "values",
    [{"name": "Sri\r\nBcc: x@example.org"}, {"subject": "a\nBcc: x"}, {"address": "a@example.org\r\nBcc: b@example.org"},
     {"name": "a\x00"}, {"name": "a\u2028b"}, {"address": "sṛi@example.org"}, {"subject": "a\x1b[31m"}],
)  # fmt: skip
def test_nothing_of_a_letter_writes_headers(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"header|ascii"):
        rfc5322.mail_of(parcel(**values), sender=SENDER)
    channel = mail.SmtpChannel("smtp://127.0.0.1:1", SENDER)
    assert channel.send(parcel(**values)).outcome is Outcome.REFUSED


class TestConnections:
    @pytest.fixture
    def channel(self) -> Callable[[SmtpSink], mail.SmtpChannel]:
        return lambda sink: mail.SmtpChannel(sink.url, SENDER)

    def test_the_next_batch_goes_on_with_the_same_one(self, channel: Callable[[SmtpSink], mail.SmtpChannel]) -> None:
        with SmtpSink() as sink:
            for _ in range(3):
                batch = channel(sink)
                assert [batch.send(parcel()).outcome for _ in range(2)] == [Outcome.SENT] * 2
                batch.close()
            assert (len(sink.messages), sink.connections) == (6, 1)

    def test_one_that_is_gone_is_replaced_and_nothing_is_in_doubt(
        self, channel: Callable[[SmtpSink], mail.SmtpChannel]
    ) -> None:
        with SmtpSink() as sink:
            batch = channel(sink)
            for again in (False, True, True):
                if again:
                    sink.hang_up()  # between two mails of a batch
                assert batch.send(parcel()).outcome is Outcome.SENT
            batch.close()
            sink.hang_up()  # between two batches
            other = channel(sink)
            assert other.send(parcel()).outcome is Outcome.SENT
            assert (len(sink.messages), sink.connections) == (4, 4)
            sink.hang_up()
            sink.mode = "refuse"
            assert other.send(parcel()).outcome is Outcome.LATER

    def test_what_nobody_wants_for_a_while_is_closed(
        self, channel: Callable[[SmtpSink], mail.SmtpChannel], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(relay, "IDLE_SECONDS", 0.1)
        with SmtpSink() as sink:
            batches = [channel(sink) for _ in range(relay.MOST_IDLE + 2)]
            for batch in batches:
                assert batch.send(parcel()).outcome is Outcome.SENT
            assert sink.open_connections == relay.MOST_IDLE + 2
            for batch in batches:
                batch.close()
            deadline = time.monotonic() + 60
            while sink.open_connections:
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def test_a_server_that_hangs_is_given_up_in_time(
        self, channel: Callable[[SmtpSink], mail.SmtpChannel], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert relay.TIMEOUT_SECONDS <= 30
        monkeypatch.setattr(relay, "TIMEOUT_SECONDS", 0.3)
        with SmtpSink("hang") as sink:
            begin = time.monotonic()
            assert channel(sink).send(parcel()).outcome is Outcome.LATER
            assert time.monotonic() - begin < 20


# The example of RFC 8463, appendix A.
EXAMPLE = """\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace("\n", "\r\n").encode()
DNS = {"brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}


def tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip(): re.sub(r"\s", "", value) for name, _, value in pairs}


def verified(raw: bytes, dns: dict[str, str]) -> bool:
    """A receiver of mail, line by line as RFC 6376 tells it; shares nothing with what signs."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = [line.split(":", 1) for line in re.sub(r"\r\n(?=[ \t])", "", head.decode()).split("\r\n")]
    signature = next(value for name, value in fields if name == "DKIM-Signature")
    given = tags(signature)
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    if base64.b64encode(hashlib.sha256(b"".join(line + b"\r\n" for line in lines)).digest()).decode() != given["bh"]:
        return False
    left, data = list(reversed(fields)), ""
    for name in given["h"].split(":"):
        index = next((n for n, (field, _) in enumerate(left) if field.lower() == name.lower()), None)
        if index is not None:
            data += f"{name.lower()}:{' '.join(left.pop(index)[1].split())}\r\n"
    data += "dkim-signature:" + " ".join(re.sub(r"(?<=; b=).*|(?<=;b=).*", "", signature).split())
    public = tags(dns[f"{given['s']}._domainkey.{given['d']}"])
    key, signed = base64.b64decode(public["p"]), base64.b64decode(given["b"])
    try:
        if given["a"] == "ed25519-sha256":
            loaded = ed25519.Ed25519PublicKey.from_public_bytes(key)
            loaded.verify(signed, hashlib.sha256(data.encode()).digest())
        else:
            rsa_key = serialization.load_der_public_key(key)
            assert isinstance(rsa_key, rsa.RSAPublicKey)
            rsa_key.verify(signed, data.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def test_the_receiver_knows_the_example_of_the_standard_from_a_forgery() -> None:
    assert verified(EXAMPLE, DNS)
    assert not verified(EXAMPLE.replace(b"hungry", b"thirsty"), DNS)
    assert not verified(EXAMPLE.replace(b"Suzie", b"Susie"), DNS)


Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def written(key: Key, place: Path) -> Path:
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    place.write_bytes(key.private_bytes(kind, form, serialization.NoEncryption()))
    return place


def published(key: Key) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return (
            "v=DKIM1; p=" + base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()
        )
    return "v=DKIM1; k=ed25519; p=" + base64.b64encode(key.public_key().public_bytes_raw()).decode()


@pytest.mark.parametrize("make", [ed25519.Ed25519PrivateKey.generate, lambda: rsa.generate_private_key(65537, 2048)])
def test_a_signed_mail_is_believed_and_a_changed_one_is_not(make: Callable[[], Key], tmp_path: Path) -> None:
    key = make()
    signer = dkim.signer_of(written(key, tmp_path / "key.pem"), "s2027", "example.org")
    dns = {"s2027._domainkey.example.org": published(key)}
    link = "https://calakan.test/berhenti/" + "x" * 90
    letters = [
        parcel(), parcel("Sesi “Numerasi”" * 9, "Yth.  Ṣāliḥ \t \n\n.\n\n\n", unsubscribe=link, name="Ṣāliḥ"),
        parcel(attachments=[Attachment("a.ics", b"BEGIN:VCALENDAR\r\n" * 90, "text", "calendar")]),
    ]  # fmt: skip
    for letter in letters:
        raw = signer.signed(rfc5322.mail_of(letter, sender=SENDER), AT)
        read(raw)
        assert verified(raw, dns)
        for before, after in ((b"sri@", b"ani@"), (b"7.aa", b"7.ab"), (b"calakan@", b"penipu@")):
            assert before in raw
            assert not verified(raw.replace(before, after), dns)
        assert not verified(raw.replace(b"\r\nTo:", b"\r\nFrom: x@example.net\r\nTo:"), dns)
        assert not verified(raw + b"P.S.\r\n", dns)


def test_what_reaches_the_relay_is_signed(tmp_path: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    signer = dkim.signer_of(written(key, tmp_path / "key.pem"), "s", "example.org")
    with SmtpSink() as sink:
        channel = mail.SmtpChannel(sink.url, SENDER, signer=signer)
        assert channel.send(parcel(text="Satu\n.\n..dua\n")).outcome is Outcome.SENT
        channel.close()
        assert verified(sink.contents[0], {"s._domainkey.example.org": published(key)})


def test_a_key_that_cannot_sign_is_told_at_the_start(tmp_path: Path) -> None:
    small = written(rsa.generate_private_key(65537, 1024), tmp_path / "small.pem")
    with pytest.raises(ValueError, match="2048"):
        dkim.signer_of(small, "s", "example.org")
    usual = {"CALAKAN_DATA_DIR": str(tmp_path)}
    for given in ({"CALAKAN_DKIM_KEY": str(tmp_path / "none")}, {"CALAKAN_DKIM_SELECTOR": "s"}):
        with pytest.raises(config.InvalidSettings) as refused:
            config.load(usual | given)
        assert all("CALAKAN_DKIM" in problem for problem in refused.value.problems)
