"""Why a clock is due when it is: the level, the figure, the hours, and each leg, in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ansvar.kernel.names import names_of
from ansvar.people.decisions.calendars import DayPlan
from ansvar.servicelevels.clock_words import (
    Glance,
    Names,
    Standing,
    amount,
    exactly,
    glance_at,
    holder_in_words,
    level_in_words,
    names_wanted,
    spent_in,
    state_in_words,
    when,
)
from ansvar.servicelevels.decisions.choosing import Choice, Verdict, kept_at
from ansvar.servicelevels.decisions.clocks import Counted, holder_of, shares_at
from ansvar.servicelevels.decisions.closures import Closure, closures
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.terms import PAUSABLE, LevelKind, Measure
from ansvar.servicelevels.models import KIND_NAMES
from ansvar.servicelevels.running import Run, Timed
from ansvar.servicelevels.saying import (
    MEASURE_MEANINGS,
    STANDING_NAMES,
    VERDICT_WORDS,
    hours_in_words,
    names_in,
    objective_in_words,
    origin_in_words,
    pauses_in_words,
    row_in_words,
)

SECOND = timedelta(seconds=1)
MOST_OTHERS = 5
MOST_CLOSURES = 8


@dataclass(frozen=True, kw_only=True)
class LegTold:
    """A leg of a clock, as a line of a table."""

    start: datetime
    end: datetime | None
    """Nothing while it lasts."""
    holder: str
    state: str
    is_counted: bool
    why_not: str
    """Why it is not counted."""
    seconds: int
    """Working time: counted, or what would have counted."""
    spent: str
    closed: list[str]
    """When nothing was counted in it, and why."""
    is_ahead: bool = False
    """It has not happened yet: what is left, until the clock is due."""

    @property
    def is_within_day(self) -> bool:
        """Whether it ends on the day of the reader on which it began."""
        if self.end is None:
            return False
        return timezone.localtime(self.start).date() == timezone.localtime(self.end).date()


@dataclass(frozen=True, kw_only=True)
class ShareTold:
    """Who used how much of a clock."""

    holder: str
    kind: str
    seconds: int
    spent: str
    percent: int
    delay: str
    """Of what is over the target, in proportion; empty when nothing is."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A clock with all that explains it."""

    glance: Glance
    question: str
    """What is explained, as a question."""
    level: str
    sentences: list[str]
    legs: list[LegTold]
    total: str
    conclusion: str
    shares: list[ShareTold]
    breach: str
    """Which leg broke it; empty when none did."""


def explain(told: Timed, run: Run, *, now: datetime, reason: str = "") -> Explained:
    """Explain a clock; *reason* is why its level was chosen by hand, if it was."""
    names = {**names_in([run.rule.version.terms]), **names_of(names_wanted(told))}
    return _explained(told, run, names, now=now, reason=reason)


def explain_all(told: Timed, *, now: datetime, reason: str) -> list[tuple[Run, Explained]]:
    """Explain all clocks of a ticket, with one look-up per kind of name."""
    terms = {run.rule.version.id: run.rule.version.terms for run in told.runs}
    names = {**names_in(terms.values()), **names_of(names_wanted(told))}
    return [(run, _explained(told, run, names, now=now, reason=reason)) for run in told.runs]


def _explained(told: Timed, run: Run, names: Names, *, now: datetime, reason: str) -> Explained:
    glance = glance_at(run, names, now=now)
    legs = list(_legs(run, names, now=now))
    return Explained(
        glance=glance,
        question=_question(glance, now=now),
        level=level_in_words(run.rule.version),
        sentences=_sentences(told, run, names, reason=reason),
        legs=[*legs, *_ahead(run, now=now)],
        total=exactly(timedelta(seconds=sum(leg.seconds for leg in legs if leg.is_counted))),
        conclusion=_conclusion(run, glance, now=now),
        shares=_shares(told, run, names, now=now),
        breach=_breach(run, names, now=now),
    )


def _question(glance: Glance, *, now: datetime) -> str:
    if glance.standing is Standing.PAUSED:
        return _("%(title)s: why does it stand still?") % {"title": glance.title}
    values = {"title": glance.title, "when": when(glance.due_at, now=now) if glance.due_at else ""}
    if glance.standing is Standing.MET:
        return _("%(title)s: why was it met?") % values
    if glance.standing is Standing.MISSED:
        return _("%(title)s: why was it missed?") % values
    if not glance.due_at:
        return _("%(title)s: why is it never due?") % values
    if glance.standing is Standing.LATE:
        return _("%(title)s: why was it due at %(when)s?") % values
    return _("%(title)s: why is it due at %(when)s?") % values


