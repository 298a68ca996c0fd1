"""A SoftHSM token with a key that was made inside it, and the certificates of a small authority beside the key."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from calakan.signing.hardware import Place, key_at

PIN, LABEL = "246810", "kunci dinas"


def util() -> Path | None:
    found = shutil.which("softhsm2-util")
    return Path(found) if found else None


def module() -> Path | None:
    """The library that came with the command."""
    program = util()
    if program is None:
        return None
    lib = program.resolve().parent.parent / "lib"
    return next((file for place in ("softhsm", "*/softhsm") for file in lib.glob(f"{place}/libsofthsm2.so")), None)


@dataclass
class Token:
    """`root` is the authority's certificate."""

    place: Place
    folder: Path
    root: x509.Certificate

    def pull(self) -> None:
        """Out of the machine; what is open stays with whoever has it, as with a real one, until it is used anew."""
        (self.folder / "tokens").rename(self.folder / "pulled")
        (self.folder / "tokens").mkdir()
        pkcs11.lib(self.place.module).finalize()

    def put_back(self) -> None:
        (self.folder / "tokens").rmdir()
        (self.folder / "pulled").rename(self.folder / "tokens")


@contextmanager
def token(folder: Path, kind: str = "EC", *, days: int = 300, certified: bool = True) -> Iterator[Token]:
    """A token in this folder; the module finds it as long as the block lasts."""
    library, program = module(), util()
    assert library is not None
    assert program is not None
    (folder / "tokens").mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    place = Place(module=str(library), token=f"Dinas {kind}", label=LABEL, pin=PIN)
    try:
        command = [program, "--module", library, "--init-token", "--free", "--label", place.token]
        subprocess.run([*command, "--pin", PIN, "--so-pin", "13579"], check=True, capture_output=True)
        yield Token(place, folder, _fill(place, kind, days=days, certified=certified))
    finally:
        key_at.cache_clear()
        pkcs11.lib(str(library)).finalize()
        os.environ.pop("SOFTHSM2_CONF")
        if before is not None:
            os.environ["SOFTHSM2_CONF"] = before


def _fill(place: Place, kind: str, *, days: int, certified: bool) -> x509.Certificate:
    library = pkcs11.lib(place.module)
    with library.get_token(token_label=place.token).open(user_pin=PIN, rw=True) as session:
        public = _key_made_inside(session, kind)
        root, leaf = _certificates(public, days=days)
        for certificate in (root, leaf) if certified else ():
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: certificate.public_bytes(Encoding.DER),
                }
            )
    library.finalize()
    return root


def _key_made_inside(session: pkcs11.Session, kind: str) -> object:
    if kind == "EC":
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, _ = parameters.generate_keypair(store=True, label=LABEL)
        return load_der_public_key(encode_ec_public_key(public))
    public, _ = session.generate_keypair(pkcs11.KeyType.RSA, 2048, store=True, label=LABEL)
    return load_der_public_key(encode_rsa_public_key(public))


def _certificates(public: object, *, days: int) -> tuple[x509.Certificate, x509.Certificate]:
    authority, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    issuer, subject = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("PSrE Contoh", "Dinas (token)")
    )
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    issuing = x509.KeyUsage(False, False, False, False, False, True, True, False, False)

    def certified(subject: x509.Name, key: object, serial: int, usage: x509.KeyUsage, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(serial)
            .not_valid_before(now - timedelta(days=900))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(authority, SHA256())
        )

    root = certified(issuer, authority.public_key(), 1, issuing, ca=True)
    return root, certified(subject, public, 2, usage, ca=False)
