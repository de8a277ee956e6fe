"""A column that keeps another one folded, so that both databases find it alike."""

from __future__ import annotations

from typing import Any

from django.db import models

from firstline.core.text import fold


class FoldedTextField(models.CharField):  # type: ignore[type-arg]
    """The folded text of another column. Filled on save and bulk_create; `update_fields` must name both."""

    def __init__(self, *args: Any, source: str = "name", **kwargs: Any) -> None:
        self.source = source
        super().__init__(*args, **{"editable": False, "default": "", "max_length": 500, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.source) or "", collapse=True)[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded
