"""Priority from impact and urgency, and when the weight of a site raises the impact."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ansvar.kernel.refusal import Refusal, said

Cells = Sequence[Sequence[int]]
"""Four rows, impact 1 to 4, of four priorities, urgency 1 to 4."""

STEPS = range(1, 5)
PRIORITIES = range(1, 6)
DEFAULT_CELLS: Cells = ((1, 1, 2, 3), (1, 2, 3, 3), (2, 3, 3, 4), (3, 4, 4, 5))
"""What a desk begins with: the mean of both, with the corner for whole business, fast harm."""


class BadMatrix(Refusal):
    """Cells that cannot be a priority matrix."""


class MatrixFaultKind(StrEnum):
    """What is wrong with a cell of a matrix."""

    OUT_OF_RANGE = "out_of_range"
    LOWER_THAN_LESS_IMPACT = "lower_than_less_impact"
    LOWER_THAN_LESS_URGENCY = "lower_than_less_urgency"


@dataclass(frozen=True, kw_only=True)
class MatrixFault:
    """A cell that contradicts its neighbour: more harm, or faster harm, and yet less priority."""

    kind: MatrixFaultKind
    impact: int
    urgency: int
    priority: int
    neighbour: int = 0
    """The priority of the cell with one step less impact or urgency."""


def weigh(impact: int, share: Decimal | int, raise_from: Decimal | None) -> tuple[int, bool]:
    """Return the impact after the weight of the site, and whether that raised it.

    *share* and *raise_from* are per cent of the business; the highest impact cannot be raised.
    """
    if raise_from is not None and share >= raise_from and impact > STEPS[0]:
        return impact - 1, True
    return impact, False


def priority_of(impact: int, urgency: int, cells: Cells) -> int:
    """Return the priority, 1 (first) to 5, of a matrix without faults."""
    return cells[impact - 1][urgency - 1]


def parse_cells(stored: Any) -> Cells:
    """Read cells as they are stored or sent.

    Raises: BadMatrix for anything but four rows of four whole numbers.
    """
    rows = stored if isinstance(stored, list | tuple) else []
    if len(rows) != len(STEPS):
        raise BadMatrix(said("A priority matrix has four rows, one for each impact."))
    for impact, row in zip(STEPS, rows, strict=True):
        if not isinstance(row, list | tuple) or len(row) != len(STEPS):
            raise BadMatrix(
                said("Impact %(impact)s needs four priorities, one for each urgency."),
                impact=impact,
            )
        if not all(isinstance(cell, int) and not isinstance(cell, bool) for cell in row):
            raise BadMatrix(
                said("The priorities of impact %(impact)s are whole numbers from 1 to 5."),
                impact=impact,
            )
    return tuple(tuple(row) for row in rows)


def check_matrix(cells: Cells) -> list[MatrixFault]:
    """Return the cells that cannot be right: out of range, or against their neighbour.

    Number 1 is the highest of impact, urgency and priority alike.
    """
    faults = []
    for impact in STEPS:
        for urgency in STEPS:
            priority = priority_of(impact, urgency, cells)
            faults += [
                MatrixFault(
                    kind=kind,
                    impact=impact,
                    urgency=urgency,
                    priority=priority,
                    neighbour=neighbour,
                )
                for kind, neighbour in _faults_of(impact, urgency, cells)
            ]
    return faults


def _faults_of(impact: int, urgency: int, cells: Cells) -> list[tuple[MatrixFaultKind, int]]:
    priority = priority_of(impact, urgency, cells)
    if priority not in PRIORITIES:
        return [(MatrixFaultKind.OUT_OF_RANGE, 0)]
    found = []
    if impact < STEPS[-1]:
        neighbour = priority_of(impact + 1, urgency, cells)
        if priority > neighbour and neighbour in PRIORITIES:
            found.append((MatrixFaultKind.LOWER_THAN_LESS_IMPACT, neighbour))
    if urgency < STEPS[-1]:
        neighbour = priority_of(impact, urgency + 1, cells)
        if priority > neighbour and neighbour in PRIORITIES:
            found.append((MatrixFaultKind.LOWER_THAN_LESS_URGENCY, neighbour))
    return found
