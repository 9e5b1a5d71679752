"""Questions about services, scripts and matrices."""

from ansvar.catalogue.models import Matrix


def matrix_in_force(desk_id: int) -> Matrix:
    """Return the desk's present priority matrix; a desk has one from its making.

    Raises: Matrix.DoesNotExist.
    """
    return Matrix.objects.filter(desk_id=desk_id).order_by("-number")[:1].get()
