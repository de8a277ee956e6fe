"""How risky a change is: facts about it in, a score with its sum explained out.

The weights are ours, not a standard's: ITIL and ISO/IEC 20000 ask for an assessment of risk and impact and leave the
scale to the organisation. What counts most is how many people notice (25), how much they need what is changed (20),
and whether it can be taken back (15), because these decide how bad a failure is; the rest says how likely one is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .phrases import Phrase, Translate, gettext_noop, phrase

MEDIUM, HIGH, MOST = 30, 60, 100
USERS = ((1000, 25), (100, 20), (10, 12), (1, 5), (0, 0))  # so many and more → points
UNKNOWN_USERS = 10
CRITICALITY = {1: 20, 2: 10, 3: 0}  # impact of the service: 1 high, 3 low
UNKNOWN_CRITICALITY = 5
EACH_DEPENDENT, MOST_DEPENDENTS = 3, 10
BACK_OUT = {"tested": 0, "written": 8, "none": 15}
URGENT = 10
ENOUGH_HISTORY, UNKNOWN_HISTORY, WORST_HISTORY = 5, 5, 15
UNKNOWN_HOURS, WORKING_HOURS = 5, 10
FEW_PEOPLE = 5
SHARED, MOST_SHARED, BESIDE, MOST_BESIDE = 10, 20, 2, 4

Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a change before it is made."""

    users: int | None
    """How many people use what is changed; None where nobody knows."""
    criticality: int | None
    """Of the most critical service: 1 high, 2 medium, 3 low; None where none is named or said."""
    dependents: Sequence[str] = ()
    """Services that work only with those that are changed, by name."""
    back_out: str = "none"
    kind: str = ""
    ended: int = 0
    """How many changes of this kind have ended in the last year."""
    backed_out: int = 0
    working_share: float | None = 0.0
    """How much of the window is working time, from 0 to 1; None where nobody has said when people work."""
    closed_days: Sequence[str] = ()
    """Holidays and other closed days in the window, by name."""
    shared: Sequence[int] = ()
    """Changes at the same time that touch the same: their tickets."""
    beside: Sequence[int] = ()
    """Other changes at the same time."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum. `most`: how many points it could have been."""

    points: int
    most: int
    text: str
    words: Mapping[str, Any]

    def said(self, translate: Translate = str) -> str:
        return Phrase(self.text, dict(self.words)).said(translate)


@dataclass(frozen=True, slots=True)
class Impact:
    lines: tuple[Line, ...]

    @property
    def score(self) -> int:
        return min(MOST, sum(line.points for line in self.lines))

    @property
    def risk(self) -> Risk:
        return "high" if self.score >= HIGH else "medium" if self.score >= MEDIUM else "low"

    def document(self) -> list[dict[str, Any]]:
        """As JSON; `lines_of` reads it back."""
        return [asdict(line) for line in self.lines]


