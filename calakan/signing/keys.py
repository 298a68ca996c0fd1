"""The key ring: files below the data directory. Private halves are for workers alone; the public list is published.

A key that was replaced stays in the list, so that what it signed can always be checked.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

PAPER, CODE = "paper", "code"
OWN, P12, PKCS11 = "own", "p12", "pkcs11"
LISTED, ROOT_KEY, ROOT = "keyring.json", "root.pem", "root.crt"


class NoKeyError(LookupError):
    """The ring has no key of this purpose yet."""


class SourceError(OSError):
    """A key cannot be used now: a wrong password, a missing file or token. Papers wait until that is mended."""


@dataclass(frozen=True)
class PublicKey:
    """What anyone may know. `public` is raw Ed25519 (purpose code) or the DER certificates, leaf first (purpose paper)."""

    kid: str
    purpose: str
    source: str
    made_on: str
    retired_on: str | None
    distrusted_on: str | None
    public: tuple[str, ...]

    @property
    def raw(self) -> list[bytes]:
        return [base64.b64decode(part) for part in self.public]


def parse(content: bytes | str) -> list[PublicKey]:
    """The published list. Raises ValueError."""
    try:
        rows = json.loads(content)["keys"]
        return [PublicKey(**{**row, "public": tuple(row["public"])}) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not a list of keys") from error


def kid_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:8]


class Keyring:
    """Reads and writes the ring of one installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keys(self) -> list[PublicKey]:
        """All keys ever used, the oldest first; empty before the first set-up."""
        path = self.folder / LISTED
        return parse(path.read_bytes()) if path.exists() else []

    def current(self, purpose: str, source: str = OWN) -> PublicKey:
        """Raises NoKeyError."""
        for key in reversed(self.keys()):
            if (key.purpose, key.source, key.retired_on) == (purpose, source, None):
                return key
        raise NoKeyError(purpose)

    def private(self, kid: str) -> Any:
        """A private key of ours. Raises FileNotFoundError."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # late: heavy, few need it

        return load_pem_private_key((self.folder / f"{kid}.pem").read_bytes(), None)

    def chain(self, key: PublicKey) -> list[Any]:
        from cryptography import x509  # late: heavy, few need it

        return [x509.load_der_x509_certificate(raw) for raw in key.raw]

    def ensure(self, organisation: str, *, now: datetime) -> bool:
        """Make the keys of a first start; True when some were missing. Where none is, the folder need not be writable."""
        if not self._missing():
            return False
        with self._locked():
            missing = self._missing()
            for purpose in missing:
                self._make(purpose, organisation, now=now)
        return bool(missing)

    def _missing(self) -> list[str]:
        held = {(key.purpose, key.source) for key in self.keys() if key.retired_on is None}
        return [purpose for purpose in (PAPER, CODE) if (purpose, OWN) not in held]

    def rotate(self, purpose: str, organisation: str, *, now: datetime, distrust: bool = False) -> PublicKey:
        """A new key from now on; the old one stays in the list, its private half is destroyed.

        `distrust` marks the old one as known to strangers: what it signed is then vouched for by the register alone.
        """
        with self._locked():
            old = [key for key in self.keys() if (key.purpose, key.source, key.retired_on) == (purpose, OWN, None)]
            today = now.date().isoformat()
            for key in old:
                self._replace(replace(key, retired_on=today, distrusted_on=today if distrust else None))
            made = self._make(purpose, organisation, now=now)
            for key in old:
                (self.folder / f"{key.kid}.pem").unlink(missing_ok=True)
            return made

    def record(self, source: str, chain: list[bytes], *, on: date) -> PublicKey:
        """Remember the certificates of a key that lives elsewhere, so that its papers stay checkable."""
        kid = kid_of(chain[0])
        if known := self._known(kid):
            return known
        with self._locked():
            if known := self._known(kid):
                return known
            for key in self.keys():
                if key.source == source and key.retired_on is None:
                    self._replace(replace(key, retired_on=on.isoformat()))
            return self._add(kid, PAPER, source, chain, on)

    def _known(self, kid: str) -> PublicKey | None:
        return next((key for key in self.keys() if key.kid == kid), None)

    def _make(self, purpose: str, organisation: str, *, now: datetime) -> PublicKey:
        from cryptography.hazmat.primitives import serialization  # late: heavy, few need it
        from cryptography.hazmat.primitives.asymmetric import ed25519

        from calakan.signing import authority

        if purpose == PAPER:
            root_key, root = self._root(organisation, now=now)
            key, certificate = authority.leaf(organisation, root_key, root, now=now)
            chain = [item.public_bytes(serialization.Encoding.DER) for item in (certificate, root)]
            kid = kid_of(chain[0])
            self._write(f"{kid}.pem", _pem(key), secret=True)
            return self._add(kid, PAPER, OWN, chain, now.date())
        secret = ed25519.Ed25519PrivateKey.generate()
        public = secret.public_key().public_bytes_raw()
        self._write(f"{kid_of(public)}.pem", _pem(secret), secret=True)
        return self._add(kid_of(public), CODE, OWN, [public], now.date())

    def _root(self, organisation: str, *, now: datetime) -> tuple[Any, Any]:
        from cryptography import x509  # late: heavy, few need it
        from cryptography.hazmat.primitives import serialization

        from calakan.signing import authority

        key_path, path = self.folder / ROOT_KEY, self.folder / ROOT
        if not path.exists():
            key, certificate = authority.root(organisation, now=now)
            self._write(ROOT_KEY, _pem(key), secret=True)
            self._write(ROOT, certificate.public_bytes(serialization.Encoding.PEM))
        return (
            serialization.load_pem_private_key(key_path.read_bytes(), None),
            x509.load_pem_x509_certificate(path.read_bytes()),
        )

    def _add(self, kid: str, purpose: str, source: str, public: list[bytes], on: date) -> PublicKey:
        encoded = tuple(base64.b64encode(part).decode() for part in public)
        made = PublicKey(kid, purpose, source, on.isoformat(), None, None, encoded)
        self._save([*self.keys(), made])
        return made

    def _replace(self, changed: PublicKey) -> None:
        self._save([changed if key.kid == changed.kid else key for key in self.keys()])

    def _save(self, keys: list[PublicKey]) -> None:
        self._write(LISTED, json.dumps({"keys": [asdict(key) for key in keys]}, indent=1).encode())

    def _write(self, name: str, content: bytes, *, secret: bool = False) -> None:
        """Complete or absent, and on the disk before anything is signed with it."""
        draft = self.folder / f".{name}.{os.getpid()}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.folder / name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Processes that start together make one set of keys."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization  # late: heavy, few need it

    form = serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
