import pytest

from firstline.core.conditions import AnyOf, ConditionError, Test, explain, fields_in, first_failure, parse, prepare
from firstline.core.conditions.tests.things import NOW, THINGS, Label, Owner, Thing, context

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def thing():
    ada = Owner.objects.get(pk=1)
    thing = Thing.objects.create(subject="Łącze VPN", priority=2, owner=ada, created=NOW, custom={"cost": 5})
    thing.labels.add(Label.objects.create(name="vpn"))
    return thing


def test_every_leaf_tells_what_it_saw(thing):
    explained = explain(
        parse("priority:critical owner:me due:none subject:lacze", THINGS, context()), THINGS, thing, context()
    )

    assert explained.holds is False
    assert [(next(iter(fields_in(part.condition))), part.holds, part.saw) for part in explained.parts] == [
        ("priority", False, (2,)), ("owner", True, (1,)), ("due", True, ()), ("subject", True, ("lacze vpn",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "failure", "saw"),
    [
        ("owner:me priority:high", None, None),
        ("owner:me priority:critical cost:>9", Test("priority", "is", ("critical",)), (2,)),
        ("owner:me (priority:high cost:>9)", Test("custom.cost", ">", ("9",)), (5.0,)),
        (
            "owner:me (cost:>9 or cost:<1)",
            AnyOf((Test("custom.cost", ">", ("9",)), Test("custom.cost", "<", ("1",)))),
            None,
        ),
    ],
)
def test_why_not_is_answered_by_the_first_part_that_failed(thing, text, failure, saw):
    found = first_failure(parse(text, THINGS, context()), THINGS, thing, context())

    assert (found and found.condition, found and found.saw) == (failure, saw)


def test_days_are_those_of_the_zone(thing):
    """22:30 UTC on the 28th is already the 29th in Warsaw."""
    thing.created = NOW.replace(day=28, hour=23, minute=30)

    assert prepare(Test("created", "is", ("today",)), THINGS, context()).matches(thing)
    assert not prepare(Test("created", "is", ("today",)), THINGS, context(zone=NOW.tzinfo)).matches(thing)


@pytest.mark.abuse("D14")
def test_a_condition_on_a_field_that_is_gone_is_refused_not_ignored(thing):
    with pytest.raises(ConditionError):
        prepare(Test("custom.gone", "is", ("x",)), THINGS, context())


@pytest.mark.abuse("D9")
def test_sorting_knows_only_the_catalogue(thing):
    found = Thing.objects.filter(pk=thing.pk).order_by(*THINGS.order_by("-priority,created", context()))

    assert list(found) == [thing]
    for hostile in ("owner__email", "mailbox", "?", "pk", "--priority", "salary"):
        with pytest.raises(ConditionError):
            THINGS.order_by(hostile, context())
