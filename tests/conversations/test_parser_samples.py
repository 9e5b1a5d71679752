"""How sample mails with the expectations of another program are read."""

import base64
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansvar.conversations.parsing import Incoming, read_mail

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail" / "mail_samples.tar.xz"

REASONS = {
    "mail046": "The name is Chinese in GB2312, as the subject is; the other read it as Polish.",
    "mail092": "An attached mail without a single byte is no file.",
}
"""Each mail that is read otherwise than expected, and why that is right."""

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SAMPLES.exists(), reason="needs the sample mails beside the project"),
]


class RubyLoader(yaml.SafeLoader):
    """Reads YAML that a Ruby program wrote."""


def _plain(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


RubyLoader.add_multi_constructor("!ruby/", _plain)
RubyLoader.add_constructor("!binary", lambda _loader, node: base64.b64decode(node.value))


@cache
def samples() -> dict[str, tuple[bytes, dict[str, Any]]]:
    files: dict[str, bytes] = {}
    with tarfile.open(SAMPLES) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if member.isfile() and name.startswith("parser/mail"):
                file = archive.extractfile(member)
                assert file is not None
                files[name.removeprefix("parser/")] = file.read()
    return {
        name.removesuffix(".yml"): (
            files[name.removesuffix(".yml") + ".box"],
            yaml.load(content, RubyLoader),  # a safe loader
        )
        for name, content in files.items()
        if name.endswith(".yml")
    }


def unquoted(shown: str) -> str:
    """Return names and addresses; which names are put in quotes makes no difference."""
    return shown.replace('"', "")


def differences(mail: Incoming, expected: dict[str, Any]) -> list[str]:
    found = []
    if (expected.get("subject") or mail.subject) != mail.subject:
        found.append("subject")
    shown = {
        "from": mail.shown_from,
        "to": ", ".join(mail.shown_to),
        "cc": ", ".join(mail.shown_cc),
    }
    for field, said in shown.items():
        if field in expected and unquoted(expected[field] or "") != unquoted(said):
            found.append(field)
    if "attachments" in expected:
        # The other program keeps the HTML of a mail as a file of its own making.
        wanted_files = [
            (file["filename"], _bytes(file["data"]))
            for file in expected["attachments"]
            if not file.get("preferences", {}).get("original-format")
        ]
        if wanted_files != [(file.name, file.content) for file in mail.files]:
            found.append("attachments")
    return found


def _bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def test_every_sample_is_read_as_expected_or_differs_for_a_reason():
    differing = {
        name: found
        for name, (raw, expected) in samples().items()
        if (found := differences(read_mail(raw), expected))
    }
    assert set(differing) == set(REASONS), differing
    assert len(samples()) > 40
