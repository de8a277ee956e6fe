# ruff: noqa: E501 -- tables read better in one line
"""A small world for the tests of conditions: things with every kind of field, and rows at every edge."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models

from firstline.core.fields import (
    BOOLEAN,
    CHOICE,
    DAY,
    MOMENT,
    NUMBER,
    PERSON,
    REFERENCE,
    TAGS,
    TEXT,
    Catalogue,
    Choice,
    Context,
    Field,
    FoldedValuesField,
    custom_field,
)  # fmt: skip
from firstline.core.text.columns import FoldedTextField

NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)  # the day Europe turns its clocks
WARSAW = ZoneInfo("Europe/Warsaw")


class Row(models.Model):
    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "conditions_tests"
        abstract = True

    def __str__(self):
        return f"{type(self).__name__} {self.pk}"


class Owner(Row):
    email = models.TextField(null=True)


class Label(Row):
    name = models.TextField()


class Thing(Row):
    subject = models.TextField(null=True)
    subject_folded = FoldedTextField(source="subject")
    priority = models.SmallIntegerField(null=True)
    kind = models.TextField(default="")
    weight = models.IntegerField(null=True)
    price = models.DecimalField(null=True, max_digits=10, decimal_places=2)
    ratio = models.FloatField(null=True)
    is_urgent = models.BooleanField(null=True)
    created = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.CASCADE, related_name="+")
    labels = models.ManyToManyField(Label)
    custom = models.JSONField(default=dict)
    custom_folded = FoldedValuesField(source="custom")


class Remark(Row):
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="remarks")
    size = models.IntegerField(null=True)


MODELS = (Owner, Label, Thing, Remark)


class Ada:
    pk = 1


def context(**changes):
    return Context(**{"viewer": Ada(), "now": NOW, "zone": WARSAW, **changes})


def _owners(text, context):
    return [owner.pk for owner in Owner.objects.filter(email=text)]


FIELDS = [
    Field(key="subject", kind=TEXT, label="Subject", read=lambda t: t.subject, column="subject_folded", sort="subject_folded"),
    Field(
        key="priority", kind=CHOICE, label="Priority", read=lambda t: t.priority, column="priority", is_ordered=True,
        choices=lambda: [Choice("low", "Low", 4), Choice("high", "High", 2), Choice("critical", "Critical", 1)],
        sort="priority",
    ),
    Field(
        key="kind", kind=CHOICE, label="Kind of thing", read=lambda t: t.kind, column="kind", is_tree=True,
        choices=lambda: [Choice("it", "IT"), Choice("it/vpn", "VPN"), Choice("it/mail", "Post"), Choice("itinerary", "Trip")],
    ),
    Field(key="weight", kind=NUMBER, label="Weight", read=lambda t: t.weight, column="weight"),
    Field(key="price", kind=NUMBER, label="Price", read=lambda t: t.price, column="price"),
    Field(key="ratio", kind=NUMBER, label="Ratio", read=lambda t: t.ratio, column="ratio"),
    Field(key="urgent", kind=BOOLEAN, label="Urgent", read=lambda t: t.is_urgent, column="is_urgent"),
    Field(key="created", kind=MOMENT, label="Created", read=lambda t: t.created, column="created", sort="created"),
    Field(key="due", kind=MOMENT, label="Due", read=lambda t: t.due, column="due", looks="ahead"),
    Field(key="day", kind=DAY, label="Day", read=lambda t: t.day, column="day"),
    Field(key="owner", kind=PERSON, label="Owner", read=lambda t: t.owner_id, column="owner", resolve=_owners),
    Field(
        key="mailbox", kind=TEXT, label="Mailbox", column="owner__email",
        read=lambda t: t.owner and t.owner.email,
    ),
    Field(
        key="tag", kind=TAGS, label="Tags", many=True, column="labels__name", parse_id=str,
        read=lambda t: [label.name for label in t.labels.all()], aliases=("tags",),
    ),
    Field(
        key="remark", kind=NUMBER, label="Size of a remark", many=True, column="remarks__size",
        read=lambda t: [remark.size for remark in t.remarks.all()],
    ),
    Field(
        key="squad", kind=REFERENCE, label="Squad", read=lambda t: t.owner_id, column="owner_id",
        resolve=lambda text, context: {"blue": [1], "red": [2, 3]}.get(text, []), mine=lambda context: [2],
    ),
    Field(key="salary", kind=NUMBER, label="Salary", read=lambda t: t.weight, column="weight", visible=lambda c: False),
    Field(key="length", kind=NUMBER, label="Length", read=lambda t: len(t.subject or "")),
    custom_field("site", "Site", "text"),
    custom_field("cost", "Cost", "number"),
    custom_field("bought", "Bought", "date"),
    custom_field("leased", "Leased", "boolean"),
    custom_field("colour", "Colour", "choice", options=["red", "green", {"key": "dark blue", "label": "Navy"}]),
    custom_field("parts", "Parts", "choices", options=["cpu", "ram", "żółw"]),
]  # fmt: skip
THINGS = Catalogue(
    "thing",
    Thing,
    FIELDS[:17],
    more=lambda: FIELDS[17:],
    search=lambda phrases, context: models.Q(),
    texts=lambda t, c: [t.subject or ""],
)


def make_things():
    """Rows with gaps, odd letters and values on the bounds that the tests ask for."""
    for place in range(1, 4):
        Owner.objects.create(pk=place, email=[None, "ada@example.org", "żółw@example.org"][place - 1])
    labels = [Label.objects.create(name=name) for name in ("vpn", "spam", "żółć", "VPN")]
    subjects = [
        None,
        "",
        " ",
        "Żółć  i KAWA",
        "zolc i kawa",
        "100% _done_",
        "a\\b",
        "Straße",
        "VPN down",
        "vpn",
        "ĐẶNG",
        "İ",
        "100",
    ]
    tick = timedelta(microseconds=1)
    moments = [
        None, NOW, NOW - tick, NOW + tick, NOW - timedelta(days=7), NOW - timedelta(days=7, microseconds=1),
        NOW + timedelta(hours=2), datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 28, 22, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC),
    ]  # fmt: skip
    weights = [None, -3, -2, 0, 1, 2, 3, 100]
    prices = [None, Decimal("-2.50"), Decimal(0), Decimal("2.5"), Decimal("2.51"), Decimal(10)]
    ratios = [None, -0.1, 0.0, 0.1, 0.3, 2.5, 1e6]
    days = [None, date(2026, 3, 29), date(2026, 3, 28), date(2026, 3, 22), date(2026, 1, 1), date(2025, 12, 31)]
    customs: list[dict[str, Any]] = [
        {}, {"site": "Hà Nội", "cost": 100, "bought": "2026-03-29", "leased": True, "colour": "red", "parts": ["cpu"]},
        {"site": "", "cost": 100.5, "bought": "2026-01-01", "leased": False, "colour": "dark blue", "parts": []},
        {"site": None, "cost": None, "bought": None, "leased": None, "colour": None, "parts": None},
        {"site": 5, "cost": "5", "bought": 5, "leased": "yes", "colour": 5, "parts": "cpu"},
        {"site": "100%", "cost": True, "parts": ["ram", "żółw"], "colour": "gone"}, {"cost": 0.1, "site": "ha noi"},
    ]  # fmt: skip
    for place in range(60):
        thing = Thing.objects.create(
            subject=subjects[place % len(subjects)],
            priority=[None, 1, 2, 4, 9][place % 5],
            kind=["", "it", "it/vpn", "it/mail", "itinerary", "gone"][place % 6],
            weight=weights[place % len(weights)],
            price=prices[place % len(prices)],
            ratio=ratios[place % len(ratios)],
            is_urgent=[None, True, False][place % 3],
            created=moments[place % len(moments)],
            due=moments[(place * 7 + 3) % len(moments)],
            day=days[place % len(days)],
            owner_id=[None, 1, 2, 3][place % 4],
            custom=customs[place % len(customs)],
        )
        thing.labels.set([label for bit, label in enumerate(labels) if place % 11 & (1 << bit)])
        sizes: list[list[int | None]] = [[], [None], [1, 100], [None, 3], [-3]]
        for size in sizes[place % 5]:
            Remark.objects.create(thing=thing, size=size)
