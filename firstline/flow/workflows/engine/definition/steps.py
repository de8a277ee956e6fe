"""What a definition may say. One class per kind of step; the published JSON Schema is made from these classes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# Ids are stable: runs, reports and versions refer to them. Fields of the data are named likewise.
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Path = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,59}(\.[a-z0-9_-]{1,60}){0,4}$")]
Line = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=20_000)]  # may hold placeholders: {requester_name}
Asked = Annotated[str, Field(max_length=10_000)]  # the condition language of the house, about the data of the run
Long = Annotated[str, Field(max_length=40)]  # `2 working hours`, `3 days`, `PT5M`
# Who: requester, manager, department_head, service_owner, person:ada@…, team:network, role:approver, field:chosen_by
Who = Annotated[str, Field(pattern=r"^[a-z_]+(:.{1,200})?$")]
# How many of those who are asked must answer: `any` of them, `all`, or a number. Without it one of them is asked.
Needs = Annotated[
    str,
    Field(pattern=r"^(any|all|[1-9]\d?)$"),
    BeforeValidator(lambda said: str(said) if type(said) is int else said, json_schema_input_type=str | int),
]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, protected_namespaces=())


class Choice(Part):
    key: Key
    label: Line = ""


class Datum(Part):
    """One field of the data a run carries: conditions, texts and mappings know only these."""

    key: Key
    label: Line = ""
    type: Literal["text", "number", "yes_no", "date", "moment", "choice", "person", "team", "list", "items", "plan"] = (
        "text"
    )
    """`items`: what something is about, such as services, units and things. `plan`: steps with owner and minutes."""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    """A run cannot start without it."""
    after: Key | None = None
    """The field it comes after: a window does not end before it begins."""
    help: Line = ""
    """What whoever fills it in should know."""
    lines: Annotated[int, Field(ge=1, le=20)] = 1
    """How many lines are offered for a text."""


class Edge(Part):
    """Where it goes on. The first edge that fits is taken; a `parallel`, or a decision that takes all, takes more."""

    to: Id
    outcome: Key | None = None
    """Only when the step was answered so: approved, refused, done, …"""
    when: Asked | None = None
    """Only when this holds for the data of the run."""
    otherwise: bool = False
    """When no other edge fits."""
    name: Line = ""


class Timer(Part):
    """What happens while a step is waited for."""

    id: Id
    after: Long
    """Counted from the opening of the step; `working` counts by the calendar of the run."""
    then: Literal["remind", "escalate", "go"] = "remind"
    whom: tuple[Who, ...] = ()
    """Who is reminded (otherwise whoever is asked), or to whom it is escalated."""
    to: Id | None = None
    """For `go`: the step to go on with."""
    interrupts: bool = True
    """For `go`: whether the step is given up. Reminding and escalating never do."""
    repeat: Annotated[int, Field(ge=1, le=100)] = 1
    """How often it fires, each time after the same span."""


class OnError(Part):
    """Where it goes on when the step fails for good; without it the run stands still until somebody repairs it."""

    to: Id
    codes: tuple[Key, ...] = ()
    """Only for these; empty: for every failure."""


def _edges(said: Any) -> Any:
    """`next: approve` is short for `next: [{to: approve}]`; likewise for `on_error`."""
    if isinstance(said, str):
        return ({"to": said},)
    return (said,) if isinstance(said, dict) else said


type _Edges = Annotated[tuple[Edge, ...], BeforeValidator(_edges, json_schema_input_type=Id | Edge | tuple[Edge, ...])]
type _OnErrors = Annotated[
    tuple[OnError, ...], BeforeValidator(_edges, json_schema_input_type=Id | OnError | tuple[OnError, ...])
]


class Position(Part):
    x: float
    y: float


class Step(Part):
    kind: str
    id: Id
    name: Line = ""
    note: Text = ""
    """For those who read the workflow."""
    next: _Edges = ()
    due: Long | None = None
    """Agreed time for this step."""
    timers: tuple[Timer, ...] = ()
    on_error: _OnErrors = ()
    required: bool = False
    """Nobody goes on without it, not even who repairs runs."""
    position: Position | None = None

    #: What it can be answered with; edges with `outcome` may name only these. None: whatever the step names itself.
    outcomes_of_kind: ClassVar[tuple[str, ...]] = ("done",)
    #: Whether a run rests here until somebody or something answers.
    rests: ClassVar[bool] = True

    @property
    def outcomes(self) -> tuple[str, ...]:
        return self.outcomes_of_kind


class FormTrigger(Part):
    by: Literal["form"]
    form: Line = ""
    kind: Literal["request", "incident", "problem", "change"] = "request"
    """The kind of ticket it becomes when it is filed by the form of the workflow itself."""
    open_to: Literal["desk", "everybody"] = "desk"
    """Who may file it so."""
    subject: Key | None = None
    """The field that says what the ticket is called."""
    fields: tuple[Key, ...] = ()
    """What is asked at the beginning; otherwise what is required, and what no later step asks or fills in."""


class EventTrigger(Part):
    by: Literal["event"]
    event: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")]
    when: Asked | None = None


class ScheduleTrigger(Part):
    by: Literal["schedule"]
    cron: Line


class ApiTrigger(Part):
    by: Literal["api"]


Trigger = Annotated[FormTrigger | EventTrigger | ScheduleTrigger | ApiTrigger, Field(discriminator="by")]


class Start(Step):
    """A way in. A workflow may have several, each with its own trigger."""

    kind: Literal["start"]
    trigger: Trigger = ApiTrigger(by="api")
    rests: ClassVar[bool] = False


class Form(Step):
    """Somebody fills in fields of the data."""

    kind: Literal["form"]
    form: Line = ""
    """A form of work/intake; otherwise `fields` are asked."""
    fields: tuple[Key, ...] = ()
    who: tuple[Who, ...] = ("requester",)
    needs: Needs | None = None
    """How many of those named must answer, each for themselves: `any`, `all` or a number."""


class TickedOff(Part):
    """A plan whose steps are ticked off, each with when it really began and ended."""

    plan: Key
    """The field that holds it."""
    begins: Path | None = None
    """The field that says when its first step is planned to begin; otherwise when the task is opened."""
    into: Key | None = None
    """The field that keeps what became of it: planned and real times, step by step."""


class Task(Step):
    """Somebody does something and says so."""

    kind: Literal["task"]
    title: Text = ""
    text: Text = ""
    who: tuple[Who, ...] = ()
    needs: Needs | None = None
    """How many of those named must answer, each for themselves: `any`, `all` or a number."""
    checklist: tuple[Line, ...] = ()
    fields: tuple[Key, ...] = ()
    """Asked when it is done."""
    demands: tuple[Key, ...] = ()
    """Those of its fields that cannot be left empty."""
    answers: tuple[Key, ...] = ("done",)
    ticks_off: TickedOff | None = None
    """A plan to be followed. It is not answered with its first answer before every step has ended or was left out."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        return self.answers


