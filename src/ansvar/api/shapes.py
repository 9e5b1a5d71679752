"""What comes in and goes out: strict about types and names, so that mistakes show at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Protocol

from ninja import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from ansvar.people.models import Person

MOST_PER_PAGE = 200
USUAL_PER_PAGE = 50
BIGGEST_ID = 2**63 - 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        # PostgreSQL has no such character; said here, where the field is known.
        raise ValueError("Leave out the character U+0000.")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
Words = Annotated[str, AfterValidator(_without_nul), Field(min_length=1, max_length=100_000)]
Line = Annotated[str, AfterValidator(_without_nul), Field(min_length=1, max_length=250)]
Moment = Annotated[AwareDatetime, Field(strict=False)]
"""A time of ISO 8601 with its zone."""
Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
IdInPath = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
IdAsked = Annotated[int | None, Query(ge=1, le=BIGGEST_ID)]
TextAsked = Annotated[Text | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=MOST_PER_PAGE, description="Most items on a page.")]
Cursor = Annotated[
    Text | None,
    Query(max_length=400, description="The `next` of the page before; opaque."),
]


class Given(BaseModel):
    """What a program sends: no unknown field, no number in quotation marks, no `true` for 1."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _without_defaults(schema: dict[str, Any]) -> None:
    """Take the defaults out of the description: a field that is not sent stays as it is."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class SomeGiven(Given):
    """What a program sends to change something: at least one field, only those are changed."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    @model_validator(mode="after")
    def _says_something(self) -> "SomeGiven":
        if not self.model_fields_set - {"version"}:
            raise ValueError("Name at least one field to change.")
        return self

    def changes(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"version"}}


class Shape(BaseModel):
    """What a program gets."""

    model_config = ConfigDict(frozen=True)


class _Named(Protocol):
    @property
    def pk(self) -> Any: ...


class Ref(Shape):
    """Something with a name, told by its id."""

    id: int
    name: str

    @classmethod
    def to(cls, row: _Named | None) -> "Ref | None":
        """Return what names *row*, or nothing."""
        return None if row is None else cls(id=row.pk, name=str(row))


def ref(row: _Named) -> Ref:
    """Return what names *row*."""
    return Ref(id=row.pk, name=str(row))


class PersonRef(Ref):
    """A person, told by id and name."""


def person_ref(person: Person) -> PersonRef:
    """Return what names a person."""
    return PersonRef(id=person.pk, name=person.name)


def maybe(make: "Callable[[Any], Any]", row: Any) -> Any:
    """Return what *make* makes of *row*, or nothing of nothing."""
    return None if row is None else make(row)


class Problem(Shape):
    """Why a request was refused, after RFC 9457."""

    type: str = Field(examples=["urn:ansvar:refusal:stale-ticket"])
    title: str = Field(examples=["Stale ticket"])
    status: int = Field(examples=[409])
    detail: str = Field(
        examples=["IT-1042 has changed since you opened it. Look at what is new and send again."]
    )
    errors: "list[FieldFault]" = Field(default=[], description="Which fields are wrong, for 422.")
    version: int | None = Field(
        default=None, description="The present version, when yours was stale.", examples=[7]
    )


class FieldFault(Shape):
    """What is wrong with one field."""

    pointer: str = Field(
        description="JSON pointer into the body, or `query/limit`, `path/...`, `header/...`.",
        examples=["#/subject"],
    )
    detail: str = Field(examples=["Field required"])


Problem.model_rebuild()


def iso(moment: datetime | None) -> str | None:
    """Return a time as text, to the microsecond, or nothing."""
    return None if moment is None else moment.isoformat()
