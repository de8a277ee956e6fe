"""All fields of one noun, built in and custom alike. Its names are the only ones conditions and sorting know."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from firstline.core.fields.context import Context
from firstline.core.fields.errors import ConditionError
from firstline.core.fields.field import Field
from firstline.core.fields.nearest import nearest
from firstline.core.text import fold

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Finds things by words: every tuple is a phrase of folded words; the flag says that its last word is a beginning.
Phrase = tuple[tuple[str, ...], bool]


class Catalogue:
    def __init__(
        self,
        noun: str,
        model: type[models.Model],
        fields: Iterable[Field],
        *,
        label: "str | _StrPromise" = "",
        more: Callable[[], Iterable[Field]] | None = None,
        by_name: Callable[[str], Field | None] | None = None,
        search: Callable[[tuple[Phrase, ...], Context], Q] | None = None,
        texts: Callable[[Any, Context], Iterable[str]] | None = None,
    ) -> None:
        """`more` gives the custom fields of the moment. `by_name` finds a field among so many that nobody lists them.
        `search` and `texts` answer for free words, in the database
        and in Python; both keep from the viewer what the viewer may not read."""
        self.noun = noun
        self.model = model
        self.label = label or noun
        self.search = search
        self.texts = texts
        self._fields = tuple(fields)
        self._more = more
        self._by_name = by_name

    def add(self, field: Field) -> None:
        """A room above says one more word about this noun, when it opens. Adding the same key again changes it."""
        self._fields = (*(known for known in self._fields if known.key != field.key), field)

    def __iter__(self) -> Iterator[Field]:
        yield from self._fields
        if self._more is not None:
            yield from self._more()

    def fields(self, context: Context) -> list[Field]:
        """Those the viewer may see."""
        return [field for field in self if field.is_visible(context)]

    def field(self, name: str, context: Context) -> Field:
        """By key, alias or label. A hidden field is answered exactly like one that does not exist."""
        found = self.find(name, context)
        if found is None:
            suggestion = nearest(name, self._names(context))
            sentence = _("There is no field “%(name)s”.") % {"name": name}
            if suggestion:
                suggestion = self._names(context)[suggestion].key
                sentence += " " + _("Did you mean %(suggestion)s?") % {"suggestion": suggestion}
            raise ConditionError(sentence, suggestion=suggestion)
        return found

    def find(self, name: str, context: Context) -> Field | None:
        for field in self._fields:  # the usual case, without asking for the custom ones
            if field.key == name and field.is_visible(context):
                return field
        if self._by_name is not None and (found := self._by_name(name)) is not None and found.is_visible(context):
            return found
        return self._names(context).get(fold(name))

    def order_by(self, sorting: str, context: Context) -> list[OrderBy]:
        """`-priority,created` as ORM terms: missing values last, then the id, so that pages never overlap."""
        terms: list[OrderBy] = []
        for name in filter(None, (part.strip() for part in sorting.split(",")[:5])):
            field = self.field(name.removeprefix("-"), context)
            if field.sort is None:
                raise ConditionError(_("It cannot be sorted by “%(field)s”.") % {"field": field.key})
            path = F(field.sort)
            terms.append(path.desc(nulls_last=True) if name.startswith("-") else path.asc(nulls_last=True))
        return [*terms, F("pk").desc()]

    def _names(self, context: Context) -> dict[str, Field]:
        """Keys and aliases come before labels, so that a custom label cannot take the place of a built-in name."""
        names: dict[str, Field] = {}
        fields = self.fields(context)
        for field in fields:
            for name in (field.key, *field.aliases):
                names.setdefault(fold(name), field)
        for field in fields:
            names.setdefault(fold(str(field.label)).replace(" ", "-"), field)
        return names
