"""One diklat's facts, one holder's facts, and a time stamp authority, for tests of papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from calakan import paper
from calakan.certificates.designs import layout as layouts
from calakan.intake import pdf, pictures
from calakan.signing import token
from tests.certificates.designs import drawings

CODE = "0123456789ABCDEFGHJKMNPQRS"
NUMBER = "400.3.4/0001/BC/XI/2026"


@cache
def template() -> paper.Template:
    rows = tuple(
        paper.ProgrammeRow(f"Materi {n}", "Pokok", "Dr. Budi Santosa, M.Pd.", "Jum, 20 Nov 2026, 08.00–11.15", 2)
        for n in range(14)
    )
    return paper.Template(
        paper.EventFacts(
            organisation=("BANYUMAS CALAKAN", "Program diklat gratis"),
            organiser="Dinas Pendidikan Kabupaten Banyumas",
            title="Asesmen Formatif di Kelas Awal",
            held_on="20 s.d. 26 November 2026",
            jp=28,
            jp_in_words="dua puluh delapan",
            issued="Purwokerto, 26 November 2026",
            programme=rows,
            signers=(paper.Signer("Ketua Banyumas Calakan", "Ketua Contoh, M.Pd."),),
            check_host="calakan.test/periksa",
        )
    )


@cache
def designed() -> paper.Template:
    """The same diklat on a background of the office's own, with a scanned signature."""
    plain, scan = template().facts, pictures.scan(pictures.opened(drawings.signature()))
    layout = layouts.on_own_ground(layouts.fresh())
    design = layouts.design_of(layout, pdf.first_page(drawings.pdf()))
    signers = tuple(replace(signer, scan=scan) for signer in plain.signers)
    return paper.Template(replace(plain, design=design, signers=signers))


def facts() -> token.Facts:
    return token.Facts("Sri Mulyati, S.Pd.", NUMBER, 0, "peserta", 28, date(2026, 11, 20), date(2026, 11, 26))


def holder() -> paper.HolderFacts:
    return paper.HolderFacts(
        name="Sri Mulyati, S.Pd.",
        unit="SD Negeri 1 Sokaraja · Kecamatan Sokaraja",
        role="PESERTA",
        sentence="telah tuntas mengikuti diklat sebagai",
        number=NUMBER,
        check_url=f"http://calakan.test/s/{CODE}",
        attendance=("Hadir",) * 14,
    )


@cache
def stamp_authority() -> tuple[asn1_keys.PrivateKeyInfo, asn1_x509.Certificate]:
    """A key and its self-signed certificate for time stamping."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TSA")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(9)
        .not_valid_before(now - timedelta(days=900))
        .not_valid_after(now + timedelta(days=900))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return (
        asn1_keys.PrivateKeyInfo.load(key.private_bytes(der, pkcs8, serialization.NoEncryption())),
        asn1_x509.Certificate.load(certificate.public_bytes(der)),
    )