class Stage(Part):
    """One stage of an approval: who is asked and how many must agree."""

    name: Line = ""
    who: Annotated[tuple[Who, ...], Field(min_length=1)]
    need: Annotated[str, Field(pattern=r"^(any|all|[1-9]\d{0,2}|[1-9]\d?%|100%)$")] = "all"
    veto: tuple[Who, ...] = ()
    when: Asked | None = None
    """The stage is asked only when this holds."""
    beside: bool = False
    """Asked together with the stage before."""
    meeting: bool = False
    """It stands on the agenda of the next meeting of those who are asked."""


class Approval(Step):
    """Somebody agrees or refuses. Whom, in which order and how many is settled by flow/approvals."""

    kind: Literal["approval"]
    title: Text = ""
    text: Text = ""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    expires: Long | None = None
    outcomes_of_kind: ClassVar[tuple[str, ...]] = ("approved", "refused", "expired")

    @property
    def outcomes(self) -> tuple[str, ...]:
        return self.outcomes_of_kind if self.expires else self.outcomes_of_kind[:2]


class Decision(Step):
    """A fork by conditions; one edge is marked `otherwise`."""

    kind: Literal["decision"]
    takes: Literal["first", "all"] = "first"
    outcomes_of_kind: ClassVar[tuple[str, ...]] = ()
    rests: ClassVar[bool] = False


class Parallel(Step):
    """Every edge is taken."""

    kind: Literal["parallel"]
    outcomes_of_kind: ClassVar[tuple[str, ...]] = ()
    rests: ClassVar[bool] = False


class Join(Step):
    """Branches meet: those that are still `coming`; one by every edge (`all`); the `first`; or a number of them."""

    kind: Literal["join"]
    wait_for: Literal["all", "coming", "first"] | Annotated[int, Field(ge=1, le=100)] = "coming"
    outcomes_of_kind: ClassVar[tuple[str, ...]] = ()
    rests: ClassVar[bool] = False


