"""The BSrE Esign client service: sends one PDF with an official's identity, gets the signed one back.

The passphrase is passed through and kept nowhere: not in an attribute, not in an error, not in a log.
"""

from __future__ import annotations

import base64
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field

LARGEST = 10 * 1024 * 1024
INVISIBLE = {"tampilan": "invisible", "image": "false"}


class ServiceAwayError(OSError):
    """No answer, or none that makes sense: nothing was signed, try again later."""


class RefusedError(Exception):
    """The service does not sign for this person: wrong passphrase, unknown NIK, expired certificate."""


@dataclass(frozen=True)
class EsignClient:
    base_url: str
    user: str
    password: str = field(repr=False)
    timeout: float = 30

    def sign(self, pdf: bytes, *, nik: str, passphrase: str) -> bytes:
        """The signed file. Raises RefusedError, ServiceAwayError."""
        boundary = secrets.token_hex(16)
        parts = [_field(boundary, name, value) for name, value in _fields(nik, passphrase).items()]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="sertifikat.pdf"\r\n'
        body = b"".join([*parts, f"{head}Content-Type: application/pdf\r\n\r\n".encode(), pdf])
        request = urllib.request.Request(  # noqa: S310  # the settings allow http and https alone
            f"{self.base_url.rstrip('/')}/api/sign/pdf",
            data=body + f"\r\n--{boundary}--\r\n".encode(),
            headers={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Authorization": "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310  # as above
                signed: bytes = answer.read(LARGEST)
        except urllib.error.HTTPError as error:
            raise _refusal(error.code, error.read(4096)) from None
        except OSError as error:
            raise ServiceAwayError(type(error).__name__) from None
        if not signed.startswith(b"%PDF-"):
            raise _refusal(200, signed[:4096])
        return signed


def _fields(nik: str, passphrase: str) -> dict[str, str]:
    return {"nik": nik, "passphrase": passphrase, **INVISIBLE}


def _field(boundary: str, name: str, value: str) -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _refusal(status: int, answer: bytes) -> RefusedError | ServiceAwayError:
    """Four hundreds and JSON with a reason are a refusal of this person; the rest is trouble of the service."""
    try:
        said = json.loads(answer)
        reason = str(said.get("error") or said.get("message") or "") if isinstance(said, dict) else ""
    except ValueError:
        reason = ""
    if reason and status < 500 and status != 401:
        return RefusedError(reason[:200])
    return ServiceAwayError(f"status {status}")
