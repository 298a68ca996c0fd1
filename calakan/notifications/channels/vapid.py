"""Who sends a push message: one key of this installation, and a short-lived token signed with it (RFC 8292)."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from calakan.notifications.channels.encryption import packed, point

PRIVATE, PUBLIC = "webpush.pem", "webpush.pub"
VALID = timedelta(hours=12)  # push services take no more than a day


class Sender:
    """The key beside those that sign, made when it is first needed; browsers subscribe to its public half."""

    def __init__(self, folder: Path, contact: str) -> None:
        self._folder, self._contact = folder, contact
        self._key: Any = None
        self._tokens: dict[str, tuple[datetime, str]] = {}

    @property
    def public_key(self) -> str:
        """Kept as text beside the key, so that pages need no cryptography."""
        self.make()
        return (self._folder / PUBLIC).read_text()

    def make(self) -> None:
        """The key of a first start; nothing where there is one."""
        path = self._folder / PUBLIC
        if not path.exists():
            _keep(path, packed(point(self._private())).encode())

    def authorization(self, endpoint: str, *, now: datetime) -> str:
        """The header for this push service; its token is used again until half its time is over."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        until, token = self._tokens.get(audience, (now, ""))
        if until - now < VALID / 2:
            until = now + VALID
            token = self._signed({"aud": audience, "exp": int(until.timestamp()), "sub": f"mailto:{self._contact}"})
            self._tokens[audience] = until, token
        return f"vapid t={token}, k={self.public_key}"

    def _signed(self, claims: dict[str, Any]) -> str:
        from cryptography.hazmat.primitives import hashes  # late: only push needs it
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        text = ".".join(packed(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self._private().sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def _private(self) -> Any:
        from cryptography.hazmat.primitives import serialization  # late: only push needs it
        from cryptography.hazmat.primitives.asymmetric import ec

        if self._key is None:
            path = self._folder / PRIVATE
            if not path.exists():
                form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                made = ec.generate_private_key(ec.SECP256R1())
                _keep(path, made.private_bytes(serialization.Encoding.PEM, form, plain))
            self._key = serialization.load_pem_private_key(path.read_bytes(), None)
        return self._key


def _keep(path: Path, content: bytes) -> None:
    """Made once: of processes that start together, one creates the file and all read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
