"""What is known of a supplier: how it is reached, what is agreed, what requesters may read."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from typing_extensions import Unpack

from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Desk, Organisation
from ansvar.suppliers.decisions import fault_of_pattern
from ansvar.suppliers.facts import SupplierChanged, SupplierRegistered
from ansvar.suppliers.models import Supplier, SupplierContact


class KnownAlready(Refusal):
    """The organisation is a supplier already."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody at a supplier, as somebody has written them down."""

    name: str
    address: str = ""
    phone: str = ""
    about: str = ""


class SupplierFields(TypedDict, total=False):
    """What can be said of a supplier."""

    address: str
    domains: Sequence[str]
    language: str
    pattern: str
    contract: str
    remarks: str
    remind_after: int | None
    is_reminded_by_contract: bool
    is_named_to_requesters: bool
    is_active: bool


@command
def register_supplier(
    *,
    organisation: Organisation,
    desks: Collection[Desk] = (),
    contacts: Sequence[Contact] = (),
    by: Actor,
    **wanted: Unpack[SupplierFields],
) -> Supplier:
    """Make an organisation known as a supplier; without *desks* all of them ask it.

    Raises: NotPermitted; KnownAlready; ValidationError.
    Records: SupplierRegistered.
    """
    require(by, "supplier.edit")
    if Supplier.objects.filter(organisation=organisation).exists():
        raise KnownAlready(said("%(name)s is a supplier already."), name=organisation)
    supplier = Supplier(organisation=organisation, **_plain(wanted))
    supplier.full_clean()
    supplier.save()
    supplier.desks.set(desks)
    _keep_contacts(supplier, contacts)
    record(SupplierRegistered(subject_id=supplier.pk, title=organisation.name), by=by)
    return supplier


@command
def edit_supplier(
    supplier_id: int,
    *,
    desks: Collection[Desk] | None = None,
    contacts: Sequence[Contact] | None = None,
    by: Actor,
    **wanted: Unpack[SupplierFields],
) -> Supplier:
    """Change what is known of a supplier. Nothing new: silent.

    Raises: NotPermitted; ValidationError.
    Records: SupplierChanged.
    """
    require(by, "supplier.edit")
    rows = Supplier.objects.select_for_update(of=("self",)).select_related("organisation")
    supplier = rows.get(pk=supplier_id)
    changes: dict[str, tuple[Any, Any]] = {}
    for name, value in _plain(wanted).items():
        before = getattr(supplier, name)
        if before != value:
            setattr(supplier, name, value)
            changes[name] = (before, value)
    if desks is not None:
        before = sorted(desk.name for desk in supplier.desks.all())
        after = sorted(desk.name for desk in desks)
        if before != after:
            supplier.desks.set(desks)
            changes["desks"] = (before, after)
    if contacts is not None and (changed := _keep_contacts(supplier, contacts)):
        changes["contacts"] = changed
    if changes:
        supplier.full_clean()
        supplier.save()
        record(SupplierChanged(subject_id=supplier.pk, changes=changes), by=by)
    return supplier


def _plain(wanted: SupplierFields) -> dict[str, Any]:
    """Return the fields as they are kept.

    Raises: ValidationError for a pattern that would find any number, or none.
    """
    fields: dict[str, Any] = dict(wanted)
    if "domains" in fields:
        fields["domains"] = sorted(
            {one.strip().lower().lstrip("@") for one in fields["domains"]} - {""}
        )
    if "pattern" in fields:
        fields["pattern"] = " ".join(fields["pattern"].split())
        if fields["pattern"] and fault_of_pattern(fields["pattern"]):
            words = _("Write it as it looks, with # for digits and * for letters and digits: NK-#.")
            raise ValidationError({"pattern": words})
    if "address" in fields:
        fields["address"] = fields["address"].strip().lower()
    return fields


def _keep_contacts(
    supplier: Supplier, contacts: Sequence[Contact]
) -> tuple[list[str], list[str]] | None:
    """Write the contacts of a supplier anew, and return the names before and after if they differ.

    Raises: ValidationError.
    """
    kept = list(supplier.contacts.values("name", "address", "phone", "about"))
    wanted = [asdict(one) for one in contacts]
    if kept == wanted:
        return None
    rows = [
        SupplierContact(supplier=supplier, position=place, **one)
        for place, one in enumerate(wanted)
    ]
    for row in rows:
        row.full_clean()
    supplier.contacts.all().delete()
    SupplierContact.objects.bulk_create(rows)
    return [one["name"] for one in kept], [one["name"] for one in wanted]
