"""For which suppliers a sender writes, which every process remembers."""

import json
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections

from ansvar.kernel.small_tables import READ, Remembered


@dataclass(frozen=True)
class Writer:
    """By what a supplier's mail is known."""

    supplier_id: int
    addresses: frozenset[str]
    """In capital letters."""
    domains: frozenset[str]

    def is_behind(self, sender: str) -> bool:
        """Tell whether somebody with this address writes for the supplier."""
        return sender.upper() in self.addresses or sender.rpartition("@")[2].lower() in self.domains


def _read() -> tuple[Writer, ...]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        # Both parts are constants of the program.
        cursor.execute(
            f"{READ} SELECT one.id, domains, array_prepend(one.address, array("  # noqa: S608
            "   SELECT contact.address FROM suppliers_suppliercontact contact"
            "   WHERE contact.supplier_id = one.id))"
            " FROM suppliers_supplier one ORDER BY one.id"
        )
        return tuple(
            Writer(
                supplier_id=pk,
                addresses=frozenset(address.upper() for address in addresses if address),
                domains=frozenset(json.loads(domains)),
            )
            for pk, domains, addresses in cursor.fetchall()
        )


WRITERS = Remembered(
    "writers for suppliers", _read, of=("suppliers_supplier", "suppliers_suppliercontact")
)
"""In the order of suppliers."""
