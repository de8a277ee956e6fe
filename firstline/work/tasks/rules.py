"""Tasks that a room above has asked for: who may say that they are done, and where. A socket such rooms fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firstline.core.actions import may

from .models import Task

Page = Callable[[Task], str]
MayAnswer = Callable[[Task, Any], bool]
_callers: dict[str, tuple[Page, MayAnswer]] = {}


def plug_in_answering(caller: str, page: Page, may_answer: MayAnswer) -> None:
    """A room that asks for tasks says who may answer them, and where those are answered that need a form."""
    _callers[caller] = (page, may_answer)


def answer_url(task: Task) -> str:
    """Where a task is answered that asks for more than whether it is done; empty where nobody knows."""
    return _callers[task.caller][0](task) if task.caller in _callers else ""


def may_finish(person: Any, task: Task) -> bool:
    """Whether somebody may say that it is done: of a workflow's task only whom the workflow asks."""
    if not may(person, "task.work", task):
        return False
    return _callers[task.caller][1](task, person) if task.caller in _callers else True
