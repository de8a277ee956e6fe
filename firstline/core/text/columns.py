"""A column that holds another one's folded text, so that both databases compare it alike."""

from typing import Any

from django.db import models

from firstline.core.text.folding import fold


class FoldedField(models.TextField):  # type: ignore[type-arg]
    """Filled from `source` on save and bulk_create. `save(update_fields=…)` must name both columns."""

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.source) or "", collapse=True)
        setattr(model_instance, self.attname, folded)
        return folded
