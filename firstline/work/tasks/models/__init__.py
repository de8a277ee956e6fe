"""Tasks on tickets with what belongs to them, and the lists of tasks that are put on a ticket in one go."""

from .checklists import Checklist, ChecklistItem
from .tasks import FAR, OPEN, Assignee, Progress, Remark, Spent, State, Task, TaskFile, TaskKey

__all__ = [
    "FAR", "OPEN", "Assignee", "Checklist", "ChecklistItem", "Progress", "Remark", "Spent", "State", "Task",
    "TaskFile", "TaskKey",
]  # fmt: skip
