"""Models that refuse to be written outside an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

from .acting import is_acting
from .marks import forget_marks_of


class OutsideAction(RuntimeError):
    """A guarded model was written outside an action: a mistake of the programmer."""


def check(model: type[models.Model], verb: str) -> None:
    """Raise OutsideAction unless an action is running."""
    if not is_acting():
        raise OutsideAction(f"{model.__name__} was about to {verb} outside an action. Write or call an action.")
    forget_marks_of(model._meta.db_table)


class GuardedQuerySet[M: models.Model](models.QuerySet[M]):
    """A query set whose writes need an action around them."""

    def update(self, **kwargs: Any) -> int:
        check(self.model, "update")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        check(self.model, "delete")
        return super().delete()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        check(self.model, "create in bulk")
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        check(self.model, "update in bulk")
        return super().bulk_update(*args, **kwargs)


if TYPE_CHECKING:  # what a manager made from a query set answers, in words that mypy understands

    class GuardedManager[M: models.Model](models.Manager[M]):
        """The manager of every guarded model."""
else:

    class GuardedManager[M: models.Model](models.Manager.from_queryset(GuardedQuerySet)):
        """The manager of every guarded model."""


class ChangedByActions(models.Model):
    """Base of every model whose changes must be seen: written only inside an action."""

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        check(type(self), "save")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        check(type(self), "delete")
        return super().delete(*args, **kwargs)
