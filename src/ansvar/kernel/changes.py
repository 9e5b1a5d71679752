"""Editing a row by named fields, with what was before and after for the journal."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ansvar.kernel.facts import Changes


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