def _sentences(told: Timed, run: Run, names: Names, *, reason: str) -> list[str]:
    rule, version = run.rule, run.rule.version
    choice = told.choice_for(run.window, version.kind)
    sentences = [*_which(run, choice, reason), *_others(told, run, choice)]
    row = row_in_words(version.terms.rows[rule.row], names, is_only=len(version.terms.rows) == 1)
    sentences.append(
        _("Its line %(line)s (%(row)s) gives the time: %(amount)s of working time, %(objective)s.")
        % {
            "line": rule.row + 1,
            "row": row,
            "amount": amount(rule.target.amount),
            "objective": objective_in_words(rule.target.objective),
        }
    )
    origin = origin_in_words(rule.target)
    sentences.append(_("Where the figure comes from: %(origin)s.") % {"origin": origin.rstrip(".")})
    meaning = MEASURE_MEANINGS[run.clock.measure]
    sentences.append(_("It counts %(meaning)s.") % {"meaning": meaning})
    if run.clock.measure in PAUSABLE:
        sentences.append(pauses_in_words(version.terms.pauses, version.kind))
    sentences.append(_hours(told, run))
    return sentences


def _which(run: Run, choice: Choice, reason: str) -> Iterator[str]:
    version = run.rule.version
    verdicts = {one.id: verdict for one, verdict in choice.considered}
    verdict = verdicts.get(version.id, Verdict.APPLIES)
    yield _("The %(kind)s “%(level)s”, version %(number)s, %(verdict)s.") % {
        "kind": KIND_NAMES[version.kind],
        "level": version.level,
        "number": version.number,
        "verdict": VERDICT_WORDS[verdict],
    }
    if verdict is Verdict.BY_HAND and reason:
        yield _("The reason that was given: “%(reason)s”") % {"reason": reason}


def _others(told: Timed, run: Run, choice: Choice) -> Iterator[str]:
    version = run.rule.version
    if run.clock.measure is Measure.UPDATE and version.kind is LevelKind.CARE:
        sla = told.choice_for(run.window, LevelKind.SLA).version
        if sla is not None:
            yield _("“%(level)s” applies too, but sets no time for this.") % {"level": sla.level}
    others = [(one, verdict) for one, verdict in choice.considered if one.id != version.id]
    for one, verdict in others[:MOST_OTHERS]:
        yield _("“%(level)s” %(verdict)s.") % {
            "level": one.level,
            "verdict": VERDICT_WORDS[verdict],
        }
    if more := len(others[MOST_OTHERS:]):
        words = ngettext(
            "%(n)s other does not apply either.", "%(n)s others do not apply either.", more
        )
        yield words % {"n": more}


def _hours(told: Timed, run: Run) -> str:
    hours = run.clock.hours
    calendar = hours.editions[-1][1]
    words = hours_in_words(calendar).rstrip(".")
    return _("It counts by %(whose)s, “%(calendar)s”: %(hours)s.") % {
        "whose": _whose_hours(told, run),
        "calendar": calendar.name,
        "hours": words,
    }


def _whose_hours(told: Timed, run: Run) -> str:
    version, window = run.rule.version, run.window
    begins = (
        window.start if version.kind in {LevelKind.OLA, LevelKind.UC} else told.course.opened_at
    )
    site_id = told.course.traits_at(window.stop).site_id
    at_site = kept_at(told.book.site_calendars.get(site_id or 0, ()), begins)
    if version.terms.at_site and at_site is not None:
        return _("the opening hours of the site")
    if version.terms.calendar_id is not None:
        return _("the hours that the level names")
    of_team = kept_at(told.book.team_calendars.get(window.team_id or 0, ()), begins)
    if version.kind is LevelKind.OLA and of_team is not None:
        return _("the hours of the team")
    return _("the hours of the desk")


def _legs(run: Run, names: Names, *, now: datetime) -> Iterator[LegTold]:
    """Tell the legs; whole seconds are cut from their running sum, so that the lines add up."""
    before = timedelta()
    hours = run.clock.hours
    for leg in run.legs:
        spent = spent_in(leg, hours, now=now)
        if leg.why_not:
            seconds = spent // SECOND
        else:
            seconds = (before + spent) // SECOND - before // SECOND
            before += spent
        end = leg.end or max(now, leg.start)
        yield LegTold(
            start=leg.start,
            end=leg.end,
            holder=_holder(leg, names),
            state=state_in_words(leg.leg),
            is_counted=not leg.why_not,
            why_not=_why_not(leg),
            seconds=seconds,
            spent=exactly(timedelta(seconds=seconds)),
            closed=[] if leg.why_not else closed_in_words(hours, leg.start, end),
        )


def _ahead(run: Run, *, now: datetime) -> Iterator[LegTold]:
    """Tell what is left until the clock is due, as things are."""
    clock = run.clock
    begins = max(now, clock.counting_since or now)
    left = clock.target - run.used_at(now)
    if clock.counting_since is None or clock.due_at is None or left <= timedelta():
        return
    yield LegTold(
        start=begins,
        end=clock.due_at,
        holder="",
        state=_("if it goes on like this"),
        is_counted=True,
        why_not="",
        seconds=int(left.total_seconds()),
        spent=exactly(left),
        closed=closed_in_words(clock.hours, begins, clock.due_at),
        is_ahead=True,
    )


def _holder(leg: Counted, names: Names) -> str:
    holder = holder_of(leg.leg)
    words = holder_in_words(holder, names)
    if holder.kind == "person" and leg.leg.team_id:
        team = names.get(("team", leg.leg.team_id), "")
        return f"{team} ▸ {words}"
    return words


