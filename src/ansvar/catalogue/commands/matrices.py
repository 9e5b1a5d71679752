"""Priority matrices: each change is a new version, so that an old priority stays explainable."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from ansvar.catalogue.decisions import DEFAULT_CELLS, Cells, MatrixFault, check_matrix, parse_cells
from ansvar.catalogue.explaining import explain_matrix_fault
from ansvar.catalogue.facts import MatrixSet
from ansvar.catalogue.models import Matrix
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import require
from ansvar.people.models import Desk


class MatrixHasFaults(Refusal):
    """Cells that contradict each other; `faults` says which."""

    def __init__(self, faults: list[MatrixFault]) -> None:
        self.faults = faults
        super().__init__(" ".join(explain_matrix_fault(fault) for fault in faults))


@command
def set_matrix(
    desk_id: int, *, cells: Any, raise_from_weight: Decimal | None = None, by: Actor
) -> Matrix:
    """Put a new version of a desk's matrix and weight rule in force. The same again is silent.

    Raises: NotPermitted; BadMatrix; MatrixHasFaults; ValidationError for the weight.
    Records: MatrixSet.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "matrix.edit", desk)
    wanted = parse_cells(cells)
    if faults := check_matrix(wanted):
        raise MatrixHasFaults(faults)
    present = Matrix.objects.filter(desk=desk).order_by("-number").first()
    if (
        present is not None
        and parse_cells(present.cells) == wanted
        and present.raise_from_weight == raise_from_weight
    ):
        return present
    return _put_in_force(
        desk_id, wanted, raise_from_weight, number=present.number + 1 if present else 1, by=by
    )


def begin_matrix(desk_id: int, *, by: Actor) -> Matrix:
    """Give a new desk its first matrix.

    Records: MatrixSet.
    """
    return _put_in_force(desk_id, DEFAULT_CELLS, None, number=1, by=by)


def _put_in_force(
    desk_id: int, cells: Cells, weight: Decimal | None, *, number: int, by: Actor
) -> Matrix:
    whole = 100
    if weight is not None and not 0 < weight <= whole:
        raise ValidationError(
            {"raise_from_weight": "A share of the business lies above 0 and is at most 100 %."}
        )
    rows = [list(row) for row in cells]
    matrix = Matrix(
        desk_id=desk_id,
        number=number,
        cells=rows,
        raise_from_weight=weight,
        made_at=clock.now(),
    )
    matrix.clean_fields()
    matrix.save()
    record(
        MatrixSet(
            subject_id=desk_id,
            matrix_id=matrix.pk,
            number=number,
            cells=rows,
            raise_from_weight=None if weight is None else str(weight),
        ),
        by=by,
    )
    return matrix
