"""What became of the cases of a log, counted case by case, kept as JSON. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansvar.importers.decisions.events import Remark
from ansvar.importers.decisions.mapping import COUNTERS

UNEXPLAINED = "unexplained"
MOST_WORDS = 100
"""Words of a log that are listed with a remark."""
EXPLAINING = {
    "hand_overs": (Remark.HAND_OVER_UNSEEN, Remark.HAND_OVER_UNCOUNTED),
    "reopens": (Remark.REOPENING_UNSEEN, Remark.REOPENING_UNCOUNTED),
}
"""Which remarks on a case explain that a counter of the log is another than ours."""


@dataclass(kw_only=True)
class _Told:
    """How often something was remarked, on how many cases, and where first."""

    times: int = 0
    cases: int = 0
    example: str = ""
    words: Counter[str] = field(default_factory=Counter)
    """Words of the log that it is about."""


@dataclass(kw_only=True)
class _Compared:
    """A counter of the log beside ours."""

    cases: int = 0
    equal: int = 0
    logged: int = 0
    counted: int = 0
    differing: dict[str, _Told] = field(default_factory=dict)


@dataclass(kw_only=True)
class Outcome:
    """The figures in the making."""

    cases: int = 0
    rows: int = 0
    left: dict[str, _Told] = field(default_factory=dict)
    """Cases that became no ticket, by the reason."""
    remarks: dict[str, _Told] = field(default_factory=dict)
    counters: dict[str, _Compared] = field(default_factory=dict)

    def add(
        self,
        case: str,
        *,
        rows: int,
        remarks: Mapping[str, Any],
        logged: Mapping[str, int],
        counted: Mapping[str, int],
    ) -> None:
        """Count a case that is a ticket; *remarks* as they are stored."""
        self.cases += 1
        self.rows += rows
        self._remark(case, remarks)
        for counter in COUNTERS:
            if counter in logged:
                self._compare(
                    counter,
                    case,
                    remarks=remarks,
                    logged=logged[counter],
                    counted=counted[counter],
                )

    def leave(self, case: str, *, why: str, remarks: Mapping[str, Any]) -> None:
        """Count a case that is none, with what was remarked on its rows."""
        _tell(self.left, why, case)
        self._remark(case, remarks)

    def figures(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "cases": self.cases,
            "rows": self.rows,
            "left": _listed(self.left),
            "remarks": _listed(self.remarks),
            "counters": {
                counter: {
                    "cases": one.cases,
                    "equal": one.equal,
                    "share": round(one.equal / one.cases, 5),
                    "logged": one.logged,
                    "counted": one.counted,
                    "differing": _listed(one.differing),
                }
                for counter, one in self.counters.items()
            },
        }

    def _remark(self, case: str, remarks: Mapping[str, Any]) -> None:
        # What was kept before words were counted has none.
        for what, (times, example, *words) in remarks.items():
            told = _tell(self.remarks, what, f"{case}, {example}", times=times)
            for said in words:
                told.words.update(said)

    def _compare(
        self, counter: str, case: str, *, remarks: Mapping[str, Any], logged: int, counted: int
    ) -> None:
        compared = self.counters.setdefault(counter, _Compared())
        compared.cases += 1
        compared.logged += logged
        compared.counted += counted
        if logged == counted:
            compared.equal += 1
            return
        whys = [str(remark) for remark in EXPLAINING[counter] if remark in remarks]
        why = " + ".join(whys) or UNEXPLAINED
        example = f"{case}: {logged} in the log, {counted} here"
        _tell(compared.differing, why, example, times=abs(logged - counted))


def _tell(where: dict[str, _Told], what: str, example: str, *, times: int = 1) -> _Told:
    told = where.setdefault(what, _Told(example=example))
    told.times += times
    told.cases += 1
    return told


def _listed(told: Mapping[str, _Told]) -> list[dict[str, Any]]:
    by_cases = sorted(told.items(), key=lambda pair: (-pair[1].cases, pair[0]))
    return [
        {
            "what": what,
            "cases": one.cases,
            "times": one.times,
            "example": one.example,
            **_words(one.words),
        }
        for what, one in by_cases
    ]


def _words(said: Counter[str]) -> dict[str, Any]:
    """Return which words it is about, the most frequent first, and how many more there are."""
    if not said:
        return {}
    ordered = sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))
    listed = [[word, times] for word, times in ordered[:MOST_WORDS]]
    return {"words": listed, "more_words": len(ordered) - len(listed)}
