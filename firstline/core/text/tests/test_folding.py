import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.core.text import fold, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zażółć GĘŚLĄ jaźń", "zazolc gesla jazn"),
        ("Đường dây NÓNG", "duong day nong"),
        ("Straße", "strasse"),
        ("Ærøskøbing", "aeroskobing"),
        ("œuvre", "oeuvre"),
        ("İstanbul ışık", "istanbul isik"),
        ("Þórður", "thordur"),
        ("ﬁle № ①", "file no 1"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("한국", "한국"),
        ("हिन्दी"[:1], "ह"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_text_is_folded_the_way_people_type_it(written, folded):
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_case_and_composition_do_not_matter(text):
    assert fold(text.casefold()) == fold(text)


def test_white_space_is_collapsed_when_asked_for():
    assert fold("  Printer \n on\tfire ") == "  printer \n on\tfire "
    assert fold("  Printer \n on\tfire ", collapse=True) == "printer on fire"


def test_words_are_split_at_everything_that_is_no_letter_or_digit():
    assert words("INC-1234: can't reach srv_01 (10.0.0.1) – Łódź!") == (
        ["inc", "1234", "can", "t", "reach", "srv", "01", "10", "0", "0", "1", "lodz"]
    )


def test_scripts_without_spaces_are_words_by_the_character():
    assert words("東京のprinter") == ["東", "京", "の", "printer"]


def test_a_very_long_word_is_cut_and_a_very_long_text_is_stopped():
    assert words("x" * 1000) == ["x" * 64]
    assert words("a b c d", most=2) == ["a", "b"]


@given(st.text())
def test_the_words_of_the_words_are_the_same_words(text):
    found = words(text)

    assert words(" ".join(found)) == found
