"""What can happen: typed facts, their names, wordings and the references they carry."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, Self, get_args, get_origin, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter
from typing_extensions import override

from ansvar.kernel.registry import Registry

facts: "Registry[type[Fact]]" = Registry("facts")


class Ref(NamedTuple):
    """Marks a field as the id of something that has a name, found through `kernel.names`."""

    noun: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that has happened to a subject.

    A subclass gives its stored name (`ticket.assigned`) and the wording that a timeline shows; the
    part before the dot is the subject's type unless *subject* says otherwise. Names and fields are
    for ever: a field may be added with a default, nothing is renamed or removed.
    """

    subject_id: int

    name: ClassVar[str]
    subject_type: ClassVar[str]
    wording: ClassVar[str | Promise]

    @override
    def __init_subclass__(
        cls, *, name: str, wording: str | Promise, subject: str | None = None
    ) -> None:
        super().__init_subclass__()
        cls.name = name
        cls.subject_type = subject or name.partition(".")[0]
        cls.wording = wording
        facts.add(name)(cls)

    @classmethod
    def sentence(cls) -> str:
        """Return what the fact means in general: the first line of its docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    @cache
    def references(cls) -> Mapping[str, str]:
        """Map each field that holds an id to the noun of the thing it names."""
        found = {}
        for field, hint in get_type_hints(cls, include_extras=True).items():
            # A list of ids has no name of its own.
            parts = () if get_origin(hint) is list else get_args(hint)
            for part in (hint, *parts):
                for mark in getattr(part, "__metadata__", ()):
                    if isinstance(mark, Ref):
                        found[field] = mark.noun
        return found

    def words(self) -> dict[str, str]:
        """Return values of the wording's placeholders that need other words than the field's.

        Of changed fields it names which they are; before and after stand in the payload.
        """
        changes: Changes | None = getattr(self, "changes", None)
        if changes is None:
            return {}
        return {"changes": ", ".join(field.replace("_", " ") for field in changes)}

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON values, without the subject's id."""
        dumped: dict[str, Any] = _adapter(type(self)).dump_python(self, mode="json")
        del dumped["subject_id"]
        return dumped

    @classmethod
    def restore(cls, subject_id: int, payload: dict[str, Any]) -> Self:
        """Return the fact that was stored as *payload*; fields unknown today are left out."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in payload.items() if key in known}
        restored: Self = _adapter(cls).validate_python({"subject_id": subject_id, **values})
        return restored


_adapters: dict[type[Fact], TypeAdapter[Any]] = {}


def _adapter(fact_type: type[Fact]) -> TypeAdapter[Any]:
    if fact_type not in _adapters:
        _adapters[fact_type] = TypeAdapter(fact_type)
    return _adapters[fact_type]


PersonId = Annotated[int, Ref("person")]
Changes = dict[str, tuple[Any, Any]]
"""Field name to (before, after), as JSON values."""


@dataclass(frozen=True, kw_only=True)
class JournalForgotten(
    Fact, name="journal.forgotten", wording=_("made the journal forget {subjects} subjects")
):
    """Entries of whole subjects were deleted, by a person's right or with demo data."""

    of_type: str
    subjects: int
    entries: int
    why: str
