"""What people write to the desks: families of like tickets, in the words of those concerned."""

from typing import Final

from ansvar.demo.matters import (
    accounts,
    cash_desk,
    dispensing,
    network,
    personal,
    supply,
    workplace,
)
from ansvar.demo.matters.matter import ANYBODY, OFFICES, SHOPS, Matter

__all__ = ["ANYBODY", "MATTERS", "OFFICES", "SHOPS", "Matter"]

MATTERS: Final = (
    *cash_desk.MATTERS,
    *dispensing.MATTERS,
    *supply.MATTERS,
    *network.MATTERS,
    *workplace.MATTERS,
    *accounts.MATTERS,
    *personal.MATTERS,
)
