"""Editing a row by named fields, with what was before and after for the journal."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ansvar.kernel.facts import Changes


def only(fields: type, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return *wanted* if it names nothing but the keys of the TypedDict *fields*.

    The type checker sees literal calls only; a form or a rule passes what it was given.

    Raises: TypeError.
    """
    if unknown := set(wanted) - set(fields.__annotations__):
        raise TypeError(f"{min(unknown)!r} cannot be set here.")
    return dict(wanted)


def json_value(value: Any) -> Any:
    """Return *value* as it looks after a trip through the journal; a row becomes its id."""
    if isinstance(value, models.Model):
        return value.pk
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def set_fields(row: models.Model, wanted: dict[str, Any]) -> Changes:
    """Set those of the *wanted* fields that differ and return before and after; saves nothing."""
    changes: Changes = {}
    for field, value in wanted.items():
        before = getattr(row, field)
        if before != value:
            setattr(row, field, value)
            changes[field] = (json_value(before), json_value(value))
    return changes
