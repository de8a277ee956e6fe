# ruff: noqa: E501 -- tables read better in one line
import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstline.core.conditions import (
    AllOf,
    AnyOf,
    ConditionError,
    Not,
    Test,
    Words,
    check,
    describe,
    from_json,
    parse,
    simplify,
    to_json,
    to_text,
)  # fmt: skip
from firstline.core.conditions.tests.test_both_ways_agree import EXAMPLES, trees
from firstline.core.conditions.tests.things import THINGS, context
from firstline.core.fields.kinds.base import (
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    CONTAINS,
    EMPTY,
    IS,
    LESS,
    MORE,
    PRESENT,
    STARTS,
)

pytestmark = pytest.mark.usefixtures("world")
patient = settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
CRITICAL = Test("priority", IS, ("critical",))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", AllOf()),
        ("priority:critical", CRITICAL),
        ("PRIORITY:Critical", CRITICAL),
        ("priority:critical,HIGH", Test("priority", IS, ("critical", "high"))),
        ("priority:>=high", Test("priority", AT_LEAST, ("high",))),
        ("kind-of-thing:it/", Test("kind", IS, ("it/",))),
        ("tags:vpn", Test("tag", IS, ("vpn",))),
        ("created:>7d", Test("created", MORE, ("7d",))),
        ("due:<2h", Test("due", LESS, ("2h",))),
        ("created:2026-01-01..2026-02-01", Test("created", BETWEEN, ("2026-01-01", "2026-02-01"))),
        ("created:2026-01-01..", Test("created", AT_LEAST, ("2026-01-01",))),
        ("created:..2026-01-01", Test("created", AT_MOST, ("2026-01-01",))),
        ("created:2026-01-01T10:30", Test("created", IS, ("2026-01-01T10:30",))),
        ("weight:-3..2.5", Test("weight", BETWEEN, ("-3", "2.5"))),
        ("owner:me owner:none", AllOf((Test("owner", IS, ("me",)), Test("owner", EMPTY)))),
        ("owner:me,none", AnyOf((Test("owner", IS, ("me",)), Test("owner", EMPTY)))),
        ("owner:any", Test("owner", PRESENT)),
        ("owner:ada@example.org", Test("owner", IS, ("ada@example.org",))),
        ("subject:vpn", Test("subject", CONTAINS, ("vpn",))),
        ('subject:"out of", paper', AllOf((Test("subject", CONTAINS, ("out of",)), Words("paper")))),
        ("subject:=vpn", Test("subject", IS, ("vpn",))),
        ("subject:vp*", Test("subject", STARTS, ("vp",))),
        ('subject:"none"', Test("subject", CONTAINS, ("none",))),
        ("custom.cost:>100", Test("custom.cost", MORE, ("100",))),
        ("cost:>100", Test("custom.cost", MORE, ("100",))),
        ("colour:navy", Test("custom.colour", IS, ("dark blue",))),
        ("leased:1", Test("custom.leased", IS, ("yes",))),
        ("-tag:spam", Not(Test("tag", IS, ("spam",)))),
        ("not tag:spam", Not(Test("tag", IS, ("spam",)))),
        ("(squad:blue or squad:red) vpn", AllOf((AnyOf((Test("squad", IS, ("blue",)), Test("squad", IS, ("red",)))), Words("vpn")))),
        ("vpn down or paper", AnyOf((AllOf((Words("vpn"), Words("down"))), Words("paper")))),
        ("vpn AND down", AllOf((Words("vpn"), Words("down")))),
        ('"out of paper"', Words("out of paper")),
        ('"out of paper', Words("out of paper")),
        ("print*", Words("print", prefix=True)),
        ("wi-fi", Words("wi-fi")),
        ("http://example.org", Words("http://example.org")),
        ("12:30", Words("12:30")),
        ("error: paper", AllOf((Words("error:"), Words("paper")))),
        ("%%% ? - *", AllOf()),
        ("or and or", AllOf()),
        ("()", AllOf()),
        ("-()", Not(AllOf())),
        ("--vpn", Words("vpn")),
    ],
)  # fmt: skip
def test_text_is_read_as_people_mean_it(text, condition):
    assert parse(text, THINGS, context()) == condition


