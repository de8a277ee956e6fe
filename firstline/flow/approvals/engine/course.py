"""The course of one approval: stages, seats, and every step that can be taken.

Each step takes a course and answers the next one, or raises `NotNow` with the reason. Nothing here looks at a clock, a
database or a person: the same steps in the same order always give the same course.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from .plans import Expiry, Quorum


class State(StrEnum):
    """How an approval stands."""

    WAITING = "waiting"
    MORE = "more"  # an approver has asked the requester for more
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"  # nobody answered in time: not granted
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """How a stage stands."""

    COMING = "coming"
    ASKING = "asking"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    SKIPPED = "skipped"  # its condition did not hold
    DROPPED = "dropped"  # what it was asked for has been decided elsewhere, or taken back


class Says(StrEnum):
    NOTHING = ""
    GRANTED = "granted"
    REFUSED = "refused"


OPEN = frozenset({State.WAITING, State.MORE})
PASSED = frozenset({Standing.GRANTED, Standing.SKIPPED})


class NotNow(Exception):
    """A step that cannot be taken; `code`: closed, not_asked, own, comment, twice, no_question, nobody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seat:
    """One place of a stage, held by one person, who says something once."""

    person: int
    says: Says = Says.NOTHING
    is_escalation: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    key: int
    step: int = 1
    quorum: Quorum = Quorum.ANY
    number: int = 1
    has_veto: bool = True
    on_expiry: Expiry = Expiry.REFUSE
    standing: Standing = Standing.COMING
    seats: tuple[Seat, ...] = ()
    is_escalated: bool = False

    @property
    def counted(self) -> tuple[Seat, ...]:
        """The seats whose words decide: once it was escalated, only those it was escalated to."""
        return tuple(seat for seat in self.seats if seat.is_escalation) if self.is_escalated else self.seats

    @property
    def needed(self) -> int:
        """How many have to say yes. Never lowered because fewer were found: that would be a silent grant."""
        many = len(self.counted)
        if self.is_escalated or self.quorum is Quorum.ANY:
            return 1
        if self.quorum is Quorum.ALL:
            return max(many, 1)
        if self.quorum is Quorum.NUMBER:
            return self.number
        return max(-(-many * self.number // 100), 1)

    @property
    def is_stuck(self) -> bool:
        """Whether there are too few people for it ever to be granted, though nobody has refused."""
        refused = sum(seat.says is Says.REFUSED for seat in self.counted)
        return self.standing is Standing.ASKING and not refused and len(self.counted) < self.needed

    @property
    def verdict(self) -> Standing:
        """What its seats come to. One refusal with veto, or so many that yes cannot be reached, is a no."""
        granted = sum(seat.says is Says.GRANTED for seat in self.counted)
        refused = sum(seat.says is Says.REFUSED for seat in self.counted)
        if refused and (self.has_veto or len(self.counted) - refused < self.needed):
            return Standing.REFUSED
        return Standing.GRANTED if granted >= self.needed else Standing.ASKING


# Who is asked when a stage begins: the people, or None if its condition does not hold.
Begin = Callable[[Stage], Iterable[int] | None]


@dataclass(frozen=True, slots=True)
class Course:
    requester: int
    stages: tuple[Stage, ...] = ()
    state: State = State.WAITING
    question_by: int | None = None  # the approver who waits for the requester's answer

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def stage(self, key: int) -> Stage:
        found = next((stage for stage in self.stages if stage.key == key), None)
        if found is None:
            raise NotNow("not_asked")
        return found


def start(course: Course, begin: Begin) -> Course:
    """Ask the first stages."""
    return _settle(course, begin)


def decide(course: Course, key: int, person: int, *, grants: bool, comment: str, begin: Begin) -> Course:
    """Somebody says yes or no in a stage that asks them. A no needs a word why."""
    _must_be_open(course)
    if person == course.requester:
        raise NotNow("own")
    stage = course.stage(key)
    seat = _seat_of(stage, person)
    if not grants and not comment.strip():
        raise NotNow("comment")
    said = replace(seat, says=Says.GRANTED if grants else Says.REFUSED)
    course = _with(course, _with_seat(stage, seat, said))
    if course.question_by == person:  # they know enough now
        course = replace(course, question_by=None, state=State.WAITING)
    return _settle(course, begin)


def ask_for_more(course: Course, key: int, person: int) -> Course:
    """An approver wants to know more; the requester answers. Others may decide meanwhile."""
    _must_be_open(course)
    _seat_of(course.stage(key), person)
    if course.question_by is not None:
        raise NotNow("twice")
    return replace(course, question_by=person, state=State.MORE)


def answer(course: Course) -> Course:
    """The requester has answered, or did not in time: it goes on."""
    _must_be_open(course)
    if course.state is not State.MORE:
        raise NotNow("no_question")
    return replace(course, question_by=None, state=State.WAITING)


def delegate(course: Course, key: int, person: int, to: int) -> Course:
    """Whoever is asked passes their place on. Afterwards it is no longer theirs."""
    _must_be_open(course)
    stage = course.stage(key)
    seat = _seat_of(stage, person)
    if to == course.requester:
        raise NotNow("own")
    if any(other.person == to for other in stage.seats):
        raise NotNow("twice")
    course = _with(course, _with_seat(stage, seat, replace(seat, person=to)))
    return replace(course, question_by=to) if course.question_by == person else course


def add(course: Course, key: int, people: Iterable[int]) -> Course:
    """Name further approvers of a stage that is asked, above all of one that has found nobody."""
    _must_be_open(course)
    stage = course.stage(key)
    if stage.standing is not Standing.ASKING:
        raise NotNow("not_asked")
    known = {seat.person for seat in stage.seats}
    new = [person for person in dict.fromkeys(people) if person not in known]
    if course.requester in new:
        raise NotNow("own")
    if not new:
        raise NotNow("twice")
    seats = (*stage.seats, *(Seat(person, is_escalation=stage.is_escalated) for person in new))
    return _with(course, replace(stage, seats=seats))


def withdraw(course: Course) -> Course:
    """It is not asked any more."""
    _must_be_open(course)
    return _end(course, State.WITHDRAWN)


def expire(course: Course, key: int, *, escalate_to: Iterable[int] = (), begin: Begin) -> Course:
    """The time of a stage is over. While a question is open nobody can decide: then it goes on first, with new time."""
    _must_be_open(course)
    stage = course.stage(key)
    if stage.standing is not Standing.ASKING:
        raise NotNow("not_asked")
    if course.state is State.MORE:
        return answer(course)
    match stage.on_expiry:
        case Expiry.STAY:
            return course
        case Expiry.GRANT if stage.seats:
            return _settle(_with(course, replace(stage, standing=Standing.GRANTED)), begin)
        case Expiry.ESCALATE if not stage.is_escalated:
            known = {seat.person for seat in stage.seats} | {course.requester}
            new = tuple(
                Seat(person, is_escalation=True) for person in dict.fromkeys(escalate_to) if person not in known
            )
            if new:
                return _with(course, replace(stage, is_escalated=True, seats=(*stage.seats, *new)))
    return _end(_with(course, replace(stage, standing=Standing.EXPIRED)), State.EXPIRED)


def may_decide(course: Course, key: int, person: int) -> bool:
    """Whether somebody could decide now."""
    try:
        _must_be_open(course)
        _seat_of(course.stage(key), person)
    except NotNow:
        return False
    return person != course.requester


def _settle(course: Course, begin: Begin) -> Course:
    """Work out what the words said so far come to, and ask whoever comes next."""
    stages = tuple(
        replace(stage, standing=stage.verdict) if stage.standing is Standing.ASKING else stage
        for stage in course.stages
    )
    course = replace(course, stages=stages)
    if any(stage.standing is Standing.REFUSED for stage in course.stages):
        return _end(course, State.REFUSED)
    for step in sorted({stage.step for stage in course.stages}):
        course = replace(
            course,
            stages=tuple(
                _begun(stage, course.requester, begin)
                if stage.step == step and stage.standing is Standing.COMING
                else stage
                for stage in course.stages
            ),
        )
        if any(stage.standing not in PASSED for stage in course.stages if stage.step == step):
            return course
    return _end(course, State.GRANTED)


def _begun(stage: Stage, requester: int, begin: Begin) -> Stage:
    people = begin(stage)
    if people is None:
        return replace(stage, standing=Standing.SKIPPED)
    seats = tuple(Seat(person) for person in dict.fromkeys(people) if person != requester)
    return replace(stage, standing=Standing.ASKING, seats=seats)


def _end(course: Course, state: State) -> Course:
    still = {Standing.COMING, Standing.ASKING}
    stages = tuple(
        replace(stage, standing=Standing.DROPPED) if stage.standing in still else stage for stage in course.stages
    )
    return replace(course, stages=stages, state=state, question_by=None)


def _must_be_open(course: Course) -> None:
    if not course.is_open:
        raise NotNow("closed")


def _seat_of(stage: Stage, person: int) -> Seat:
    if stage.standing is not Standing.ASKING:
        raise NotNow("closed" if stage.standing is not Standing.COMING else "not_asked")
    seat = next((seat for seat in stage.counted if seat.person == person), None)
    if seat is None:
        raise NotNow("not_asked")
    if seat.says is not Says.NOTHING:
        raise NotNow("twice")
    return seat


def _with_seat(stage: Stage, old: Seat, new: Seat) -> Stage:
    return replace(stage, seats=tuple(new if seat is old else seat for seat in stage.seats))


def _with(course: Course, stage: Stage) -> Course:
    return replace(course, stages=tuple(stage if each.key == stage.key else each for each in course.stages))
