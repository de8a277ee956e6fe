from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock
from firstline.core.text import fold, words

ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets


def address_of(text: str | None) -> str | None:
    """The one way an address is kept and compared: trimmed, lower case. Nothing else is folded, so that

    `victim+x@`, `víctim@` and `victim@` stay three people until each has proven to read their mail.
    """
    return (text or "").strip().lower() or None


def is_address(address: str) -> bool:
    """Whether mail can be sent there, and the column can hold it."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= ADDRESS_LENGTH


class People(BaseUserManager["Person"]):
    """The manager of people; requesters who only ever wrote a mail are people too."""

    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=address_of(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> Person:
        return self.get(email=address_of(email))


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Person(AbstractBaseUser):
    """Somebody: requester, agent, lead … What they may do is said by their grants (people/access)."""

    noun = "person"

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)  # empty: the organisation's
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)  # empty: the organisation's
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("active"), default=True)
    # An address is verified when its owner has proven to read it: by a code, a link, or an admin's word.
    email_verified_at = models.DateTimeField(null=True, blank=True)
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # Name and address folded (see core/text), for finding somebody by a few letters on both databases.
    folded = models.CharField(max_length=500, editable=False, default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[People] = People()

    class Meta:
        db_table = "person"
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes: ClassVar = [models.Index(fields=["folded"], name="person_folded")]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = address_of(self.email)
        before, self.folded = self.folded, fold(f"{self.name} {self.email or ''}", collapse=True)[:500]
        if (fields := kwargs.get("update_fields")) is not None and {"name", "email"} & set(fields):
            kwargs["update_fields"] = {*fields, "folded"}
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new or before != self.folded:
            PersonWord.write(self)

    def relations_of(self, person: Any) -> frozenset[str]:
        """What `person` is to this account, as people/access judges it."""
        return frozenset({"self"} if person.pk == self.pk else ())

    @property
    def is_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def display_name(self) -> str:
        return self.name or self.email or str(_("Somebody"))

    @property
    def short_name(self) -> str:
        return self.display_name.split("@")[0].split(" ")[0]


class PersonWord(models.Model):
    """A word of somebody's name or address, folded: the index that finds `now` → Anna Nowak."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=64, db_index=True)

    class Meta:
        db_table = "person_word"

    def __str__(self) -> str:
        return self.word

    @classmethod
    def write(cls, *people: Person) -> None:
        """Index these people anew. Also for imports that save people in bulk."""
        PersonWord.objects.filter(person__in=people).delete()
        PersonWord.objects.bulk_create(
            PersonWord(person=person, word=word)
            for person in people
            for word in dict.fromkeys(words(f"{person.name} {person.email or ''}", most=20))
        )
