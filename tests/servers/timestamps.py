"""An RFC 3161 time stamp service on a local port, made of pyHanko's; it can also misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp, x509
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore


@contextmanager
def stamping(key: keys.PrivateKeyInfo, certificate: x509.Certificate, *, fault: str = "") -> Iterator[str]:
    store = SimpleCertificateStore()
    store.register(certificate)
    service = DummyTimeStamper(tsa_cert=certificate, tsa_key=key, certs_to_embed=store)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if fault == "other":
                query["nonce"] = 5
            reply = service.request_tsa_response(query).dump()
            if fault == "forged":
                said = tsp.TimeStampResp.load(reply)
                [signer] = said["time_stamp_token"]["content"]["signer_infos"]
                signature = signer["signature"].native
                signer["signature"] = signature[:-1] + bytes([signature[-1] ^ 1])
                reply = said.dump(force=True)
            if fault == "refuse":
                reply = tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>" if fault == "garbage" else reply)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
