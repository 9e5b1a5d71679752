"""A program that talks to the interface with somebody's token."""

import json
from typing import Any

from builders import acting
from django.test import Client

from ansvar.access.commands import make_token
from ansvar.people.models import Person

BASE = "/api/v1"


class Program:
    """Sends JSON as a person; the answer has `.status_code`, `.json()` and headers."""

    def __init__(self, person: Person | None = None) -> None:
        self.client = Client()
        self.headers: dict[str, str] = {}
        if person is not None:
            _, secret = make_token(person.pk, title="test", by=acting(person))
            self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(BASE + path, query, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = "" if body is None else json.dumps(body)
        return self.client.generic(
            method,
            BASE + path,
            content,
            content_type="application/json",
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str) -> Any:
        return self.send("DELETE", path)
