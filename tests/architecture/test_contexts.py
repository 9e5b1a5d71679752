"""Contexts hang together only downwards, in imports, relations and rights."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from ansvar.access.decisions import ALLOWED, PERMISSIONS, Role

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def height_of_contexts() -> dict[str, int]:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        context.strip(): -number
        for number, layer in enumerate(layers)
        for context in layer.split("|")
    }


def upward_relations(models: list[type[Model]]) -> list[str]:
    """Relations from a lower context to a higher one, which the import linter cannot see."""
    heights = height_of_contexts()
    found = []
    for model in models:
        mine = model._meta.app_label
        for field in model._meta.get_fields():
            other = field.related_model
            if field.auto_created or other is None or isinstance(other, str):
                continue
            theirs = other._meta.app_label
            if heights.get(mine, 0) < heights.get(theirs, -99) and theirs != mine:
                found.append(f"{model.__name__}.{field.name} points up to {other.__name__}")
    return found


def test_relations_point_down():
    ours = [m for m in apps.get_models() if m.__module__.startswith("ansvar.")]
    assert len(ours) > 15
    assert upward_relations(ours) == []


def test_an_upward_relation_is_found(monkeypatch: pytest.MonkeyPatch):
    from ansvar.tickets.models import Ticket  # noqa: PLC0415 - only this test bends it

    monkeypatch.setattr(Ticket._meta, "app_label", "kernel")
    assert any("points up" in finding for finding in upward_relations([Ticket]))


def test_the_import_contract_holds_and_fails_when_it_should(tmp_path: Path):
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config"]
    kept = subprocess.run(
        [*linter, str(ROOT / "pyproject.toml")], capture_output=True, text=True, check=False
    )
    assert kept.returncode == 0, kept.stdout
    upside_down = tmp_path / "contract.toml"
    upside_down.write_text(
        '[tool.importlinter]\nroot_package = "ansvar"\n[[tool.importlinter.contracts]]\n'
        'name = "upside down"\ntype = "layers"\ncontainers = ["ansvar"]\n'
        'layers = ["kernel", "tickets"]\n'
    )
    broken = subprocess.run(
        [*linter, str(upside_down)], capture_output=True, text=True, check=False
    )
    assert broken.returncode != 0
    assert "upside down BROKEN" in broken.stdout


def test_every_role_allows_only_what_is_declared():
    assert set(ALLOWED) == set(Role)
    for role, permissions in ALLOWED.items():
        assert permissions <= set(PERMISSIONS), role


def test_every_right_that_the_source_asks_for_is_declared():
    import re  # noqa: PLC0415 - only here

    import rules  # noqa: PLC0415 - only here

    from ansvar.access.relations import relations  # noqa: PLC0415 - only here

    asked = set()
    for _path, text in rules.sources():
        asked |= set(re.findall(r'require\(\s*\w+,\s*"([\w.]+)"', text))
        asked |= set(re.findall(r'requires="([\w.]+)"', text))
    assert len(asked) > 15
    assert asked - set(PERMISSIONS) - set(relations) == set()
