"""What came and went, and who took what, as tables for other programs."""

from collections.abc import Iterator, Sequence

from ansvar.insight.fair_work import FairWork
from ansvar.insight.volumes import Sort, Volumes


def volume_rows(volumes: Volumes) -> Iterator[Sequence[object]]:
    """Return the finest figures: by month, team and person."""
    counted = [f"{way}_{sort}" for way in ("came", "went") for sort in Sort]
    yield ["month", "team", "person", *counted]
    for month, team, person, volume in volumes.cells:
        yield [
            f"{month:%Y-%m}",
            team,
            person,
            *(volume.came[sort] for sort in Sort),
            *(volume.went[sort] for sort in Sort),
        ]


def taken_rows(found: FairWork) -> Iterator[Sequence[object]]:
    """Return what each person solved and took."""
    yield [
        "person", "solved", "weighted", "easy", "share_easy", "taken", "out_of_order", "for_vip",
    ]  # fmt: skip
    for person, one in found.people:
        yield [
            person.name,
            one.solved,
            round(one.weighted, 1),
            one.easy,
            "" if one.share_easy is None else round(one.share_easy, 3),
            one.taken,
            one.out_of_order,
            one.for_special,
        ]