class ForEach(Step):
    """The steps inside run once per entry of a list; `item` names the entry for them."""

    kind: Literal["for_each"]
    over: Path
    item: Key = "item"
    order: Literal["together", "one_by_one"] = "together"
    enough: Annotated[int, Field(ge=1)] | None = None
    """After so many the others are called off."""
    steps: Annotated[tuple[AnyStep, ...], Field(min_length=1)]


class Wait(Step):
    """Nothing happens until something does."""

    kind: Literal["wait"]
    until: Literal["time", "date", "condition", "reply", "message"]
    span: Long | None = None
    """For `time`."""
    date: Path | None = None
    """For `date`: the field that holds it."""
    when: Asked | None = None
    """For `condition`."""
    whom: Who = "requester"
    """For `reply`: whose."""
    message: Key | None = None
    """For `message`: its name."""


class Action(Step):
    """Any action of the house. `with` maps its parameters to texts with placeholders, numbers or lists."""

    kind: Literal["action"]
    action: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")]
    with_: Annotated[dict[str, Any], Field(alias="with")] = {}
    into: Key | None = None
    """The field that keeps what it gives back."""
    response: dict[Key, Path] = {}
    """Where it gives back several things: field of the data ← their name."""
    retries: Annotated[int, Field(ge=0, le=10)] = 0


class CallOut(Step):
    """An HTTP request to another system, through core/outbound."""

    kind: Literal["call_out"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    url: Annotated[str, Field(max_length=2_000)]
    headers: dict[str, Text] = {}
    body: Any = None
    secret: Line = ""
    """The system whose kept secret goes along, to its own address only: as a bearer token, or where a header says
    `{secret}`."""
    response: dict[Key, Path] = {}
    """Field of the data ← place in the JSON that comes back (`user.id`)."""
    retries: Annotated[int, Field(ge=0, le=10)] = 3


class Connect(Step):
    """An operation of a connector, such as creating an account."""

    kind: Literal["connect"]
    connector: Literal["scim", "ldap"]
    connection: Line = ""
    operation: Key
    with_: Annotated[dict[str, Any], Field(alias="with")] = {}
    response: dict[Key, Path] = {}
    retries: Annotated[int, Field(ge=0, le=10)] = 3


class Meeting(Part):
    """An appointment that a notice brings along as an invitation of the calendar (RFC 5545)."""

    begins: Path
    """The field that holds its beginning."""
    lasts: Long = "1 hour"
    place: Text = ""
    zone: Path | None = None
    """The field that names the time zone it is written in; otherwise that of whoever is invited."""


class Notify(Step):
    """A notice to people. The run does not wait for anybody to read it."""

    kind: Literal["notify"]
    whom: Annotated[tuple[Who, ...], Field(min_length=1)]
    subject: Line
    text: Text = ""
    meeting: Meeting | None = None
    """It comes as an invitation to an appointment."""
    files_of: tuple[Id, ...] = ()
    """The tasks whose files go along."""
    rests: ClassVar[bool] = False


class SubWorkflow(Step):
    """Another workflow runs; its outcome is the outcome of this step."""

    kind: Literal["sub_workflow"]
    workflow: Id
    with_: Annotated[dict[str, Any], Field(alias="with")] = {}
    response: dict[Key, Path] = {}
    answers: tuple[Key, ...] = ("done",)
    """The outcomes the other workflow may end with."""
    waits: bool = True

    @property
    def outcomes(self) -> tuple[str, ...]:
        return self.answers


class End(Step):
    """A branch ends. The run ends with its last branch, or at once when this end `stops` it."""

    kind: Literal["end"]
    outcome: Key = "done"
    stops: bool = False
    outcomes_of_kind: ClassVar[tuple[str, ...]] = ()
    rests: ClassVar[bool] = False


AnyStep = Annotated[
    Start
    | Form
    | Task
    | Approval
    | Decision
    | Parallel
    | Join
    | ForEach
    | Wait
    | Action
    | CallOut
    | Connect
    | Notify
    | SubWorkflow
    | End,
    Field(discriminator="kind"),
]


class Definition(Part):
    """A whole workflow."""

    format: Literal[1] = 1
    workflow: Id
    name: Line
    description: Text = ""
    goal: Text = ""
    agreed: Long | None = None
    """The whole run should be through in this time."""
    shows_progress: bool = False
    """Whoever asked sees how far a run is, and what is waited for."""
    fields: tuple[Datum, ...] = ()
    steps: Annotated[tuple[AnyStep, ...], Field(min_length=1)]


ForEach.model_rebuild()
Definition.model_rebuild()
