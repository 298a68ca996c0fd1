"""Files in an S3-compatible bucket, for sites on more than one host; the same names as below a data directory.

The client is minio's, an optional dependency (`requirements-s3.txt`). A new one is made in each process: it must not be shared over a fork.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit

from calakan.kernel.files import FOLDER, AwayError, Store

AT_ONCE = 8
_BLOCK = 1 << 16
SECONDS = 6.0  # of silence; so long may one request be held up by a bucket that is frozen
# The bucket's clock tells when something was stored, ours since when it is unused.
CLOCKS_DIFFER = timedelta(hours=1)
_NOT_THERE, _FULL = (
    ("NoSuchKey", "NoSuchObject"),
    ("XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded"),
)


@contextmanager
def _told() -> Iterator[None]:
    """What the client and its connections raise, as errors of files."""
    from minio.error import MinioException, S3Error  # late: only sites with a bucket have it
    from urllib3.exceptions import HTTPError

    try:
        yield
    except S3Error as error:
        if error.code in _NOT_THERE:
            raise FileNotFoundError(error.object_name) from error
        if error.code in _FULL:
            raise OSError(errno.ENOSPC, f"the bucket is full: {error.code}") from error
        raise AwayError(f"the bucket refuses: {error.code}") from error
    except (MinioException, HTTPError) as error:
        raise AwayError(f"the bucket is away: {type(error).__name__}") from error


class _Content(io.RawIOBase):
    """What an answer of the bucket brings, whole or with an error."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _told():
            data = self._answer.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
            self._answer.release_conn()
        super().close()


class Bucket:
    """Puts and gets objects by their names. Raises AwayError (an OSError), and OSError ENOSPC when it is full."""

    def __init__(self, url: str, *, seconds: float | None = None) -> None:
        parts = urlsplit(url)
        self._seconds = seconds or SECONDS
        self._query = dict(parse_qsl(parts.query))
        self._key, self._secret = unquote(parts.username or ""), unquote(parts.password or "")
        self.name = parts.hostname or ""
        self._made: tuple[int, Any] | None = None

    @property
    def _client(self) -> Any:
        if self._made is None or self._made[0] != os.getpid():
            self._made = os.getpid(), self._connected()
        return self._made[1]

    def _connected(self) -> Any:
        import urllib3  # late: only sites with a bucket have minio
        from minio import Minio

        endpoint = urlsplit(self._query["endpoint"])
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=self._seconds / 3, read=self._seconds), maxsize=AT_ONCE,
            # A server that takes a request and is silent is not asked twice: whoever needs the file asks again.
            retries=urllib3.Retry(total=1, read=0, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
        )  # fmt: skip
        return Minio(
            endpoint.netloc, self._key, self._secret, secure=endpoint.scheme == "https", http_client=pool,
            region=self._query.get("region", "us-east-1"),
        )  # fmt: skip

    def ensure(self) -> None:
        """Make it, where it is not there."""
        with _told():
            if not self._client.bucket_exists(self.name):
                self._client.make_bucket(self.name)

    def trouble(self) -> str | None:
        """Why it cannot be used now; None when all is well."""
        try:
            with _told():
                there = self._client.bucket_exists(self.name)
        except AwayError as error:
            return str(error)
        return None if there else "there is no such bucket"

    def put(self, name: str, content: bytes) -> None:
        self.send(name, io.BytesIO(content), len(content))

    def send(self, name: str, content: BinaryIO, size: int) -> None:
        """Complete or absent."""
        with _told():
            self._client.put_object(self.name, name, content, size)

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        with self.open(name) as content:
            return content.read()

    def open(self, name: str) -> BinaryIO:
        """To be read once, and closed. Raises FileNotFoundError."""
        with _told():
            return io.BufferedReader(_Content(self._client.get_object(self.name, name)), _BLOCK)

    def modified_at(self, name: str) -> datetime:
        """When it was stored last. Raises FileNotFoundError."""
        with _told():
            found: datetime = self._client.stat_object(self.name, name).last_modified
        return found

    def remove(self, name: str) -> None:
        """What is gone already is well."""
        with _told():
            self._client.remove_object(self.name, name)

    def listed(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Names and sizes, in the order of names."""
        with _told():
            for found in self._client.list_objects(self.name, prefix=prefix, recursive=True):
                yield found.object_name, found.size


class BucketStore(Store):
    """The store of `kernel.files` in a bucket. Storing again is storing anew, so that what is used stays young."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def path(self, sha256: str) -> Path:
        raise NotImplementedError("a bucket has no paths")

    def put_many(self, contents: Sequence[bytes]) -> list[str]:
        hashes = [hashlib.sha256(content).hexdigest() for content in contents]
        wanted = dict(zip(hashes, contents, strict=True))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda pair: self.bucket.put(name_of(pair[0]), pair[1]), wanted.items()))
        return hashes

    def remove(self, sha256: str, *, unused_since: datetime) -> bool:
        name = name_of(sha256)
        try:
            if self.bucket.modified_at(name) >= unused_since - CLOCKS_DIFFER:
                return False
        except FileNotFoundError:
            return True
        self.bucket.remove(name)
        return True

    def get(self, sha256: str) -> bytes:
        return self.bucket.get(name_of(sha256))

    def finder(self) -> Callable[[str], bool]:
        """By the list of all, which is a thousand names a request."""
        there = {name for name, _ in self.bucket.listed(f"{FOLDER}/")}
        return lambda sha256: name_of(sha256) in there

    def sendable(self, sha256: str) -> BinaryIO:
        return io.BytesIO(self.get(sha256))


def name_of(sha256: str) -> str:
    return f"{FOLDER}/{sha256[:2]}/{sha256}"
