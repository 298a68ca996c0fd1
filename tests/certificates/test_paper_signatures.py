"""Signed papers: judged by pyHanko and pdfsig as third parties, by our own check, and by flipped bytes."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from calakan import paper
from calakan.signing import cms, inspect, token
from calakan.signing.keys import CODE, PAPER, Keyring, NoKeyError, parse
from calakan.signing.sources import CodeSigner, Source, SourceError, paper_envelope
from calakan.signing.timestamp import TimeStampError
from tests.certificates import samples
from tests.servers.timestamps import stamping

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
OFFICE = "Dinas Pendidikan Kabupaten Banyumas"


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    made = Keyring(tmp_path / "keys")
    made.ensure(OFFICE, now=NOW)
    return made


def judged(content: bytes, root: bytes, moment: datetime = NOW) -> tuple[bool, SignatureCoverageLevel, bool]:
    """pyHanko's verdict: valid and trusted, what it covers, whether it carries a valid time stamp."""
    reader = PdfFileReader(io.BytesIO(content))
    assert len(reader.embedded_signatures) == 1
    trusted = ValidationContext(trust_roots=[asn1_x509.Certificate.load(root)], moment=moment, allow_fetching=False)
    anything = ValidationContext(trust_roots=[samples.stamp_authority()[1]], allow_fetching=False)
    signature = reader.embedded_signatures[0]
    # It wants an event loop of its own; a browser that is open in this process has one running in this thread.
    with ThreadPoolExecutor(1) as apart:
        judging = apart.submit(validate_pdf_signature, signature, trusted, ts_validation_context=anything)
        status = judging.result()
    stamped = status.timestamp_validity is not None and status.timestamp_validity.valid
    return status.bottom_line, status.coverage, stamped


@pytest.mark.parametrize("made", [samples.template, samples.designed])
def test_pyhanko_judges_a_paper_intact_trusted_and_wholly_covered(
    ring: Keyring, made: Callable[[], paper.Template]
) -> None:
    kid, envelope = paper_envelope(ring, Source(), now=NOW)
    content = made().render(samples.holder(), created_at=NOW, sealer=envelope)
    assert judged(content, ring.current(PAPER).raw[-1]) == (True, SignatureCoverageLevel.ENTIRE_FILE, False)
    assert inspect.signed_by(content, ring.keys()).key == ring.current(PAPER)
    assert kid == ring.current(PAPER).kid


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="no pdfsig here")
@pytest.mark.parametrize("made", [samples.template, samples.designed])
def test_pdfsig_says_the_same(ring: Keyring, tmp_path: Path, made: Callable[[], paper.Template]) -> None:
    _, envelope = paper_envelope(ring, Source(), now=NOW)
    file = tmp_path / "paper.pdf"
    file.write_bytes(made().render(samples.holder(), created_at=NOW, sealer=envelope))
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_the_same_facts_give_the_same_bytes_with_and_without_signature(ring: Keyring) -> None:
    _, envelope = paper_envelope(ring, Source(), now=NOW)
    for sealer in (None, envelope):
        first, second = (samples.template().render(samples.holder(), created_at=NOW, sealer=sealer) for _ in range(2))
        assert first == second
    assert len(first) < 120 * 1024


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_one_flipped_byte_is_told(ring: Keyring, part: float) -> None:
    _, envelope = paper_envelope(ring, Source(), now=NOW)
    content = bytearray(samples.template().render(samples.holder(), created_at=NOW, sealer=envelope))
    content[int(part * len(content))] ^= 1
    with pytest.raises((inspect.ChangedError, inspect.UnsignedError)):
        inspect.signed_by(bytes(content), ring.keys())


def test_something_appended_or_cut_off_is_told(ring: Keyring) -> None:
    _, envelope = paper_envelope(ring, Source(), now=NOW)
    content = samples.template().render(samples.holder(), created_at=NOW, sealer=envelope)
    for other in (content + b"\n", content[:-1], content + b"1 0 obj\n<<>>\nendobj\n"):
        with pytest.raises(inspect.ChangedError):
            inspect.signed_by(other, ring.keys())


