"""A hidden question never demands and never keeps an answer; the browser shows what the server shows."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstline.core.conditions import AllOf, AnyOf, Condition, Not, Test, matches, to_json
from firstline.core.fields import Context
from firstline.work.intake.engine import editing
from firstline.work.intake.engine.answers import clean, unknown
from firstline.work.intake.engine.changes import changes
from firstline.work.intake.engine.questions import Malformed, Question, dump, load, walk
from firstline.work.intake.engine.reading import from_page
from firstline.work.intake.engine.rules import asks_for, holds
from firstline.work.intake.fields import answers_catalogue, as_rule, rules_of

TODAY = date(2031, 3, 14)
TRUSTED = Context(trusted=True)
OPTIONS = [{"key": key, "label": {"en": key.title()}} for key in ("red", "green", "blue")]
BASE: list[dict[str, Any]] = [
    {"key": "colour", "type": "choice", "options": OPTIONS},
    {"key": "several", "type": "choices", "options": OPTIONS},
    {"key": "words", "type": "short"},
    {"key": "count", "type": "number"},
    {"key": "urgent", "type": "yesno"},
    {"key": "day", "type": "date"},
]
ASKED = load({"questions": BASE})
CATALOGUE = answers_catalogue(ASKED)

tests = st.one_of(
    st.builds(
        lambda v: Test("colour", "is", tuple(v)), st.lists(st.sampled_from(["red", "green"]), min_size=1, max_size=2)
    ),
    st.builds(lambda v: Test("several", "is", (v,)), st.sampled_from(["red", "green", "blue"])),
    st.builds(
        lambda o, v: Test("words", o, (v,)),
        st.sampled_from(["is", "contains", "starts"]),
        st.sampled_from(["Łódź", "vpn", "a b", "ä"]),
    ),
    st.builds(
        lambda o, v: Test("count", o, (v,)),
        st.sampled_from(["is", "<", "<=", ">", ">="]),
        st.sampled_from(["0", "1.5", "3", "-2"]),
    ),
    st.builds(lambda v: Test("urgent", "is", (v,)), st.sampled_from(["yes", "no"])),
    st.builds(
        lambda o, v: Test("day", o, (v,)),
        st.sampled_from(["is", "<", ">="]),
        st.sampled_from(["2031-03-14", "2031-03", "2030"]),
    ),
    st.builds(
        Test,
        st.sampled_from(["colour", "several", "words", "count", "urgent", "day"]),
        st.sampled_from(["empty", "present"]),
    ),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "colour": st.sampled_from(["red", "green", "blue"]),
        "several": st.lists(st.sampled_from(["red", "green", "blue"]), min_size=1, unique=True),
        "words": st.sampled_from(["Lodz", "łódź 7", "a VPN", "A  b", "Ärger", "x"]),
        "count": st.sampled_from([0, 1.5, 2, 3, -2]),
        "urgent": st.booleans(),
        "day": st.sampled_from(["2031-03-14", "2031-03-31", "2030-12-31"]),
    },
)
LETTERS = "ab Łx0,.-\n"
raw_values = st.one_of(
    st.none(),
    st.text(LETTERS, max_size=12),
    st.sampled_from(["red", "yes", "2031-03-14", "7", "a@b.co", "x" * 10_001]),
    st.integers(),
    st.booleans(),
    st.lists(st.one_of(st.sampled_from(["red", "x"]), st.integers()), max_size=3),
    st.dictionaries(st.sampled_from(["r7", "x"]), st.text(LETTERS, max_size=5), max_size=2),
    st.floats(),
)


@given(conditions, answers)
def test_looked_up_conditions_mean_what_the_house_means(condition: Condition, given_answers: dict[str, Any]) -> None:
    rule = as_rule(condition, CATALOGUE, TRUSTED)

    assert holds(rule, given_answers) == matches(condition, CATALOGUE, given_answers, TRUSTED)
    assert json.loads(json.dumps(rule)) == rule
    assert asks_for(rule) <= {each.key for each in ASKED}


@st.composite
def forms(draw: Any) -> tuple[Question, ...]:
    """Questions of every type, each with conditions over those before it, between pages and sections."""
    kinds = draw(
        st.lists(
            st.sampled_from(
                [
                    "short",
                    "number",
                    "choice",
                    "choices",
                    "yesno",
                    "date",
                    "email",
                    "section",
                    "page",
                    "table",
                    "info",
                    "time",
                    "phone",
                ]
            ),
            min_size=1,
            max_size=8,
        )
    )
    made: list[dict[str, Any]] = list(BASE)
    for place, kind in enumerate(kinds):
        one: dict[str, Any] = {
            "key": f"q{place}",
            "type": kind,
            "is_required": draw(st.booleans()),
            "label": {"en": "?"},
        }
        if kind in ("choice", "choices"):
            one["options"] = OPTIONS
        if kind == "table":
            one["questions"] = [
                {"key": f"r{place}", "type": "short", "is_required": True, "show_when": to_json(draw(conditions))}
            ]
        if draw(st.booleans()):
            one["show_when"] = to_json(draw(conditions))
        if draw(st.booleans()):
            one["require_when"] = to_json(draw(conditions))
        made.append(one)
    return load({"questions": made})


@settings(max_examples=150)
@given(
    forms(),
    st.dictionaries(st.sampled_from([*(q["key"] for q in BASE), *(f"q{n}" for n in range(8)), "strange"]), raw_values),
)
@pytest.mark.accepts("S4.37")
@pytest.mark.abuse("F4")
def test_a_hidden_question_never_demands_and_never_keeps_an_answer(
    questions: tuple[Question, ...], raw: dict[str, Any]
) -> None:
    rules = rules_of(questions, context=TRUSTED)

    found = clean(questions, rules, raw, today=TODAY)

    shown = set(found.shown)
    asked = {each.key for each in questions if each.is_asked}
    assert set(found.answers) <= shown & asked
    assert {problem.path for problem in found.problems} <= shown
    assert found.demanded <= shown
    assert all(isinstance(json.loads(json.dumps(value)), object) for value in found.answers.values())
    # What is kept is understood again, and keeping it changes nothing.
    again = clean(questions, rules, found.answers, today=TODAY)
    assert again.answers == found.answers
    # What follows a hidden page or section is hidden with it.
    page = section = True
    for each in questions:
        if each.type == "page":
            page, section = each.key in shown, True
        elif each.type == "section":
            section = each.key in shown
        elif each.key in shown:
            assert page
            assert section


def test_only_answers_in_bounds_are_kept() -> None:
    questions = load(
        {
            "questions": [
                {"key": "short", "type": "short"},
                {"key": "mail", "type": "email"},
                {"key": "n", "type": "number", "least": 1, "most": 5},
                {"key": "soon", "type": "date", "least": 0, "most": 7},
                {"key": "mac", "type": "short", "pattern": "mac"},
                {"key": "cost", "type": "money"},
                {"key": "at", "type": "time"},
                {"key": "call", "type": "phone"},
                {"key": "few", "type": "choices", "most": 1, "options": OPTIONS},
                {"key": "proof", "type": "file"},
            ]
        }
    )
    good = {
        "short": " a  b ",
        "mail": "a@b.co",
        "n": "3,5",
        "soon": "2031-03-20",
        "mac": "00:1B:44:11:3A:B7",
        "cost": "9.999",
        "at": "9:30",
        "call": "+49 30 1234",
        "few": ["red"],
        "at ": "x",
    }
    bad = {
        "short": "x" * 10_000,
        "mail": "a@b",
        "n": "6",
        "soon": "2031-03-13",
        "mac": "zz",
        "cost": "nan",
        "at": "25:00",
        "call": "abc",
        "few": ["red", "green"],
        "proof": "a.txt",
    }

    kept = clean(questions, {}, {**good, "at": "09:30"}, today=TODAY)
    refused = clean(questions, {}, bad, today=TODAY)

    assert kept.problems == []
    assert kept.answers == {
        "short": "a b",
        "mail": "a@b.co",
        "n": 3.5,
        "soon": "2031-03-20",
        "mac": "00:1B:44:11:3A:B7",
        "cost": 10,
        "at": "09:30",
        "call": "+49 30 1234",
        "few": ["red"],
    }
    assert refused.answers == {}
    assert {problem.path: problem.code for problem in refused.problems} == {
        "short": "too_long",
        "mail": "not_email",
        "n": "too_large",
        "soon": "too_early",
        "mac": "pattern",
        "cost": "not_number",
        "at": "not_time",
        "call": "not_phone",
        "few": "too_many",
        "proof": "not_file",
    }


def test_rows_keep_their_places_and_empty_ones_do_not_count() -> None:
    questions = load(
        {
            "questions": [
                {
                    "key": "people",
                    "type": "table",
                    "is_required": True,
                    "most_rows": 2,
                    "questions": [
                        {"key": "name", "type": "short", "is_required": True},
                        {"key": "phone", "type": "phone"},
                    ],
                }
            ]
        }
    )
    sent = {
        "people.0.name": ["Ada"],
        "people.1.name": [""],
        "people.1.phone": [""],
        "people.2.name": [""],
        "people.2.phone": ["123"],
    }

    found = clean(questions, {}, from_page(questions, sent, sent.__getitem__), today=TODAY)

    assert found.answers == {"people": [{"name": "Ada"}, {"phone": "123"}]}
    assert [(problem.path, problem.code) for problem in found.problems] == [("people.2.name", "missing")]
    assert unknown(questions, {"people": [{"name": "x", "hack": 1}], "else": 1}) == ["else", "people.0.hack"]


def test_what_no_builder_writes_is_not_read() -> None:
    for wrong in (
        None,
        {},
        {"questions": 1},
        {"questions": [{"key": "A", "type": "short"}]},
        {"questions": [{"key": "a", "type": "magic"}]},
        {"questions": [{"key": "a", "type": "short"}] * 2},
        {"questions": [{"key": "a", "type": "short", "run": "x"}]},
        {"questions": [{"key": "a", "type": "short", "longest": "1"}]},
        {"questions": [{"key": "t", "type": "table", "questions": [{"key": "u", "type": "table"}]}]},
    ):
        with pytest.raises(Malformed):
            load(wrong)


def test_the_builder_s_verbs_keep_every_question_and_every_key_once() -> None:
    questions = load(
        {"questions": [*BASE, {"key": "t", "type": "table", "questions": [{"key": "u", "type": "short"}]}]}
    )

    moved = editing.move(questions, "day", 0)
    copied = editing.duplicate(moved, "t")
    inner = editing.duplicate(copied, "u")
    gone = editing.remove(inner, "colour")

    assert moved[0].key == "day"
    assert [each.key for each in copied][-2:] == ["t", "t_2"]
    assert [each.key for each in walk(inner)].count("u_3") == 1
    assert "colour" not in {each.key for each in walk(gone)}
    assert load(dump(gone)) == gone
    assert [(each.what, each.question.key) for each in changes(questions, moved)] == [("moved", "day")]
    assert changes(gone, gone) == []


@pytest.mark.skipif(shutil.which("node") is None, reason="The browser's half of the conditions is run by node.")
def test_the_browser_shows_what_the_server_shows(tmp_path: Path) -> None:
    cases: list[dict[str, Any]] = []

    @settings(max_examples=400, database=None)
    @given(conditions, answers)
    def collect(condition: Condition, given_answers: dict[str, Any]) -> None:
        rule = as_rule(condition, CATALOGUE, TRUSTED)
        cases.append({"rule": rule, "answers": given_answers, "holds": holds(rule, given_answers)})

    collect()
    script = Path(__file__).parents[1] / "static" / "intake" / "js" / "questions.js"
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    (tmp_path / "run.js").write_text(
        "globalThis.HTMLElement = class {};\n"
        "globalThis.customElements = { define: (_n, c) => { globalThis.made = c; } };\n"
        + script.read_text()
        + "\nconst cases = JSON.parse(require('fs').readFileSync(process.argv[2]));\n"
        "console.log(JSON.stringify(cases.filter((c) => made.holds(c.rule, c.answers) !== c.holds)));"
    )

    ran = subprocess.run(
        ["node", tmp_path / "run.js", tmp_path / "cases.json"], capture_output=True, text=True, check=True
    )

    assert len(cases) >= 300
    assert json.loads(ran.stdout) == []