def _why_not(leg: Counted) -> str:
    if not leg.why_not:
        return ""
    because = STANDING_NAMES.get(leg.why_not)
    if because is not None:
        return _("not counted while %(state)s") % {"state": because}
    if leg.leg.is_open:
        return _("not counted: it was taken up again")
    return _("not counted: it was done with")


def closed_in_words(hours: Hours, start: datetime, end: datetime) -> list[str]:
    """Say when between two moments no working time passed, and why."""
    found = list(closures(hours, start, end))
    said = [_closed(closure) for closure in found[:MOST_CLOSURES]]
    if more := len(found[MOST_CLOSURES:]):
        said.append(
            ngettext("… and %(n)s more such time", "… and %(n)s more such times", more)
            % {"n": more}
        )
    return said


def _closed(closure: Closure) -> str:
    local = timezone.localtime(closure.start)
    values = {
        "start": formats.date_format(local, pgettext("date format", "D j M H:i")),
        "end": _until(closure),
        "why": _reason(closure),
    }
    return _("%(start)s–%(end)s: %(why)s") % values


def _until(closure: Closure) -> str:
    first, last = timezone.localtime(closure.start), timezone.localtime(closure.end)
    if first.date() == last.date():
        return formats.time_format(last, "H:i")
    return formats.date_format(last, pgettext("date format", "D j M H:i"))


def _reason(closure: Closure) -> str:
    if not closure.days:
        return _("closed") if closure.is_within_day else _("night")
    named = [_special(day) for day in closure.days if day.holiday or day.is_special]
    usual = [day for day in closure.days if not (day.holiday or day.is_special)]
    if usual:
        days = ", ".join(dict.fromkeys(formats.date_format(day.day, "l") for day in usual))
        named.insert(0, _("%(days)s: closed") % {"days": days})
    return "; ".join(named)


def _special(day: DayPlan) -> str:
    date = formats.date_format(day.day, pgettext("date format", "D j M"))
    if day.holiday:
        return _("%(date)s is %(holiday)s") % {"date": date, "holiday": day.holiday}
    return _("%(date)s is closed by the calendar") % {"date": date}


def _conclusion(run: Run, glance: Glance, *, now: datetime) -> str:
    clock, used = run.clock, run.used_at(now)
    values = {
        "used": amount(used),
        "target": glance.target,
        "left": amount(max(timedelta(), clock.target - used)),
        "over": amount(used - clock.target),
        "due": when(clock.due_at, now=now) if clock.due_at else "",
        "why": glance.words,
    }
    if glance.standing is Standing.MET:
        return _("%(used)s of %(target)s were used, so it was met with %(left)s to spare.") % values
    if glance.standing is Standing.MISSED:
        return (
            _(
                "%(used)s were used, and %(target)s were promised: missed by %(over)s. The time "
                "was up at %(due)s."
            )
            % values
        )
    if glance.standing is Standing.LATE:
        return (
            _("%(used)s are used, %(over)s more than %(target)s: it was due at %(due)s.") % values
        )
    if glance.standing is Standing.PAUSED:
        return (
            _(
                "%(used)s of %(target)s are used. It stands still (%(why)s), so no time can be "
                "named until it goes on."
            )
            % values
        )
    if clock.due_at is None:
        return _("The hours come to an end before %(target)s are used: it is never due.") % values
    return (
        _("%(used)s of %(target)s are used, %(left)s are left: so it is due at %(due)s.") % values
    )


def _shares(told: Timed, run: Run, names: Names, *, now: datetime) -> list[ShareTold]:
    shares = shares_at(run.clock, told.course, moment=now)
    total = sum((spent for _holder_, spent in shares), timedelta())
    over = max(timedelta(), total - run.clock.target)
    percents = _percents([spent for _holder_, spent in shares])
    return [
        ShareTold(
            holder=holder_in_words(holder, names),
            kind=holder.kind,
            seconds=int(spent.total_seconds()),
            spent=exactly(spent),
            percent=percent,
            delay=exactly(over * (spent / total)) if over else "",
        )
        for (holder, spent), percent in zip(shares, percents, strict=True)
    ]


def _percents(spans: Sequence[timedelta]) -> list[int]:
    """Return whole per cents that add up to a hundred."""
    total = sum(spans, timedelta())
    if not total:
        return [0 for _span in spans]
    exact = [100 * (span / total) for span in spans]
    whole = [int(one) for one in exact]
    by_rest = sorted(range(len(exact)), key=lambda n: whole[n] - exact[n])
    for number in by_rest[: 100 - sum(whole)]:
        whole[number] += 1
    return whole


def _breach(run: Run, names: Names, *, now: datetime) -> str:
    clock = run.clock
    if clock.due_at is None or run.used_at(now) <= clock.target:
        return ""
    used = timedelta()
    for leg in run.legs:
        if leg.why_not:
            continue
        used += spent_in(leg, clock.hours, now=now)
        if used > clock.target:
            return _("The time ran out at %(when)s, while %(who)s had it (%(state)s).") % {
                "when": when(clock.due_at, now=now),
                "who": _holder(leg, names),
                "state": state_in_words(leg.leg),
            }
    return ""
