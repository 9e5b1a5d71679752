"""A real object store on loopback that checks signatures, as a program of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from ansvar.ops import config, content_place

KEY, SECRET = "desk", "a secret of twenty signs"
BUCKET = "files"


class ObjectStore:
    """The store, which can go away and come back with what it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return when it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nanio", "serve", "--host", "127.0.0.1", "--port",
             str(self.port), "--data-dir", str(self.folder), "--log-level", "error",
             "--no-access-log"],
            env=os.environ | {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise AssertionError("The object store did not start.")

    def stop(self) -> None:
        """Take it away, as a power cut does; what it holds stays."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def variables(self, **more: str) -> Mapping[str, str]:
        """Return the environment that makes the product keep files here."""
        return {
            "ANSVAR_CONTENT_STORE": f"s3://{BUCKET}/desk",
            "ANSVAR_S3_ENDPOINT": self.url,
            "ANSVAR_S3_ACCESS_KEY": KEY,
            "ANSVAR_S3_SECRET_KEY": SECRET,
            **more,
        }

    def entry(self, folder: Path, **more: str) -> Mapping[str, Any]:
        """Return the entry of Django's STORAGES for it."""
        return content_place.storage(config.load(self.variables(**more), folder))


@pytest.fixture(scope="module")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    store = ObjectStore(tmp_path_factory.mktemp("objects"))
    store.start()
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=store.url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    client.close()
    try:
        yield store
    finally:
        store.stop()
