"""One operation per ticket verb, made from the action registry: nobody keeps a second list."""

import inspect
import types
from collections.abc import Callable
from datetime import datetime
from typing import Any, Union, get_args, get_origin

from django.http import HttpRequest
from ninja import NinjaAPI, Schema
from pydantic import create_model, model_validator

from firstline.core.actions import Action, Refused, all_actions
from firstline.flow.escalation.models import Level, Vendor
from firstline.people.accounts.queries import by_email
from firstline.people.teams.models import Team
from firstline.work.tasks.models import Checklist
from firstline.work.tickets.models import Category, CustomField, Status, Ticket
from firstline.work.tickets.queries import visible_to

from .once import once
from .problems import Problem
from .shapes import TicketShape

PLAIN = (str, int, bool, float, datetime)
BY_ID = (Team, Status, Category, CustomField, Level, Vendor, Checklist)
PERSON = {"to", "person", "requester"}  # untyped values of these names are people, said by their address
TROUBLE = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 503: Problem}
# Have operations of their own, with a better shape.
SPOKEN_OTHERWISE = {"ticket.open", "ticket.reply", "ticket.note", "ticket.save_draft"}


class Body(Schema):
    """What is sent with a verb: a JSON object, also where every value may be left out.

    Ninja's schemas read attributes of anything; a list or `true` would count as a body in which everything is left out.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _must_be_an_object(cls, values: Any, handler: Any) -> Any:
        if not isinstance(values, dict):
            raise ValueError("Send a JSON object.")
        return handler(values)


def add_verbs(api: NinjaAPI, load: Callable[[HttpRequest, int], Ticket]) -> None:
    """Add POST /tickets/{number}/{verb} for every action whose thing is a ticket and whose values JSON can say."""
    for action in all_actions():
        shape = _shape_of(action)
        if action.name in SPOKEN_OTHERWISE or shape is None:
            continue
        verb = action.name.removeprefix("ticket.").replace("_", "-")
        api.post(
            f"/tickets/{{int:number}}/{verb}",
            response={200: TicketShape, **TROUBLE},
            summary=action.doc.splitlines()[0],
            operation_id=action.name.replace(".", "_"),
            tags=["ticket verbs"],
            url_name=f"verb_{verb}",
        )(_operation(action, shape, load))


def _operation(action: Action, shape: type[Schema], load: Callable[[HttpRequest, int], Ticket]) -> Any:
    first = next(iter(action.parameters))

    def run(request: HttpRequest, number: int, values: Any) -> TicketShape:
        ticket = load(request, number)
        given = {
            name: _thing(action.types[name], getattr(values, name), request, is_person=name in PERSON)
            for name in action.parameters
            if name != first
        }
        action.function(ticket, **dict(given.items()), by=request.user)
        return TicketShape.of(load(request, ticket.pk))

    run.__annotations__["values"] = shape
    guarded = once(run)
    guarded.__annotations__ = run.__annotations__
    return guarded


def _shape_of(action: Action) -> type[Schema] | None:
    """The JSON body of a verb; None if the action is not about a ticket, or takes what JSON cannot say."""
    parameters = list(action.parameters.items())
    types_of = action.types
    if not parameters or types_of.get(parameters[0][0]) is not Ticket or not action.name.startswith("ticket."):
        return None  # what other rooms do for themselves with a ticket is not a verb of tickets
    fields: dict[str, Any] = {}
    for name, parameter in parameters[1:]:
        kind = _json_type(types_of.get(name, Any), name)
        if kind is None:
            return None
        fields[name] = (kind, ... if parameter.default is inspect.Parameter.empty else parameter.default)
    return create_model("".join(word.title() for word in action.name.split(".")[1].split("_")), __base__=Body, **fields)


def _json_type(kind: Any, name: str) -> Any:
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    is_optional = type(None) in options
    inner = [option for option in options if option is not type(None)]
    if len(inner) != 1:
        return None
    one = inner[0]
    if one is Any:
        # By the house's convention an untyped parameter is a person, said by address; or any value.
        plain: Any = str if name in PERSON else Any if name == "value" else None
    elif one in (list[str], dict[str, str]):
        plain = one
    elif one in (Ticket, *BY_ID):
        plain = int
    else:
        plain = one if one in PLAIN else None
    if plain is None:
        return None
    return plain | None if is_optional else plain


def _thing(kind: Any, value: Any, request: HttpRequest, *, is_person: bool) -> Any:
    """The thing meant by a plain value: by id, or a person by address. What the person may not see is not found."""
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    if value is None:
        return None
    for one in options:
        if one is Ticket:
            return _found(visible_to(request.user).filter(pk=value).first(), "ticket", value)
        if one in BY_ID:
            return _found(one._default_manager.filter(pk=value).first(), one.__name__.lower(), value)
    if Any in options and is_person:
        return _found(by_email(value), "person", value)
    return value


def _found(thing: Any, noun: str, value: Any) -> Any:
    if thing is None:
        raise Refused(f"There is no {noun} “{value}” that you can see.")
    return thing