def test_a_paper_signed_by_a_stranger_or_by_nobody_is_told(ring: Keyring, tmp_path: Path) -> None:
    stranger = Keyring(tmp_path / "other")
    stranger.ensure(OFFICE, now=NOW)
    _, envelope = paper_envelope(stranger, Source(), now=NOW)
    forged = samples.template().render(samples.holder(), created_at=NOW, sealer=envelope)
    with pytest.raises(inspect.UnknownSignerError):
        inspect.signed_by(forged, ring.keys())
    with pytest.raises(inspect.UnsignedError):
        inspect.signed_by(samples.template().render(samples.holder(), created_at=NOW), ring.keys())


@pytest.mark.parametrize("noise", [b"", b"%PDF-1.7", b"/ByteRange [0 1 2 3]", b"/ByteRange [0 9 9 9]" + b"<" * 40])
def test_what_is_no_paper_never_crashes_the_check(ring: Keyring, noise: bytes) -> None:
    with pytest.raises((inspect.ChangedError, inspect.UnsignedError)):
        inspect.signed_by(noise, ring.keys())


def test_older_papers_stay_checkable_after_the_keys_were_changed(ring: Keyring) -> None:
    _, old = paper_envelope(ring, Source(), now=NOW)
    content = samples.template().render(samples.holder(), created_at=NOW, sealer=old)
    signer = CodeSigner(ring)
    text = token.make("https://calakan.test", samples.CODE, samples.facts(), kid=signer.kid, sign=signer)
    before = {purpose: ring.current(purpose).kid for purpose in (PAPER, CODE)}
    for purpose in (PAPER, CODE):
        ring.rotate(purpose, OFFICE, now=NOW + timedelta(days=400))
    assert all(ring.current(purpose).kid != kid for purpose, kid in before.items())
    found = inspect.signed_by(content, ring.keys()).key
    assert found is not None
    assert (found.kid, found.retired_on, found.distrusted_on) == (before[PAPER], "2027-12-31", None)
    assert token.check(text, ring.keys()).facts == samples.facts()
    with pytest.raises(FileNotFoundError):
        ring.private(before[PAPER])
    assert judged(content, ring.current(PAPER).raw[-1])[0] is True


def test_the_published_list_holds_no_secret(ring: Keyring) -> None:
    listed = (ring.folder / "keyring.json").read_text()
    assert "PRIVATE" not in listed
    assert [key.purpose for key in parse(listed)] == [PAPER, CODE]
    for file in ring.folder.glob("*.pem"):
        assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(NoKeyError):
        ring.current("other")


def p12_file(folder: Path, password: bytes, *, days: int = 30, bits: int = 2048) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Dinas (PSrE)")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, SHA256())
    )
    file = folder / "office.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"office", key, certificate, None, serialization.BestAvailableEncryption(password)
        )
    )
    return file


def test_an_rsa_key_from_a_p12_file_signs_and_is_remembered(ring: Keyring, tmp_path: Path) -> None:
    file = p12_file(tmp_path, b"rahasia")
    kid, envelope = paper_envelope(ring, Source(p12=str(file), password="rahasia"), now=NOW)
    content = samples.template().render(samples.holder(), created_at=NOW, sealer=envelope)
    file.unlink()
    found = inspect.signed_by(content, ring.keys()).key
    assert found is not None
    assert (found.kid, found.source) == (kid, "p12")
    assert judged(content, found.raw[0])[:2] == (True, SignatureCoverageLevel.ENTIRE_FILE)


def test_a_wrong_password_an_expired_certificate_or_a_short_key_waits_and_says_so(
    ring: Keyring, tmp_path: Path
) -> None:
    file, short = p12_file(tmp_path, b"rahasia"), tmp_path / "short"
    short.mkdir()
    for source, words in (
        (Source(p12=str(file), password="keliru"), "cannot be opened"),
        (Source(p12=str(tmp_path / "none.p12")), "cannot be opened"),
        (Source(p12=str(p12_file(tmp_path, b"x", days=-1)), password="x"), "not valid today"),
        (Source(p12=str(p12_file(short, b"x", bits=1024)), password="x"), "needs 2048 bits"),
    ):
        with pytest.raises(SourceError, match=words) as refusal:
            paper_envelope(ring, source, now=NOW)
        assert "keliru" not in str(refusal.value)
    assert "keliru" not in repr(Source(p12="a", password="keliru"))


