"""What changed between two versions of a definition, in sentences people read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .definition import Approval, Datum, Definition, Edge, ForEach, Step, Timer, Wait, all_steps
from .phrases import Phrase, gettext_noop, listed, phrase

KINDS = {
    "start": gettext_noop("start"), "form": gettext_noop("form"), "task": gettext_noop("task"),
    "approval": gettext_noop("approval"), "decision": gettext_noop("decision"),
    "parallel": gettext_noop("fork"), "join": gettext_noop("join"), "for_each": gettext_noop("repetition"),
    "wait": gettext_noop("wait"), "action": gettext_noop("action"), "call_out": gettext_noop("call"),
    "connect": gettext_noop("connection"), "notify": gettext_noop("notice"),
    "sub_workflow": gettext_noop("workflow inside"), "end": gettext_noop("end"),
}  # fmt: skip
_PARTS = {
    "name": gettext_noop("name"), "title": gettext_noop("title"), "text": gettext_noop("text"),
    "due": gettext_noop("due time"), "who": gettext_noop("people asked"), "whom": gettext_noop("people told"),
    "fields": gettext_noop("questions"), "checklist": gettext_noop("checklist"), "answers": gettext_noop("answers"),
    "stages": gettext_noop("stages"), "expires": gettext_noop("expiry"), "subject": gettext_noop("subject"),
    "span": gettext_noop("time to wait"), "form": gettext_noop("form"), "description": gettext_noop("description"),
    "goal": gettext_noop("goal"), "agreed": gettext_noop("agreed time"), "label": gettext_noop("label"),
    "trigger": gettext_noop("beginning"), "outcome": gettext_noop("outcome"),
    "needs": gettext_noop("how many must answer"), "meeting": gettext_noop("appointment"),
    "files_of": gettext_noop("files that go along"), "secret": gettext_noop("kept secret"),
    "required": gettext_noop("whether it may be skipped"),
    "shows_progress": gettext_noop("whether the requester sees how far it is"),
}  # fmt: skip
_QUOTED = {"name", "title", "text", "subject", "description", "goal"}
_LAYOUT = {"position"}
_ELSEWHERE = {"kind", "id", "next", "timers", "on_error", "steps"}
LONGEST = 80  # letters of a value that are quoted


def differences(before: Definition, after: Definition) -> list[Phrase]:
    """In the order of the new version; what was removed comes first. Where steps stand on the picture is no change."""
    return list(_Comparing(before, after).all())


class _Comparing:
    def __init__(self, before: Definition, after: Definition) -> None:
        self.before, self.after = before, after
        self.old = {step.id: step for step in all_steps(before.steps)}
        self.new = {step.id: step for step in all_steps(after.steps)}

    def all(self) -> Iterator[Phrase]:
        for part in ("name", "description", "goal", "agreed", "shows_progress"):
            yield from _changed(None, part, getattr(self.before, part), getattr(self.after, part))
        yield from self._fields()
        for name, step in self.old.items():
            if name not in self.new:
                yield phrase(
                    gettext_noop("Removed the %(kind)s “%(step)s”."), kind=phrase(KINDS[step.kind]), step=_name(step)
                )
        for name, step in self.new.items():
            if name not in self.old:
                yield self._added(step)
            else:
                yield from self._step(self.old[name], step)

    def _added(self, step: Step) -> Phrase:
        before = [other for other in self.new.values() if any(edge.to == step.id for edge in other.next)]
        kind = phrase(KINDS[step.kind])
        if before:
            return phrase(
                gettext_noop("Added the %(kind)s “%(step)s” after “%(before)s”."),
                kind=kind, step=_name(step), before=_name(before[0]),
            )  # fmt: skip
        return phrase(gettext_noop("Added the %(kind)s “%(step)s”."), kind=kind, step=_name(step))

    def _fields(self) -> Iterator[Phrase]:
        old = {datum.key: datum for datum in self.before.fields}
        new = {datum.key: datum for datum in self.after.fields}
        for key, datum in old.items():
            if key not in new:
                yield phrase(gettext_noop("Removed the field “%(field)s”."), field=_label(datum))
        for key, datum in new.items():
            if key not in old:
                yield phrase(gettext_noop("Added the field “%(field)s”."), field=_label(datum))
            elif datum != old[key]:
                yield phrase(gettext_noop("Changed the field “%(field)s”."), field=_label(datum))

    def _step(self, old: Step, new: Step) -> Iterator[Phrase]:
        if old.kind != new.kind:
            yield phrase(
                gettext_noop("“%(step)s” is now the kind “%(now)s” instead of “%(before)s”."),
                step=_name(new), now=phrase(KINDS[new.kind]), before=phrase(KINDS[old.kind]),
            )  # fmt: skip
        else:
            for part in type(new).model_fields:
                if part not in _ELSEWHERE | _LAYOUT:
                    yield from _changed(old if part == "name" else new, part, getattr(old, part), getattr(new, part))
        yield from self._ways(old, new)
        yield from _timers(old, new)
        if [way.to for way in old.on_error] != [way.to for way in new.on_error]:
            yield phrase(
                gettext_noop("When “%(step)s” fails, it now goes on with: %(to)s."), step=_name(new),
                to=listed([f"“{self._now(way.to)}”" for way in new.on_error] or ["—"]),
            )  # fmt: skip

    def _ways(self, old: Step, new: Step) -> Iterator[Phrase]:
        gone = [edge for edge in old.next if edge not in new.next]
        come = [edge for edge in new.next if edge not in old.next]
        for edge in list(gone):
            same = next((other for other in come if _asked(other) == _asked(edge)), None)
            if same is None:
                same = next((other for other in come if other.to == edge.to), None)
                if same is None:
                    continue
                yield phrase(
                    gettext_noop("The way from “%(step)s” to “%(to)s” is now taken %(now)s instead of %(before)s."),
                    step=_name(new), to=self._now(edge.to), now=_when(same), before=_when(edge),
                )  # fmt: skip
            elif same.to != edge.to:
                yield phrase(
                    gettext_noop("After “%(step)s” (%(when)s) it now goes to “%(now)s” instead of “%(before)s”."),
                    step=_name(new), when=_when(edge), now=self._now(same.to), before=self._then(edge.to),
                )  # fmt: skip
            gone.remove(edge)
            come.remove(same)
        for edge in gone:
            yield phrase(
                gettext_noop("Removed the way from “%(step)s” to “%(to)s” (%(when)s)."),
                step=_name(new), to=self._then(edge.to), when=_when(edge),
            )  # fmt: skip
        for edge in come:
            yield phrase(
                gettext_noop("Added a way from “%(step)s” to “%(to)s” (%(when)s)."),
                step=_name(new), to=self._now(edge.to), when=_when(edge),
            )  # fmt: skip
        kept = [edge for edge in old.next if edge in new.next]
        if not gone and not come and kept != [edge for edge in new.next if edge in old.next]:
            yield phrase(gettext_noop("The ways from “%(step)s” are now asked in another order."), step=_name(new))

    def _now(self, name: str) -> str:
        step = self.new.get(name) or self.old.get(name)
        return _name(step) if step else name

    def _then(self, name: str) -> str:
        step = self.old.get(name)
        return _name(step) if step else name


def _changed(step: Step | None, part: str, old: Any, new: Any) -> Iterator[Phrase]:
    if old == new:
        return
    words: dict[str, Any] = {"part": phrase(_PARTS[part]) if part in _PARTS else part}
    before, now = _value(old), _value(new)
    if part in _QUOTED:
        before, now = (f"“{value}”" if value else "" for value in (before, now))
    if before and now:
        words |= {"now": now, "before": before}
        text = gettext_noop("The %(part)s of “%(step)s” is now %(now)s instead of %(before)s.")
        whole = gettext_noop("The %(part)s of the workflow is now %(now)s instead of %(before)s.")
    elif now:
        words |= {"now": now}
        text = gettext_noop("The %(part)s of “%(step)s” is now %(now)s; it had none before.")
        whole = gettext_noop("The %(part)s of the workflow is now %(now)s; it had none before.")
    else:
        words |= {"before": before}
        text = gettext_noop("“%(step)s” has no %(part)s any more; it was %(before)s.")
        whole = gettext_noop("The workflow has no %(part)s any more; it was %(before)s.")
    yield phrase(whole, **words) if step is None else phrase(text, step=_name(step), **words)


def _timers(old: Step, new: Step) -> Iterator[Phrase]:
    before, now = ({timer.id: timer for timer in step.timers} for step in (old, new))
    for name, timer in before.items():
        if name not in now:
            yield phrase(
                gettext_noop("Removed the timer after %(after)s at “%(step)s”."), after=timer.after, step=_name(new)
            )
    for name, timer in now.items():
        if name not in before:
            yield phrase(
                gettext_noop("Added a timer after %(after)s at “%(step)s”."), after=timer.after, step=_name(new)
            )
        elif timer != before[name]:
            yield _timer(new, before[name], timer)


def _timer(step: Step, old: Timer, new: Timer) -> Phrase:
    if old.after != new.after:
        return phrase(
            gettext_noop("The timer “%(timer)s” at “%(step)s” fires after %(now)s instead of %(before)s."),
            timer=new.id, step=_name(step), now=new.after, before=old.after,
        )  # fmt: skip
    return phrase(
        gettext_noop("The timer “%(timer)s” at “%(step)s” does something else now."), timer=new.id, step=_name(step)
    )


def _value(value: Any) -> str:
    """Short as it is; long, its beginning."""
    match value:
        case None | "" | () | {}:
            return ""
        case tuple():
            said = ", ".join(_value(part) for part in value)
        case dict():
            said = ", ".join(f"{key}: {part}" for key, part in value.items())
        case _ if hasattr(value, "model_dump"):
            said = ", ".join(_value(part) for part in value.model_dump(exclude_defaults=True).values())
        case list():
            said = ", ".join(_value(part) for part in value)
        case _:
            said = str(value)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _asked(edge: Edge) -> tuple[str | None, str | None, bool]:
    return edge.outcome, edge.when, edge.otherwise


def _when(edge: Edge) -> Phrase | str:
    if edge.otherwise:
        return phrase(gettext_noop("otherwise"))
    said = [part for part in (edge.outcome, edge.when) if part]
    return ", ".join(said) if said else phrase(gettext_noop("always"))


def _name(step: Step) -> str:
    return step.name or step.id


def _label(datum: Datum) -> str:
    return datum.label or datum.key


def listing(definition: Definition) -> list[tuple[int, Step, list[Phrase]]]:
    """The same definition as a numbered list: depth (inside of repetitions), the step, and sentences about it."""
    steps = {step.id: step for step in all_steps(definition.steps)}
    found: list[tuple[int, Step, list[Phrase]]] = []

    def tell(inner: tuple[Step, ...], depth: int) -> None:
        for step in inner:
            found.append((depth, step, list(_about(step, steps))))
            if isinstance(step, ForEach):
                tell(step.steps, depth + 1)

    tell(definition.steps, 0)
    return found


def _about(step: Step, steps: dict[str, Step]) -> Iterator[Phrase]:
    def name(of: str) -> str:
        return _name(steps[of]) if of in steps else of

    who = list(getattr(step, "who", ())) + list(getattr(step, "whom", ()) if not isinstance(step, Wait) else ())
    if isinstance(step, Approval):
        who = [one for stage in step.stages for one in stage.who]
    if who:
        yield phrase(gettext_noop("For: %(who)s."), who=listed(who))
    if isinstance(step, Wait):
        yield phrase(
            gettext_noop("Until: %(until)s."), until=step.span or step.date or step.when or step.message or step.whom
        )
    if step.due:
        yield phrase(gettext_noop("Due in %(due)s."), due=step.due)
    for edge in step.next:
        if _asked(edge) == (None, None, False):
            yield phrase(gettext_noop("Then “%(to)s”."), to=name(edge.to))
        else:
            yield phrase(gettext_noop("%(when)s: then “%(to)s”."), when=_when(edge), to=name(edge.to))
    for timer in step.timers:
        if timer.to is not None:
            yield phrase(gettext_noop("After %(after)s: then “%(to)s”."), after=timer.after, to=name(timer.to))
        elif timer.then == "remind":
            yield phrase(gettext_noop("After %(after)s: a reminder."), after=timer.after)
        else:
            yield phrase(
                gettext_noop("After %(after)s: %(whom)s hears of it."), after=timer.after, whom=listed(timer.whom)
            )
    for way in step.on_error:
        yield phrase(gettext_noop("When it fails: then “%(to)s”."), to=name(way.to))
