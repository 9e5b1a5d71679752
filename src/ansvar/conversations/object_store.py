"""An object store that speaks S3, as content store for several machines.

An object is there whole or not at all, and the store refuses what does not have the SHA-256 that
its request is signed with. Needs the extra `ansvar[s3]`; imported only where it is set up.
"""

import contextlib
import functools
import io
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, TypeVar, cast

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.storage import Storage
from typing_extensions import override
from urllib3.exceptions import HTTPError

from ansvar.conversations.store import ContentAway, is_name

CONNECTIONS = 16
"""To the store, from one process: as many as make pages and do jobs at the same time."""
AT_ONCE = 8
"""Files sent at the same time when many are kept."""
_CONNECT_SECONDS = 3
_READ_SECONDS = 20
_TRIES = 3
_MISSING = {"404", "NoSuchKey", "NotFound"}
T = TypeVar("T")
# urllib3's errors come through when a store falls silent in the middle of a file.
_TROUBLE = (BotoCoreError, ClientError, HTTPError)


class ObjectContent(Storage):
    """A bucket, or what lies under a prefix of it, as content store.

    Made directly on boto3's client: it may be used by all threads of a process, while the objects
    that Django's usual storage for S3 makes need 12 MB for each thread.
    """

    def __init__(
        self,
        *,
        bucket: str,
        prefix: str = "",
        endpoint: str = "",
        region: str = "",
        access_key: str = "",
        secret_key: str = "",
    ) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._access = {
            "endpoint_url": endpoint or None,
            # Any name will do for a store of one's own; those with regions say when it is wrong.
            "region_name": region or "us-east-1",
            "aws_access_key_id": access_key or None,
            "aws_secret_access_key": secret_key or None,
        }
        self._making = threading.Lock()

    @functools.cached_property
    def _made(self) -> Any:
        config = ClientConfig(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _TRIES},
            max_pool_connections=CONNECTIONS,
            # Newer kinds of checksums are unknown to many stores; the signature covers the content.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={
                "addressing_style": "path" if self._access["endpoint_url"] else "auto",
                "payload_signing_enabled": True,
            },
        )
        return boto3.session.Session().client("s3", config=config, **self._access)

    @property
    def _client(self) -> Any:
        with self._making:
            return self._made

    @override
    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        # Equal names mean equal content here: there is nothing to evade.
        return name

    @override
    def exists(self, name: str) -> bool:
        return self._size(name) is not None

    @override
    def size(self, name: str) -> int:
        size = self._size(name)
        if size is None:
            raise FileNotFoundError(name)
        return size

    @override
    def delete(self, name: str) -> None:
        with _told_as_away():
            self._client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def missing(self, names: Collection[str]) -> set[str]:
        """Return those of *names* that do not lie here."""
        return {name for name, size in _at_once(self._size, names) if size is None}

    def save_many(self, contents: Mapping[str, bytes]) -> None:
        """Keep many files: all are safe when this returns."""

        def keep(name: str) -> None:
            self._put(name, io.BytesIO(contents[name]))

        _at_once(keep, contents)

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the name and the size of everything that lies here."""
        with _told_as_away():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(self.prefix)
                    if is_name(name):
                        yield name, found["Size"]

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":  # noqa: ARG002 - Storage's
        try:
            with _told_as_away():
                found = self._client.get_object(Bucket=self.bucket, Key=self.prefix + name)
        except _Missing as error:
            raise FileNotFoundError(name) from error
        # The body is read like a file; what it lacks of one, nobody asks for.
        return File(cast("IO[bytes]", _Body(found["Body"])), name=name)

    def _save(self, name: str, content: "File[Any]") -> str:
        self._put(name, content)
        return name

    def _put(self, name: str, content: "IO[bytes] | File[Any]") -> None:
        content.seek(0)
        with _told_as_away():
            # In one piece, even when it is large: pieces of a file whose sender was killed would
            # lie in the bucket, unseen and paid for.
            self._client.put_object(
                Bucket=self.bucket,
                Key=self.prefix + name,
                Body=content,
                ContentType="application/octet-stream",
            )

    def _size(self, name: str) -> int | None:
        try:
            with _told_as_away():
                found = self._client.head_object(Bucket=self.bucket, Key=self.prefix + name)
        except _Missing:
            return None
        return int(found["ContentLength"])


class _Missing(Exception):
    """The store answers that there is no such object."""


class _Body:
    """What is read of an object; a connection that breaks is told like one that was refused."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        with _told_as_away():
            piece: bytes = self._body.read(None if size < 0 else size)
        return piece

    def close(self) -> None:
        self.closed = True
        self._body.close()


def _at_once(do: Callable[[str], T], names: Collection[str]) -> list[tuple[str, T]]:
    """Do something for each name, several at the same time; a failure of one is raised."""
    if len(names) <= 1:
        return [(name, do(name)) for name in names]
    with ThreadPoolExecutor(min(AT_ONCE, len(names))) as pool:
        return list(zip(names, pool.map(do, names), strict=True))


@contextlib.contextmanager
def _told_as_away() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        code = str(told.get("Code", ""))
        if code in _MISSING:
            raise _Missing(code) from error
        raise ContentAway(why=f"{code}: {told.get('Message') or error}") from error
    except (*_TROUBLE, OSError) as error:
        raise ContentAway(why=str(error)) from error
