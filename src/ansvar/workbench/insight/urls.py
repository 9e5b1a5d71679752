"""Addresses of the pages of insight.

Those that only show figures may read them from a copy of the database, some seconds old. Where
somebody changes a thing and sees it on the same page, the database itself is read.
"""

from django.urls import path

from ansvar.kernel.replica import from_replica
from ansvar.workbench.insight import (
    calculator,
    classification,
    handovers,
    home,
    levels,
    missed,
    need,
    promises,
    silence,
    stuck,
    taken,
    volumes,
    what_if,
)

urlpatterns = [
    path("", home.insight, name="insight"),
    path("calculator/", calculator.insight_calculator, name="insight-calculator"),
    path("need/", from_replica(need.insight_need), name="insight-need"),
    path("need/table.csv", from_replica(need.insight_need_csv), name="insight-need-csv"),
    path("stuck/", stuck.insight_stuck, name="insight-stuck"),
    path("stuck/<int:desk_id>/rule/", stuck.insight_stuck_rule, name="insight-stuck-rule"),
    path("silence/", from_replica(silence.insight_silence), name="insight-silence"),
    path(
        "silence/table.csv", from_replica(silence.insight_silence_csv), name="insight-silence-csv"
    ),
    path("promises/", promises.insight_promises, name="insight-promises"),
    path(
        "promises/<int:desk_id>/shown",
        promises.insight_promises_shown,
        name="insight-promises-shown",
    ),
    path(
        "promises/<int:desk_id>/months",
        promises.insight_promises_months,
        name="insight-promises-months",
    ),
    path("levels/", from_replica(levels.insight_levels), name="insight-levels"),
    path("levels/table.csv", from_replica(levels.insight_levels_csv), name="insight-levels-csv"),
    path("handovers/", from_replica(handovers.insight_handovers), name="insight-handovers"),
    path(
        "handovers/table.csv",
        from_replica(handovers.insight_handovers_csv),
        name="insight-handovers-csv",
    ),
    path("handovers/what-if/", from_replica(what_if.insight_what_if), name="insight-what-if"),
    path(
        "filed/", from_replica(classification.insight_classification), name="insight-classification"
    ),
    path(
        "filed/table.csv",
        from_replica(classification.insight_classification_csv),
        name="insight-classification-csv",
    ),
    path("volumes/", from_replica(volumes.insight_volumes), name="insight-volumes"),
    path(
        "volumes/table.csv", from_replica(volumes.insight_volumes_csv), name="insight-volumes-csv"
    ),
    path("taken/", from_replica(taken.insight_taken), name="insight-taken"),
    path("taken/table.csv", from_replica(taken.insight_taken_csv), name="insight-taken-csv"),
    path("levels/missed/", from_replica(missed.insight_missed), name="insight-missed"),
]
