from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.catalogue.decisions import (
    DEFAULT_CELLS,
    BadMatrix,
    MatrixFaultKind,
    check_matrix,
    parse_cells,
    path_to,
    priority_of,
    reachable,
    weigh,
)
from ansvar.catalogue.explaining import MATRIX_FAULTS, explain_matrix_fault

LEVELS = st.integers(1, 4)


def test_a_desk_begins_with_a_matrix_without_faults():
    assert check_matrix(DEFAULT_CELLS) == []


def test_priority_is_the_cell_of_impact_and_urgency():
    cells = ((1, 2, 3, 4), (2, 3, 4, 4), (3, 4, 4, 5), (4, 4, 5, 5))
    assert priority_of(1, 4, cells) == 4
    assert priority_of(4, 1, cells) == 4
    assert priority_of(3, 2, cells) == 4


@given(LEVELS, LEVELS, LEVELS, LEVELS)
def test_more_impact_and_urgency_never_come_later(impact, urgency, other_impact, other_urgency):
    if impact <= other_impact and urgency <= other_urgency:
        first = priority_of(impact, urgency, DEFAULT_CELLS)
        assert first <= priority_of(other_impact, other_urgency, DEFAULT_CELLS)


CELLS = st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=4, max_size=4)


@given(CELLS)
def test_a_matrix_without_faults_never_lets_more_harm_come_later(cells):
    if check_matrix(cells):
        return
    for impact in range(1, 5):
        for urgency in range(1, 5):
            assert 1 <= priority_of(impact, urgency, cells) <= 5
            for less in range(impact, 5):
                for slower in range(urgency, 5):
                    assert priority_of(impact, urgency, cells) <= priority_of(less, slower, cells)


def test_a_fault_of_a_matrix_names_its_cell_and_what_to_do():
    cells = [[1, 1, 2, 3], [1, 2, 3, 3], [2, 5, 3, 4], [3, 4, 4, 9]]
    faults = check_matrix(cells)
    assert [(fault.kind, fault.impact, fault.urgency) for fault in faults] == [
        (MatrixFaultKind.LOWER_THAN_LESS_IMPACT, 3, 2),
        (MatrixFaultKind.LOWER_THAN_LESS_URGENCY, 3, 2),
        (MatrixFaultKind.OUT_OF_RANGE, 4, 4),
    ]
    assert explain_matrix_fault(faults[0]) == (
        "Impact 3 with urgency 2 has P5, but impact 4, which is less harm, has P4."
        " More harm cannot come later: make it P4 or higher."
    )
    assert set(MATRIX_FAULTS) == set(MatrixFaultKind)


@pytest.mark.parametrize(
    "cells", [None, [], [[1] * 4] * 3, [[1] * 3] * 4, [["1"] * 4] * 4, [[True] * 4] * 4]
)
def test_what_is_no_matrix_is_refused(cells):
    with pytest.raises(BadMatrix):
        parse_cells(cells)


@pytest.mark.parametrize(
    ("impact", "share", "raise_from", "expected"),
    [
        (3, Decimal("2.5"), Decimal("2.5"), (2, True)),
        (3, Decimal("2.4"), Decimal("2.5"), (3, False)),
        (3, Decimal(99), None, (3, False)),
        (1, Decimal(99), Decimal(1), (1, False)),
        (4, 0, Decimal(1), (4, False)),
    ],
)
def test_the_weight_of_a_site_raises_the_impact_by_one_step(impact, share, raise_from, expected):
    assert weigh(impact, share, raise_from) == expected


def test_a_path_is_the_shortest_and_reaching_counts_steps():
    edges = {1: [2, 3], 2: [4], 3: [5], 4: [5], 5: [6]}
    assert path_to(edges, 1, 5) == [1, 3, 5]
    assert path_to(edges, 5, 1) == []
    assert path_to(edges, 5, 5) == [5]
    assert reachable(edges, 1) == {2: 1, 3: 1, 4: 2, 5: 2, 6: 3}


def test_reaching_ends_also_in_a_circle():
    assert reachable({1: [2], 2: [1]}, 1) == {2: 1}
    assert path_to({1: [2], 2: [1]}, 1, 3) == []
