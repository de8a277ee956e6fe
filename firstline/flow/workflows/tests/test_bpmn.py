"""BPMN files: run as they say, or refused by name and line."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as some

from firstline.flow.workflows.engine.bpmn.markup import MODEL
from firstline.flow.workflows.engine.bpmn.tracing import trace

# A dialect of one line per element: `name(attributes) -> targets`, for files short enough to be read.
HEAD = f'<definitions xmlns="{MODEL}" id="defs">'


def bpmn(inside: str, around: str = "") -> str:
    return f'{HEAD}\n{around}<process id="p" isExecutable="true">\n{inside}\n</process></definitions>'


def flow(*ways: str) -> str:
    """`a>b` and `a>b?condition`."""
    edges = []
    for number, way in enumerate(ways):
        ends, _, condition = way.partition("?")
        source, target = ends.split(">")
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        edges.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    return "\n".join(edges)


def says(*names: str) -> str:
    return "\n".join(f'<scriptTask id="{name}"><script>SCRIPT_{name}</script></scriptTask>' for name in names)


def timer(span: str) -> str:
    return f"<timerEventDefinition><timeDuration>{span}</timeDuration></timerEventDefinition>"


ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def test_tasks_run_in_their_order() -> None:
    answer = trace(bpmn(ENDS + says("a", "b") + flow("s>a", "a>b", "b>e")))

    assert answer == {"status": "completed", "trace": ["A", "B"], "reason": ""}


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        ('<userTask id="x"/>', "“x” (line 3): “userTask” is not run."),
        ('<scriptTask id="x"><script>rm -rf</script></scriptTask>', "Line 3: the script “rm -rf” is not run."),
        ('<startEvent id="x"/>', "It has several plain starts"),
        ('<callActivity id="x" calledElement="y"/>', "“x” (line 3): It calls “y”, which is not in this file."),
        ('<complexGateway id="x"><activationCondition>rand()</activationCondition></complexGateway>', "not understood"),
        (f'<subProcess id="x"><startEvent id="y">{timer("PT1S")}</startEvent></subProcess>', "begins with its token"),
        (f'<intermediateCatchEvent id="x">{timer("soon")}</intermediateCatchEvent>', "The time “soon”"),
        (f'<boundaryEvent id="x" attachedToRef="nobody">{timer("PT1S")}</boundaryEvent>', "It sits on nothing"),
        ('<choreography id="x"/>', "“choreography” is not run."),
        ('<scriptTask id="a"/>', "Another element has the same id."),
        ('<sequenceFlow id="x" sourceRef="a" targetRef="nobody"/>', "which is not in the same (sub-)process"),
        ('<exclusiveGateway id="x" gatewayDirection="Converging"/>' + flow("x>a", "x>e").replace("f0", "g0").replace(
            "f1", "g1"), "Its direction is Converging"),
    ],
)  # fmt: skip
def test_what_is_not_run_is_refused_by_name_and_line(element: str, sentence: str) -> None:
    answer = trace(bpmn(element + ENDS + says("a") + flow("s>a", "a>e")))

    assert (answer["status"], answer["trace"]) == ("refused", [])
    assert sentence in answer["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "", "no xml", "<a>", "<html/>", HEAD + "</definitions>",
        '<!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>',
        f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x">{HEAD}</definitions>',
        '<?xml version="1.0" encoding="no-such"?><d/>', "<a>" * 10_000, "\x00", "<d>&nbsp;</d>",
    ],
)  # fmt: skip
@pytest.mark.abuse("G7")
def test_what_is_no_bpmn_is_refused_without_being_fetched_or_unpacked(text: str) -> None:
    assert trace(text)["status"] == "refused"
    assert trace(text.encode())["status"] == "refused"


def test_a_condition_nobody_fulfils_breaks_an_exclusive_gateway() -> None:
    text = bpmn(ENDS + '<exclusiveGateway id="x"/>' + says("a") + flow("s>x", 'x>a?test.contains("a")', "a>e"))

    assert trace(text, "A")["trace"] == ["A"]
    assert trace(text, "B") == {
        "status": "error",
        "trace": ["RuntimeException"],
        "reason": "At “x” nothing says how it goes on.",
    }


def test_a_variable_nobody_set_is_asked_for() -> None:
    again = "<standardLoopCharacteristics><loopCondition>integerVariable &lt; 2</loopCondition>"
    script = "</standardLoopCharacteristics><script>INCREMENT_INTEGER_VARIABLE_AND_LOG</script>"
    loop = f'<scriptTask id="a">{again}{script}</scriptTask>'
    text = bpmn(ENDS + loop + flow("s>a", "a>e"))

    assert "--set integerVariable" in trace(text)["reason"]
    assert trace(text, variables={"integerVariable": 0})["trace"] == ["Increment", "Increment"]


def test_an_inclusive_join_waits_for_exactly_those_who_come() -> None:
    gates = '<inclusiveGateway id="x" default="f3"/><inclusiveGateway id="y"/>'
    text = bpmn(ENDS + gates + says("a", "b", "c", "d") + flow(
        "s>x", 'x>a?test.contains("a")', 'x>b?test.contains("b")', "x>c", "a>y", "b>y", "c>y", "y>d", "d>e"
    ))  # fmt: skip

    assert trace(text, "ab")["trace"] == ["A", "B", "D"]
    assert trace(text, "b")["trace"] == ["B", "D"]
    assert trace(text, "z")["trace"] == ["C", "D"]


def test_what_was_done_is_undone_the_last_first() -> None:
    def undoable(name: str) -> str:
        return (
            says(name, f"undo_{name}").replace(f'id="undo_{name}"', f'id="undo_{name}" isForCompensation="true"')
            + f'<boundaryEvent id="on_{name}" attachedToRef="{name}"><compensateEventDefinition/></boundaryEvent>'
            + f'<association id="as_{name}" sourceRef="on_{name}" targetRef="undo_{name}"/>'
        )

    throw = '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
    text = bpmn(ENDS + undoable("a") + undoable("b") + throw + says("c") + flow("s>a", "a>b", "b>t", "t>c", "c>e"))

    assert trace(text)["trace"] == ["A", "B", "Undo_b", "Undo_a", "C"]


def test_a_cancelled_transaction_undoes_and_leaves_by_its_border() -> None:
    inside = (
        '<startEvent id="s2"/>' + says("a", "b")
        + '<scriptTask id="undo" isForCompensation="true"><script>SCRIPT_undo</script></scriptTask>'
        + '<boundaryEvent id="on" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        + '<association id="as" sourceRef="on" targetRef="undo"/><endEvent id="c"><cancelEventDefinition/></endEvent>'
        + '<parallelGateway id="g"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT9S'
        + '</timeDuration></timerEventDefinition></intermediateCatchEvent>'
        + flow("s2>a", "a>g", "g>c", "g>w", "w>b").replace('"f', '"i')
    )  # fmt: skip
    text = bpmn(
        f'{ENDS}<transaction id="t">{inside}</transaction><boundaryEvent id="bc" attachedToRef="t">'
        "<cancelEventDefinition/></boundaryEvent>"
        + says("after", "never")
        + flow("s>t", "t>never", "bc>after", "after>e")
    )

    assert trace(text)["trace"] == ["A", "Undo", "After"]


def test_a_message_reaches_the_process_that_waits_for_it() -> None:
    other = '<process id="q" isExecutable="true"><receiveTask id="r" instantiate="true" messageRef="m"/>' \
            + says("b") + flow("r>b").replace("f0", "q0") + "</process>"  # fmt: skip
    send = '<message id="m"/>' + other
    text = bpmn(ENDS + '<sendTask id="x" messageRef="m"/>' + says("a") + flow("s>x", "x>a", "a>e"), send)

    assert sorted(trace(text)["trace"]) == ["A", "B"]


def test_a_gateway_that_begins_a_process_waits_for_the_rest_of_its_messages() -> None:
    other = (
        '<message id="m"/><message id="n"/><process id="q" isExecutable="true">'
        '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
        '<receiveTask id="r1" messageRef="m"/><receiveTask id="r2" messageRef="n"/>'
        + says("b", "c") + flow("g>r1", "g>r2", "r1>b", "r2>c").replace('"f', '"q') + "</process>"
    )  # fmt: skip
    sends = '<sendTask id="x" messageRef="m"/><sendTask id="y" messageRef="n"/>'

    assert sorted(trace(bpmn(ENDS + sends + flow("s>x", "x>y", "y>e"), other))["trace"]) == ["B", "C"]
    assert trace(bpmn(ENDS + sends + flow("s>x", "x>e"), other))["trace"] == ["B"]


def test_a_discriminator_lets_the_first_through_and_takes_in_the_rest_in_a_cycle_too() -> None:
    gate = '<complexGateway id="y"><activationCondition>activationCount &gt;= 2</activationCondition></complexGateway>'
    text = bpmn(ENDS + '<parallelGateway id="x"/>' + gate + says("a", "b", "c", "d") + flow(
        "s>x", "x>a", "x>b", "x>c", "a>y", "b>y", "c>y", "y>d", "d>e"
    ))  # fmt: skip

    answer = trace(text)

    assert answer["trace"].count("D") == 1
    assert answer["reason"] == ""


def test_a_run_that_never_rests_is_told_so() -> None:
    text = bpmn(ENDS + '<exclusiveGateway id="x"/><exclusiveGateway id="y"/>' + flow("s>x", "x>y", "y>x"))

    assert trace(text)["status"] == "error"
    assert "does not come to rest" in trace(text)["reason"]


def test_a_sub_process_is_undone_by_its_own_event_sub_process() -> None:
    undo = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><compensateEventDefinition/></startEvent>'
        + says("undo") + flow("hs>undo").replace('"f', '"h') + "</subProcess>"
    )  # fmt: skip
    inside = '<startEvent id="s2"/>' + says("a") + flow("s2>a").replace('"f', '"i') + undo
    throw = '<intermediateThrowEvent id="t"><compensateEventDefinition activityRef="k"/></intermediateThrowEvent>'
    text = bpmn(f'{ENDS}<subProcess id="k">{inside}</subProcess>{throw}' + says("b") + flow("s>k", "k>t", "t>b", "b>e"))

    assert trace(text)["trace"] == ["A", "Undo", "B"]


def test_what_is_done_ad_hoc_is_done_until_it_says_that_it_is_complete() -> None:
    def drawn(inside: str) -> str:
        return bpmn(ENDS + f'<adHocSubProcess id="k" ordering="Sequential">{says("a", "b")}{inside}</adHocSubProcess>'
                    + says("c") + flow("s>k", "k>c", "c>e"))  # fmt: skip

    assert trace(drawn("<completionCondition>false</completionCondition>"))["trace"] == ["A", "B", "C"]
    assert trace(drawn("<completionCondition>true</completionCondition>"))["trace"] == ["A", "C"]
    assert "no completion condition" in trace(drawn(""))["reason"]


def test_an_event_sub_process_that_interrupts_takes_the_place_of_what_ran() -> None:
    handler = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><signalEventDefinition signalRef="z"/>'
        "</startEvent>"
        + says("a") + flow("hs>a").replace('"f', '"h') + "</subProcess>"
    )  # fmt: skip
    throw = '<intermediateThrowEvent id="t"><signalEventDefinition signalRef="z"/></intermediateThrowEvent>'
    inside = '<startEvent id="s2"/>' + throw + says("never") + flow("s2>t", "t>never").replace('"f', '"i') + handler
    text = bpmn(f'{ENDS}<subProcess id="k">{inside}</subProcess>' + says("b") + flow("s>k", "k>b", "b>e"))

    assert trace(text)["trace"] == ["A", "B"]


def test_cycles_that_cross_each_other_are_run() -> None:
    count = '<scriptTask id="n"><script>INCREMENT_INTEGER_VARIABLE</script></scriptTask>'
    gates = '<exclusiveGateway id="x"/><exclusiveGateway id="y" default="f5"/><exclusiveGateway id="z"/>'
    text = bpmn(ENDS + count + gates + says("a", "b") + flow(
        "s>x", "x>a", "a>n", "n>y", "y>x?integerVariable &lt; 2", "y>z", "z>b", "b>e"
    ))  # fmt: skip

    assert trace(text, variables={"integerVariable": 0})["trace"] == ["A", "A", "B"]


def test_an_event_beside_does_not_stop_what_runs_and_an_interrupting_one_does() -> None:
    def drawn(interrupts: str) -> str:
        wait = '<scriptTask id="w"><script>WAIT_TEN_SECONDS</script></scriptTask>'
        late = f'<boundaryEvent id="l" attachedToRef="w" cancelActivity="{interrupts}">{timer("PT3S")}</boundaryEvent>'
        return bpmn(ENDS + wait + late + says("a", "b") + flow("s>w", "w>a", "a>e", "l>b"))

    assert trace(drawn("false"))["trace"] == ["B", "A"]
    assert trace(drawn("true"))["trace"] == ["B"]


SOUP = some.sampled_from([
    "<startEvent id='s'/>", "<endEvent id='e'/>", "<task id='a'/>",
    "<scriptTask id='b'><script>SCRIPT_b</script></scriptTask>",
    "<parallelGateway id='g'/>", "<inclusiveGateway id='h'/>", "<complexGateway id='i'/>",
    "<eventBasedGateway id='j'/>",
    "<subProcess id='k'>", "<subProcess id='l' triggeredByEvent='true'>", "<transaction id='m'>", "</subProcess>",
    "</transaction>", "<startEvent id='n'><signalEventDefinition signalRef='z'/></startEvent>",
    "<endEvent id='o'><terminateEventDefinition/></endEvent>", "<endEvent id='q'><cancelEventDefinition/></endEvent>",
    "<boundaryEvent id='r' attachedToRef='a'><errorEventDefinition/></boundaryEvent>",
    "<boundaryEvent id='t' attachedToRef='k'><signalEventDefinition signalRef='z'/></boundaryEvent>",
    "<intermediateThrowEvent id='u'><signalEventDefinition signalRef='z'/></intermediateThrowEvent>",
    "<intermediateCatchEvent id='v'><signalEventDefinition signalRef='z'/></intermediateCatchEvent>",
    "<callActivity id='w' calledElement='p'/>", "<adHocSubProcess id='x'/>", "<multiInstanceLoopCharacteristics/>",
    "<standardLoopCharacteristics loopMaximum='2'/>", "<receiveTask id='y' instantiate='true'/>",
    "<intermediateThrowEvent id='z'><compensateEventDefinition/></intermediateThrowEvent>",
    *(f"<sequenceFlow id='{way}' sourceRef='{way[0]}' targetRef='{way[1]}'/>" for way in
      ["sa", "ab", "be", "sg", "gb", "ga", "bg", "bh", "sh", "hu", "uv", "sj", "jv", "ve", "rb", "te", "sk", "ke"]),
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@drawn(some.lists(SOUP, max_size=14).map("".join))
def test_no_soup_of_elements_raises(soup: str) -> None:
    assert trace(bpmn(soup))["status"] in ("completed", "refused", "error")