@pytest.mark.parametrize(
    ("text", "sentence", "at", "suggestion"),
    [
        ("vpn prio:high", "There is no field “prio”. Did you mean priority? To look for it as text, put it in quotes.", 4, "priority"),
        ("xyzzy:1", "There is no field “xyzzy”. To look for it as text, put it in quotes.", 0, ""),
        ("salary:>1", "There is no field “salary”. To look for it as text, put it in quotes.", 0, ""),
        ("priority:hihg", "“priority” is never “hihg”. Did you mean high?", 0, "high"),
        ("weight:heavy", "“heavy” is not a number.", 0, ""),
        ("weight:nan", "“nan” is not a number.", 0, ""),
        ("weight:1e999999", "“1e999999” is not a number.", 0, ""),
        ("created:soon", "“soon” is not a time. Write 2026-01-31, today, last-week, 7d or 2h.", 0, ""),
        ("created:9999-12-31", "“9999-12-31” is not a time. Write 2026-01-31, today, last-week, 7d or 2h.", 0, ""),
        ("day:>2h", "“day” counts whole days, such as 7d.", 0, ""),
        ("owner:nobody@example.org", "There is nobody called “nobody@example.org”.", 0, ""),
        ("length:5", "It cannot be filtered by “length”.", 0, ""),
        ("owner:>me", "“owner” cannot be compared with “>”.", 0, ""),
        ("urgent:maybe", "“urgent” is yes or no, not “maybe”.", 0, ""),
        ("priority:,", "“priority” needs a value.", 9, ""),
        ("vpn (paper", "The bracket that opens here is never closed.", 4, ""),
        ("vpn) paper", "There is a “)” too many.", 3, ""),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_answered_with_a_sentence(text, sentence, at, suggestion):
    with pytest.raises(ConditionError) as caught:
        parse(text, THINGS, context())

    assert (caught.value.sentence, caught.value.at, caught.value.suggestion) == (sentence, at, suggestion)


def test_a_hidden_field_is_there_for_a_trusted_rule():
    assert parse("salary:>1", THINGS, context(trusted=True)) == Test("salary", MORE, ("1",))


def test_the_last_word_may_be_unfinished_while_typing():
    assert parse("out of pap", THINGS, context(), typing=True) == AllOf(
        (Words("out"), Words("of"), Words("pap", prefix=True))
    )
    assert parse("out ", THINGS, context(), typing=True) == Words("out")


@patient
@given(condition=trees)
def test_a_condition_written_down_and_read_again_is_the_same(condition):
    try:
        checked = check(condition, THINGS, context())
    except ConditionError:
        return

    assert parse(to_text(checked, THINGS, context()), THINGS, context()) == simplify(checked)
    assert from_json(to_json(checked)) == checked
    assert describe(checked, THINGS, context())


PIECES = [
    *'()"*:-.,<>=\\% \n\x00\ud800é',
    "priority",
    "or",
    "not",
    "created",
    "7d",
    "none",
    "subject",
    "vpn",
    "cost",
    "me",
]


@patient
@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=30))
@pytest.mark.abuse("G3")
def test_no_text_raises_anything_but_a_condition_error(text):
    try:
        condition = parse(text, THINGS, context())
    except ConditionError:
        return

    assert parse(to_text(condition, THINGS, context()), THINGS, context()) == condition


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "*",
        "%" * 9_999,
        "(" * 5_000,
        "-" * 5_000,
        "not " * 2_000,
        "a " * 5_000,
        "x" * 9_999,
        "x" * 1_000_000,
        "\\",
        '"\\',
        "priority:" * 900,
    ],
)
@pytest.mark.abuse("G3", "G10")
def test_hostile_text_is_read_or_refused(text):
    with contextlib.suppress(ConditionError):
        parse(text, THINGS, context())


@patient
@given(
    kept=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["all", "any", "not", "words", "prefix", "field", "operator", "values"]),
                inner,
                max_size=3,
            )
        ),
    )
)
@pytest.mark.abuse("G11")
def test_no_json_raises_anything_but_a_condition_error(kept):
    try:
        condition = from_json(kept)
    except ConditionError:
        return

    assert from_json(to_json(condition)) == condition


def test_misshapen_json_is_answered_with_its_place():
    with pytest.raises(ConditionError) as caught:
        from_json({"all": [{"any": []}, {"not": {"field": "priority", "operator": "like"}}]})

    assert caught.value.sentence == "The condition is not understood at “all[1].not”."


def test_a_condition_can_be_read_aloud():
    condition = parse(
        "priority:critical,high created:>7d (owner:none or -tag:spam) due:<2h weight:>=2", THINGS, context()
    )

    assert describe(condition, THINGS, context()) == (
        "Priority is Critical or High and Created is more than 7d ago and (Owner is empty or not Tags is spam)"
        " and Due is less than 2h ahead and Weight is at least 2"
    )
