"""An issuer of its own process (OpenID Connect): discovery, authorization, tokens for PKCE and client secret, RS256 keys.

`python -m tests.servers.issuer` prints its address and serves until its input ends. A test says at `/says` who is logged in
there, and what it does wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "calakan", "rahasia bersama & panjang"
ROOT = Path(__file__).parents[2]


@dataclass
class Issuer:
    """What a test holds of the process."""

    url: str

    def says(self, **claims: Any) -> None:
        """From now on this person is logged in there; names with an underscore in front are its faults."""
        body = json.dumps(claims).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/says", body, method="POST")) as answer:
            assert answer.status == 204

    def comes_back(self, address: str) -> str:
        """Where the issuer sends a browser that was sent to this address: path and query."""
        opener = urllib.request.build_opener(_Stay)
        with opener.open(address) as answer:
            parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


class _Stay(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


@contextmanager
def running() -> Iterator[Issuer]:
    """The process, until the block ends."""
    command = [sys.executable, "-m", "tests.servers.issuer"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Issuer(process.stdout.readline().strip())
        process.stdin.close()
        process.wait(20)


# ---- the process -----------------------------------------------------------------------------------------------------


class _State:
    def __init__(self, url: str) -> None:
        self.url, self.says = url, dict[str, Any]()
        self.keys = [RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})]
        self.foreign = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.says.get("_described_as", self.url),
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": self.says.get("_token_endpoint", f"{self.url}/token"),
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": [self.says.get("_method", "client_secret_basic")],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        back = {"state": asked["state"]}
        if "_error" in self.says:
            return f"{asked['redirect_uri']}?{urlencode({**back, 'error': self.says['_error']})}"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email", "profile"}
        code = os.urandom(16).hex()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({**back, 'code': code})}"

    def token(self, given: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """None for whoever is not the client that asked, or has no code, or one that was used."""
        asked = self.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if asked is None or not self._knows(given, authorization) or asked["code_challenge"] != _packed(digest):
            return None
        if given["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": self._identity(asked)}

    def _knows(self, given: dict[str, str], authorization: str) -> bool:
        if self.says.get("_method") == "client_secret_post":
            return (given.get("client_id"), given.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)

    def _identity(self, asked: dict[str, str]) -> str:
        now = int(self.says.get("_now", time.time()))
        claims = {
            "iss": self.url, "aud": asked["client_id"], "nonce": asked["nonce"], "iat": now, "exp": now + 300,
            **{name: value for name, value in self.says.items() if not name.startswith("_")},
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if "_alg" in self.says:
            return self._forged(self.says["_alg"], claims)
        if self.says.get("_key") == "new":
            self.keys.append(RSAKey.generate_key(2048, {"kid": str(len(self.keys) + 1), "use": "sig"}))
        key = self.foreign if self.says.get("_key") == "foreign" else self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def _forged(self, alg: str, claims: dict[str, Any]) -> str:
        """Without a signature, or with the public key taken for a shared secret."""
        parts = [_packed(json.dumps(part).encode()) for part in ({"alg": alg, "kid": "1"}, claims)]
        secret = self.keys[-1].as_pem(private=False)
        signature = hmac.digest(secret, ".".join(parts).encode(), "sha256") if alg == "HS256" else b""
        return ".".join([*parts, _packed(signature)])


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _handler(state: _State) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                self._json(state.described())
            elif parts.path == "/keys":
                self._json(KeySet(state.keys).as_dict(private=False))
            elif parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", state.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/says":
                state.says = json.loads(body)
                self.send_response(204)
                self.end_headers()
                return
            given = {name: values[0] for name, values in parse_qs(body).items()}
            token = state.token(given, self.headers.get("Authorization", ""))
            self._json(token or {"error": "invalid_grant"}, 200 if token else 400)

        def _json(self, content: object, status: int = 200) -> None:
            packed = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{server.server_port}"
    server.RequestHandlerClass = _handler(_State(url))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(url, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
