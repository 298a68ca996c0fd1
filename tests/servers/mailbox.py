"""A mailbox for the tests, read by IMAP; the letters are put in as a mail server would."""

from __future__ import annotations

import contextlib
import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote

from tests.servers.ports import free_port

USER, PASSWORD = "kotak", "jambu @ belakang"
START_SECONDS = 60.0


class MailboxServer:
    """An IMAP server on 127.0.0.1 with one empty folder, gone at the end of the `with` block."""

    def __enter__(self) -> MailboxServer:
        self.port = free_port()
        place = ["--no-tls", "--host", "127.0.0.1", "--port", str(self.port)]
        backend = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from pymap.main import main; sys.exit(main())", *place, *backend],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def url(self) -> str:
        """For CALAKAN_BOUNCE_IMAP_URL."""
        return f"imap://{USER}:{quote(PASSWORD)}@127.0.0.1:{self.port}/INBOX"

    def put(self, letter: bytes) -> None:
        with self._open() as connection:
            connection.append("INBOX", "", "", letter)

    def unread(self) -> int:
        with self._open() as connection:
            connection.select("INBOX")
            return len(connection.search(None, "UNSEEN")[1][0].split())

    def _answers(self) -> bool:
        try:
            with self._open():
                return True
        except OSError:
            return False

    @contextlib.contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as connection:
            connection.login(USER, PASSWORD)
            yield connection