def lines_of(document: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [Line(each["points"], each["most"], each["text"], each["words"]) for each in document]


def weighed(facts: Facts) -> Impact:
    """Every factor gives a line, also one of no points: whoever reads it sees that it was looked at."""
    return Impact(tuple(factor(facts) for factor in _FACTORS))


def _line(points: int, most: int, said: Phrase) -> Line:
    return Line(points, most, said.text, said.words)


def _users(facts: Facts) -> Line:
    if facts.users is None:
        return _line(UNKNOWN_USERS, USERS[0][1], phrase(gettext_noop("Nobody knows how many people use it")))
    points = next(points for least, points in USERS if facts.users >= least)
    return _line(points, USERS[0][1], phrase(gettext_noop("People who use it: %(count)s"), count=facts.users))


def _criticality(facts: Facts) -> Line:
    said = {
        1: gettext_noop("The most important service it touches is critical"),
        2: gettext_noop("The most important service it touches is of medium importance"),
        3: gettext_noop("The services it touches can be missed for a while"),
    }
    if facts.criticality not in said:
        unknown = phrase(gettext_noop("It is not said how important what it touches is"))
        return _line(UNKNOWN_CRITICALITY, CRITICALITY[1], unknown)
    return _line(CRITICALITY[facts.criticality], CRITICALITY[1], phrase(said[facts.criticality]))


def _dependents(facts: Facts) -> Line:
    if not facts.dependents:
        return _line(0, MOST_DEPENDENTS, phrase(gettext_noop("No other service is known to depend on it")))
    points = min(MOST_DEPENDENTS, EACH_DEPENDENT * len(facts.dependents))
    text = gettext_noop("Other services depend on it: %(names)s")
    return _line(points, MOST_DEPENDENTS, phrase(text, names=", ".join(facts.dependents)))


def _back_out(facts: Facts) -> Line:
    said = {
        "tested": gettext_noop("Taking it back was tried"),
        "written": gettext_noop("Taking it back is written down, but was not tried"),
        "none": gettext_noop("Nobody has said how it is taken back"),
    }
    how = facts.back_out if facts.back_out in said else "none"
    return _line(BACK_OUT[how], BACK_OUT["none"], phrase(said[how]))


def _urgency(facts: Facts) -> Line:
    if facts.kind == "emergency":
        return _line(URGENT, URGENT, phrase(gettext_noop("It is an emergency: there is less time to prepare")))
    return _line(0, URGENT, phrase(gettext_noop("There is time to prepare")))


def _history(facts: Facts) -> Line:
    if facts.ended < ENOUGH_HISTORY:
        text = gettext_noop("Too few changes of this kind in the last year to learn from: %(ended)s")
        return _line(UNKNOWN_HISTORY, WORST_HISTORY, phrase(text, ended=facts.ended))
    points = round(WORST_HISTORY * facts.backed_out / facts.ended)
    text = gettext_noop("Of %(ended)s changes of this kind in the last year, %(backed_out)s were backed out")
    return _line(points, WORST_HISTORY, phrase(text, ended=facts.ended, backed_out=facts.backed_out))


def _window(facts: Facts) -> Line:
    if facts.working_share is None:
        unknown = phrase(gettext_noop("Nobody has said when people work"))
        return _line(UNKNOWN_HOURS, WORKING_HOURS, unknown)
    percent = round(100 * facts.working_share)
    if not percent:
        return _line(0, WORKING_HOURS, phrase(gettext_noop("The window lies outside of working hours")))
    text = gettext_noop("%(percent)s %% of the window is working time")
    return _line(max(1, round(WORKING_HOURS * facts.working_share)), WORKING_HOURS, phrase(text, percent=percent))


def _closed(facts: Facts) -> Line:
    if not facts.closed_days:
        return _line(0, FEW_PEOPLE, phrase(gettext_noop("No holiday lies in the window")))
    text = gettext_noop("A holiday lies in the window, and few people could help: %(names)s")
    return _line(FEW_PEOPLE, FEW_PEOPLE, phrase(text, names=", ".join(facts.closed_days)))


def _overlaps(facts: Facts) -> Line:
    most = MOST_SHARED + MOST_BESIDE
    if not facts.shared and not facts.beside:
        return _line(0, most, phrase(gettext_noop("No other change is planned at this time")))
    points = min(MOST_SHARED, SHARED * len(facts.shared)) + min(MOST_BESIDE, BESIDE * len(facts.beside))
    if not facts.shared:
        text = gettext_noop("Other changes at this time, of other things: %(count)s")
        return _line(points, most, phrase(text, count=len(facts.beside)))
    text = gettext_noop("Changes of the same things at this time: %(tickets)s; of other things: %(count)s")
    said = phrase(text, tickets=", ".join(f"#{each}" for each in facts.shared), count=len(facts.beside))
    return _line(points, most, said)


_FACTORS: tuple[Callable[[Facts], Line], ...] = (
    _users, _criticality, _dependents, _back_out, _urgency, _history, _window, _closed, _overlaps,
)  # fmt: skip
