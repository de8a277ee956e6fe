# ruff: noqa: E501 -- tables read better in one line
"""The filter and the predicate must be the same question. Random conditions over rows chosen to tell them apart."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstline.core.conditions import AllOf, AnyOf, ConditionError, Not, Test, matches, prepare, simplify, to_q
from firstline.core.conditions.tests.things import THINGS, Thing, context
from firstline.core.fields import NUMBER
from firstline.core.fields.kinds.base import BETWEEN, EMPTY, IS, PRESENT

VALUES = {
    "text": ["kawa", "KAWA", "żółć i", "zolc", "%", "_", "100", "100%", "\\", "strasse", "vpn", "hà nội", "ada", "i", "dang", "x"],
    "choice": ["low", "high", "critical", "it", "it/", "it/vpn", "Navy", "dark blue", "red", "cpu", "żółw", "gone", "IT"],
    "number": ["-3", "-2.5", "-2", "0", "0.1", "0.3", "1", "2.5", "2.505", "2.51", "3", "100", "100.5", "1000000", "1e6", "-0.1"],
    "boolean": ["yes", "no"],
    "moment": [
        "7d", "-7d", "+7d", "2h", "+2h", "0m", "now", "today", "yesterday", "this-week", "last-month", "2026", "2026-01",
        "2026-03-29", "2026-03-29T12:00", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00+00:00", "overdue",
    ],
    "day": ["7d", "1w", "-7d", "today", "yesterday", "this-week", "last-month", "2026", "2026-01", "2026-03-29", "overdue"],
    "person": ["me", "2", "3", "99", "ada@example.org", "nobody@example.org"],
    "reference": ["blue", "red", "mine", "2", "green"],
    "tags": ["vpn", "VPN", "spam", "żółć", "gone"],
}  # fmt: skip
ASKED = [field for field in THINGS if field.is_testable and field.is_visible(context())]


@st.composite
def some_test(draw):
    field = draw(st.sampled_from(ASKED))
    operator = draw(st.sampled_from([*field.kind.operators_of(field), EMPTY, PRESENT]))
    values = st.sampled_from(VALUES[field.kind.name])
    if field.kind is NUMBER:
        values |= st.decimals(-5, 110, places=3).map(str)
    if operator in (EMPTY, PRESENT):
        return Test(field.key, operator)
    most = 3 if operator == IS or field.kind.takes_many(operator) else 2 if operator == BETWEEN else 1
    return Test(
        field.key, operator, tuple(draw(st.lists(values, min_size=2 if operator == BETWEEN else 1, max_size=most)))
    )


trees = st.recursive(
    some_test(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=4).map(tuple).map(AllOf),
        st.lists(inner, max_size=4).map(tuple).map(AnyOf),
    ),
    max_leaves=10,
)
EXAMPLES = int(os.environ.get("FIRSTLINE_EXAMPLES", "60"))  # more of them at night
patient = settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


@pytest.fixture
def rows(world):
    return list(Thing.objects.select_related("owner").prefetch_related("labels", "remarks").order_by("pk"))


def agree(condition, rows):
    try:
        found = set(Thing.objects.filter(to_q(condition, THINGS, context())).values_list("pk", flat=True))
    except ConditionError:
        with pytest.raises(ConditionError):
            matches(condition, THINGS, rows[0], context())
        return
    asked = prepare(condition, THINGS, context())
    assert found == {row.pk for row in rows if asked.matches(row)}
    assert asked.explain(rows[0]).holds == asked.matches(rows[0])
    assert (asked.explain(rows[0]).first_failure() is None) == asked.matches(rows[0])


@patient
@given(condition=trees)
def test_the_filter_finds_exactly_what_the_predicate_accepts(rows, condition):
    agree(condition, rows)


@patient
@given(test=some_test())
def test_a_single_test_and_its_opposite_part_the_rows_in_two(rows, test):
    agree(test, rows)
    agree(Not(test), rows)


@patient
@given(condition=trees)
def test_simplifying_changes_nothing(rows, condition):
    try:
        asked = prepare(condition, THINGS, context())
    except ConditionError:
        return
    simple = prepare(simplify(condition), THINGS, context())

    assert [asked.matches(row) for row in rows] == [simple.matches(row) for row in rows]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (AllOf(), 60),
        (AnyOf(), 0),
        (AnyOf((AllOf(),)), 60),
        (Not(AnyOf()), 60),
        (AllOf((AnyOf(),)), 0),
        (Not(AllOf()), 0),
    ],
)
def test_nothing_asked_for_is_everything_and_no_way_to_hold_is_nothing(rows, condition, count):
    assert Thing.objects.filter(to_q(condition, THINGS, context())).count() == count
    agree(condition, rows)


def test_every_test_of_the_property_can_tell_rows_apart(rows):
    """The property is worth something only where some rows are found and some are not."""
    told_apart = set()
    for field in ASKED:
        for value in VALUES[field.kind.name]:
            for operator in field.kind.operators_of(field):
                try:
                    asked = prepare(Test(field.key, operator, (value,)), THINGS, context())
                except ConditionError:
                    continue
                if 0 < sum(asked.matches(row) for row in rows) < len(rows):
                    told_apart.add(field.key)

    assert told_apart == {field.key for field in ASKED}
