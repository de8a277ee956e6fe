"""One field of a noun."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.core.fields.columns import Column, Many, Path
from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from firstline.core.fields.kinds import Kind
    from firstline.core.fields.questions import Question


@dataclass(frozen=True)
class Choice:
    """`key` is what people type and conditions keep; `value` what the column holds, when that is something else."""

    key: str
    label: "str | _StrPromise"
    value: Any = None

    @property
    def stored(self) -> Any:
        return self.key if self.value is None else self.value


@dataclass(frozen=True, kw_only=True)
class Field:
    """What the rest of the house may know of one property of a noun."""

    key: str
    kind: "Kind"
    label: "str | _StrPromise"
    #: The value as the column holds it (ids, stored choice values), or an iterable of them when `many`.
    read: Callable[[Any], Any]
    #: An ORM path, or a Column. Of a text field: the *folded* column. Without one the field cannot be asked for.
    column: str | Column | None = None
    #: Instead of a column: the filter itself. It must be two-valued and agree with `read`.
    filter: "Callable[[Question, Context], Q] | None" = None
    many: bool = False
    choices: Callable[[], Iterable[Choice]] | None = None
    #: Turns what somebody typed (a name, an e-mail, `network/`) into the ids or values meant.
    resolve: Callable[[str, Context], Iterable[Any]] | None = None
    #: What `me` and `mine` mean; for persons the viewer unless said otherwise.
    mine: Callable[[Context], Iterable[Any]] | None = None
    parse_id: Callable[[str], Any] = int
    #: Who may see, filter and sort by it; None: everybody who may see the noun.
    visible: Callable[[Context], bool] | None = None
    sort: str | None = None
    aliases: tuple[str, ...] = ()
    help: "str | _StrPromise" = ""
    #: `7d` means seven days ago for times that look back (created), in seven days for those ahead (due).
    looks: Literal["back", "ahead"] = "back"
    is_tree: bool = False
    is_ordered: bool = False

    @property
    def is_testable(self) -> bool:
        return self.column is not None or self.filter is not None

    def is_visible(self, context: Context) -> bool:
        return context.trusted or self.visible is None or self.visible(context)

    def values(self, thing: Any) -> tuple[Any, ...]:
        """What conditions compare: nothing for a missing value, more than one only when `many`."""
        raw = self.read(thing)
        raws = raw if self.many else (raw,)
        seen = (self.kind.seen(value) for value in raws or ())
        return tuple(value for value in seen if value is not None)

    def q(self, question: "Question", context: Context, model: type[models.Model]) -> Q:
        if self.filter is not None:
            return self.filter(question, context)
        if self.column is None:
            raise ConditionError(_("It cannot be filtered by “%(field)s”.") % {"field": self.key})
        if not isinstance(self.column, str):
            return question.q(self.column)
        if self.many:
            return question.q(Many(model, self.column))
        return question.q(Path(model, self.column))
