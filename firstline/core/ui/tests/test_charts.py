"""Charts say their numbers to everybody, and stand where the numbers say."""

from itertools import pairwise

import jinja2
import pytest

from firstline.core.ui.charts import HEIGHT, Bar, Series, bar_plot, column_plot, line_plot, spark_path
from firstline.core.ui.environment import environment


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    return environment()


def test_higher_values_stand_higher_and_unknown_ones_leave_a_gap() -> None:
    plot = line_plot(["a", "b", "c", "d"], [Series(name="x", values=[0, 100, None, 50])], least=0, most=100)

    line = plot.lines[0]

    assert [(mark.x, mark.y) for mark in line.marks] == [(2.0, HEIGHT), (34.0, 8.0), (98.0, 88.0)]
    assert line.paths == ["M2 168 L34 8"]
    assert [tick.text for tick in plot.ticks] == ["0", "50", "100"]


def test_the_scale_of_counts_has_whole_steps() -> None:
    plot = line_plot(["a", "b"], [Series(name="x", values=[1, 2])])

    assert [tick.text for tick in plot.ticks] == ["0", "1", "2"]


def test_a_chart_of_nothing_can_be_drawn() -> None:
    assert line_plot([], []).lines == []
    assert line_plot(["a"], [Series(name="x", values=[None])]).lines[0].marks == []
    assert column_plot(["a"], [Series(name="x", values=[None])]).parts == []
    assert bar_plot([Bar(name="x", value=None), Bar(name="y", value=0)])[0].text == "–"
    assert spark_path([None, None]) is None


def test_columns_stand_upon_each_other() -> None:
    plot = column_plot(["a"], [Series(name="good", values=[3]), Series(name="bad", values=[1])])

    good, bad = plot.parts

    assert bad.y + bad.height == good.y
    assert good.y + good.height == HEIGHT
    assert [name for name, _tone, _shape in plot.keys] == ["good", "bad"]


def test_names_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    plot = line_plot(["a", "b"], [Series(name=f"{n}", values=[1, 0]) for n in range(4)])

    places = sorted(line.label_y or 0 for line in plot.lines)

    assert all(second - first >= 15 for first, second in pairwise(places))
    assert places[-1] <= HEIGHT


def test_a_line_of_values_that_do_not_fit_its_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="2 values for 1 labels"):
        line_plot(["a"], [Series(name="x", values=[1, 2])])


def test_the_numbers_behind_a_chart_are_in_the_page(env: jinja2.Environment) -> None:
    series = [Series(name="<b>Net</b>", values=[72, None], counts=[25, 0])]

    html = env.from_string('{{ ui.chart_lines("Satisfied", ["March", "April"], series, unit="percent") }}').render(
        series=series
    )

    assert '<svg class="chart__plot" role="img" aria-labelledby="chart-title chart-words">' in html
    assert '<td class="number" data-label="&lt;b&gt;Net&lt;/b&gt;">72 % of 25</td>' in html
    assert "<b>" not in html
    assert "style=" not in html


def test_a_bar_that_rests_on_few_answers_says_so(env: jinja2.Environment) -> None:
    bars = [Bar(name="Payroll", value=50, count=4, low=15, high=85, is_thin=True)]

    html = env.from_string('{{ ui.chart_bars("By category", bars, unit="percent", most=100) }}').render(bars=bars)

    assert 'of 4 <span class="bars__thin">too few</span>' in html
    assert 'x1="15.0%" x2="85.0%"' in html
