"""Answer questions about calendars given as JSON, for `firstline calendar answer` and for other tools.

A question: {"id", "calendar": {"time_zone", "hours": {"mon": [["09:00", "17:00"]], …}, "holidays": ["2024-12-25"],
"breaks" | "shifts" | "special_hours": {"2024-12-24": [["10:00", "12:00"]]}}, "op", "args"}. All but the zone may be
left out. Moments are ISO 8601 in UTC; an `args` that is only a date gets a date back where the question is of days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from . import days
from .hours import WEEKDAYS, CalendarWrong, Hours, spans
from .working import WorkingTime, working_time

Args = Mapping[str, Any]


def answer_all(cases: Any) -> list[dict[str, Any]]:
    """One {id, answer} for each case, in order; what cannot be answered has null and an `error` in words."""
    if not isinstance(cases, list):
        raise CalendarWrong("Give a JSON list of questions.")
    return [_answer_one(case) for case in cases]


def _answer_one(case: Any) -> dict[str, Any]:
    identity = case.get("id") if isinstance(case, Mapping) else None
    try:
        return {"id": identity, "answer": answer(case)}
    except CalendarWrong as error:
        return {"id": identity, "answer": None, "error": str(error)}


def answer(case: Any) -> Any:
    """The answer as JSON has it, or `CalendarWrong`."""
    if not isinstance(case, Mapping) or not isinstance(args := case.get("args", {}), Mapping):
        raise CalendarWrong("A question is an object with calendar, op and args.")
    operation = OPERATIONS.get(str(case.get("op")))
    if operation is None:
        raise CalendarWrong(f"“{case.get('op')}” is not among the operations: {', '.join(sorted(OPERATIONS))}.")
    return _shown(operation(working_time(read_hours(case.get("calendar"))), args))


def read_hours(said: Any) -> Hours:
    """A calendar as it stands in JSON."""
    if not isinstance(said, Mapping):
        raise CalendarWrong("A calendar is an object with time_zone and hours.")
    week = _mapping(said, "hours")
    if strange := sorted(set(week) - set(WEEKDAYS)):
        raise CalendarWrong(f"“{strange[0]}” is not a day. The days are {', '.join(WEEKDAYS)}.")
    holidays = said.get("holidays") or []
    named = holidays if isinstance(holidays, Mapping) else dict.fromkeys(holidays, "")
    return Hours(
        zone=said.get("time_zone") or "UTC",
        week=tuple(_spans(week.get(day)) for day in WEEKDAYS),
        closed={_date(day): str(name or "") for day, name in named.items()},
        special=_by_date(said, "special_hours") | _by_date(said, "shifts"),
        breaks=_by_date(said, "breaks"),
    )


def _by_date(said: Args, key: str) -> dict[date, Any]:
    return {_date(day): _spans(pairs) for day, pairs in _mapping(said, key).items()}


def _mapping(said: Args, key: str) -> Args:
    found = said.get(key) or {}
    if not isinstance(found, Mapping):
        raise CalendarWrong(f"“{key}” is an object.")
    return found


def _spans(pairs: Any) -> Any:
    if pairs is None:
        return ()
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) for pair in pairs):
        raise CalendarWrong('The hours of a day are a list of pairs, such as [["09:00", "17:00"]].')
    return spans(pairs)


def _given(args: Args, *names: str) -> Any:
    for name in names:
        if args.get(name) is not None:
            return args[name]
    raise CalendarWrong(f"“{names[0]}” is missing.")


def _moment(args: Args, *names: str) -> datetime:
    text = str(_given(args, *names))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CalendarWrong(f"“{text}” is not a moment. Write it like 2024-03-29T12:00:00Z.") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise CalendarWrong(f"“{text}” is not a date. Write it like 2024-12-25.") from None


def _is_date(text: Any) -> bool:
    return len(str(text)) == len("2024-12-25")


def _day(working: WorkingTime, args: Args, *names: str) -> date:
    text = _given(args, *names)
    return _date(text) if _is_date(text) else working.local_day(_moment(args, *names))


def _amount(args: Args) -> timedelta:
    value = _given(args, "seconds")
    try:
        return timedelta(seconds=value)
    except (TypeError, ValueError, OverflowError):
        raise CalendarWrong(f"“{value}” is not a number of seconds that can be added.") from None


def _whole(args: Args) -> int:
    value = _given(args, "days")
    if isinstance(value, bool) or not isinstance(value, int):
        raise CalendarWrong(f"“{value}” is not a whole number of days.")
    return value


def _shift_days(sign: int, *, end_of_day: bool = False) -> Callable[[WorkingTime, Args], Any]:
    def shifted(working: WorkingTime, args: Args) -> Any:
        number = sign * _whole(args)
        if end_of_day:
            arrived = days.shift_date(working.hours, _day(working, args, "from"), number)
            return days.end_of_day(working, arrived)
        if _is_date(_given(args, "from")):
            return days.shift_date(working.hours, _day(working, args, "from"), number)
        return days.shift(working, _moment(args, "from"), number)

    return shifted


def _on_break(working: WorkingTime, args: Args) -> bool:
    local = working.local(_moment(args, "at"))
    second = local.hour * 3600 + local.minute * 60 + local.second
    return any(start <= second < end for start, end in working.hours.breaks.get(local.date(), ()))


OPERATIONS: dict[str, Callable[[WorkingTime, Args], Any]] = {
    "add_working_seconds": lambda working, args: working.add(_moment(args, "from"), _amount(args)),
    "subtract_working_seconds": lambda working, args: working.subtract(_moment(args, "from"), _amount(args)),
    "working_seconds_between": lambda working, args: working.between(_moment(args, "from"), _moment(args, "to")),
    "add_working_days": _shift_days(1),
    "subtract_working_days": _shift_days(-1),
    "add_working_days_end_of_day": _shift_days(1, end_of_day=True),
    "subtract_working_days_end_of_day": _shift_days(-1, end_of_day=True),
    "working_days_between": lambda working, args: days.count(
        working.hours, _day(working, args, "from"), _day(working, args, "to")
    ),
    "is_open": lambda working, args: working.is_open(_moment(args, "at")),
    "is_working_day": lambda working, args: working.hours.is_working_day(_day(working, args, "on", "at")),
    "is_holiday": lambda working, args: _day(working, args, "at", "on") in working.hours.closed,
    "is_on_break": _on_break,
    "next_open_instant": lambda working, args: working.next_open(_moment(args, "at")),
    "previous_open_instant": lambda working, args: working.previous_open(_moment(args, "at")),
    "next_close_instant": lambda working, args: working.next_close(_moment(args, "at")),
    "next_opening_after": lambda working, args: working.next_opening(_moment(args, "at")),
}


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _whole_seconds(value)
    return value


def _whole_seconds(value: timedelta) -> int:
    """Halves away from zero, so that there and back give the same number."""
    size = (abs(value) + timedelta(milliseconds=500)) // timedelta(seconds=1)
    return -size if value < timedelta(0) else size