def roots(tmp_path: Path, certificate: Any) -> str:
    file = tmp_path / "roots.pem"
    found = x509.load_der_x509_certificate(certificate.dump())
    file.write_bytes(found.public_bytes(serialization.Encoding.PEM))
    return str(file)


def test_a_time_stamp_is_asked_for_and_judged_valid(ring: Keyring, tmp_path: Path) -> None:
    key, certificate = samples.stamp_authority()
    with stamping(key, certificate) as url:
        source = Source(timestamp_url=url, timestamp_roots=roots(tmp_path, certificate))
        _, envelope = paper_envelope(ring, source, now=NOW)
        content = samples.template().render(samples.holder(), created_at=NOW, sealer=envelope)
    assert judged(content, ring.current(PAPER).raw[-1]) == (True, SignatureCoverageLevel.ENTIRE_FILE, True)
    assert inspect.signed_by(content, ring.keys()).key == ring.current(PAPER)


@pytest.mark.parametrize("fault", ["refuse", "garbage", "other", "forged", "stranger"])
def test_a_bad_time_stamp_service_leaves_the_paper_waiting(ring: Keyring, tmp_path: Path, fault: str) -> None:
    key, certificate = samples.stamp_authority()
    trusted = samples.stamp_authority.__wrapped__()[1] if fault == "stranger" else certificate
    with stamping(key, certificate, fault=fault) as url:
        source = Source(timestamp_url=url, timestamp_roots=roots(tmp_path, trusted))
        _, envelope = paper_envelope(ring, source, now=NOW)
        with pytest.raises(TimeStampError, match="time stamp"):
            samples.template().render(samples.holder(), created_at=NOW, sealer=envelope)


def test_without_a_readable_root_nothing_is_stamped(ring: Keyring, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for path in (str(empty), str(tmp_path / "none.pem")):
        with pytest.raises(TimeStampError, match="CALAKAN_TIMESTAMP_ROOTS"):
            paper_envelope(ring, Source(timestamp_url="http://127.0.0.1:1/", timestamp_roots=path), now=NOW)


def test_a_signature_larger_than_its_room_is_refused(ring: Keyring) -> None:
    class Loud:
        name, room = "x", 10

        def sign(self, digest: bytes) -> bytes:
            return b"0" * 11

    with pytest.raises(paper.SignatureTooLargeError):
        samples.template().render(samples.holder(), created_at=NOW, sealer=Loud())


def test_keys_other_than_elliptic_or_rsa_are_refused() -> None:
    with pytest.raises(cms.UnusableKeyError):
        cms.raw_signing(object())


def changed(text: str) -> str:
    """The last letter before the signature's own 103 letters, replaced by its neighbour."""
    at = len(text) - 140
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def test_the_qr_tells_a_changed_letter_another_code_and_a_strange_key(ring: Keyring, tmp_path: Path) -> None:
    signer = CodeSigner(ring)
    text = token.make("https://calakan.test", samples.CODE, samples.facts(), kid=signer.kid, sign=signer)
    assert token.check(text, ring.keys()).facts == samples.facts()
    assert token.check(text.lower(), ring.keys()).code == samples.CODE
    stranger = Keyring(tmp_path / "other")
    stranger.ensure(OFFICE, now=NOW)
    other = CodeSigner(stranger)
    forged = token.make("https://calakan.test", samples.CODE, samples.facts(), kid=other.kid, sign=other)
    posing = token.make("https://calakan.test", samples.CODE, samples.facts(), kid=signer.kid, sign=other)
    renamed = replace(samples.facts(), name="Sri Mulyadi, S.Pd.")
    for bad in (
        changed(text),
        text.replace(samples.CODE, samples.CODE[:-1] + "0"),
        forged,
        posing,
        text[:-4],
        text.partition("#")[0],
        token.make("https://calakan.test", samples.CODE, renamed, kid=signer.kid, sign=lambda data: bytes(64)),
    ):
        with pytest.raises(token.ForgedError):
            token.check(bad, ring.keys())


@pytest.mark.parametrize(
    "name",
    ["Sri", "Ma'ruf Amin", "Prof. Dr. Hj. Siti Nur'aini Ma'rufah Kusumaningtyas Widyadhana, S.Pd.SD., M.Pd., Gr."],
)
def test_the_qr_text_fits_and_is_read_back_from_the_printed_page(ring: Keyring, name: str) -> None:
    import pypdfium2
    import zxingcpp

    signer = CodeSigner(ring)
    facts = replace(samples.facts(), name=name)
    text = token.make("https://calakan.banyumaskab.go.id", samples.CODE, facts, kid=signer.kid, sign=signer)
    _, envelope = paper_envelope(ring, Source(), now=NOW)
    holder = replace(samples.holder(), name=name, check_url=text)
    content = samples.template().render(holder, created_at=NOW, sealer=envelope)
    page = pypdfium2.PdfDocument(content)[0].render(scale=150 / 72).to_pil()
    found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in found] == [text]
    assert inspect.qr_text(content) == text
    assert token.check(found[0].text, ring.keys()).facts == facts


def test_an_address_with_a_path_keeps_its_letters(ring: Keyring) -> None:
    signer = CodeSigner(ring)
    text = token.make("https://a.test/calakan", samples.CODE, samples.facts(), kid=signer.kid, sign=signer)
    assert text.startswith(f"https://a.test/calakan/s/{samples.CODE}#")
    assert token.check(text, ring.keys()).facts.first_on == date(2026, 11, 20)


def test_what_pads_a_signature_is_signed_by_nobody_and_known_to_the_register(ring: Keyring) -> None:
    """A byte changed in the zeros behind the CMS leaves the signature valid, and so it should be told.

    ISO 32000-2, 12.8.1 takes the value of /Contents out of the digest, EN 319 142-1 (PAdES) asks that /ByteRange covers all
    else, and the room is padded because it is taken before the size is known: no signature can vouch for its own padding.
    Nothing of it is shown by any viewer, and pyHanko judges it intact. Told otherwise, an official's file padded in another way would be
    called forged. Who asks whether it is the very file that was issued compares hashes (/periksa/berkas).
    """
    sealer = paper_envelope(ring, Source(), now=NOW)[1]
    content = samples.template().render(samples.holder(), created_at=NOW, sealer=sealer)
    last = content.index(b">", content.rindex(b"/Contents <")) - 1
    assert content[last - 9 : last + 1] == b"0" * 10
    other = content[:last] + b"1" + content[last + 1 :]
    assert judged(other, ring.current(PAPER).raw[-1])[:2] == (True, SignatureCoverageLevel.ENTIRE_FILE)
    assert inspect.signed_by(other, ring.keys()).key == ring.current(PAPER)
    # One digit further on each side is the file itself: `<` and `>` stand within the signed ranges' bounds.
    for place in (last + 1, content.rindex(b"/Contents <") + len(b"/Contents <") - 1):
        with pytest.raises(inspect.ChangedError):
            inspect.signed_by(content[:place] + b"0" + content[place + 1 :], ring.keys())


@pytest.mark.parametrize(("real", "put"), [(b"a003020102", b"a003020112"), (b"06035504030c", b"060355040303")])
def test_a_certificate_that_no_library_reads_is_a_changed_file(ring: Keyring, real: bytes, put: bytes) -> None:
    """Of a version, and with a kind of name, that do not exist: neither error is a ValueError."""
    sealer = paper_envelope(ring, Source(), now=NOW)[1]
    content = samples.template().render(samples.holder(), created_at=NOW, sealer=sealer)
    place = content.index(real, content.rindex(b"/Contents <"))
    with pytest.raises(inspect.ChangedError):
        inspect.signed_by(content[:place] + put + content[place + len(put) :], ring.keys())
