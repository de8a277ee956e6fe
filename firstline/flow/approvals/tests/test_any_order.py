"""Approvals under any order of their real verbs, by anybody (TRUST D17)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from firstline.core.actions import NotAllowed, Refused
from firstline.flow.approvals.actions.ask import ask
from firstline.flow.approvals.actions.decide import (
    answer,
    ask_for_more,
    decide,
    delegate,
    name_approver,
    remind,
    withdraw,
)
from firstline.flow.approvals.engine.plans import Asked, Plan, Quorum, Who
from firstline.flow.approvals.models import Approval, Seat
from firstline.people.accounts.actions.deactivate import deactivate
from firstline.people.accounts.models import Person
from firstline.work.tickets.actions.open import open_ticket
from firstline.work.tickets.actions.status import change_status, close, resolve
from firstline.work.tickets.models import Status, Ticket
from tests.cast import person

pytestmark = [pytest.mark.django_db, pytest.mark.abuse("D17"), pytest.mark.slow]
NAMES = ("rosa", "lin", "omar", "mai", "stranger", "boss")
WHO = st.sampled_from(NAMES)
NO = (Refused, NotAllowed)
LIVE = {"waiting", "more"}


class AnyOrder(RuleBasedStateMachine):
    """Two stages, one after the other: two people who must both agree, then one. Everybody tries everything."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.atomic()
        self.before.__enter__()
        self.cast: dict[str, Person] = {
            name: person(name.title(), *({"boss": ["lead"], "lin": ["approver"]}.get(name, []))) for name in NAMES
        }
        first = Plan(who=self._asked("lin", "omar"), quorum=Quorum.ALL)
        second = Plan(who=self._asked("mai"), step=2)
        rosa = self.cast["rosa"]
        self.ticket = open_ticket(rosa, "A licence", kind="request", by=rosa)
        self.approval = ask(self.ticket, [first, second], by=None)
        self.entitled: dict[int, set[int]] = {}  # stage: who has been asked there and is still
        self.ended = ""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.before.__exit__(None, None, None)

    def _asked(self, *names: str) -> tuple[Asked, ...]:
        return tuple(Asked(Who.PERSON, self.cast[name].pk) for name in names)

    def _try(self, verb: Any, *args: Any, **more: Any) -> bool:
        try:
            with transaction.atomic():
                verb(*args, **more)
        except NO:
            return False
        return True

    @property
    def seats(self) -> set[int]:
        """Who may decide now: those with an open seat in a stage that runs."""
        open_ones = Seat.objects.filter(stage__approval=self.approval, is_open=True)
        return set(open_ones.values_list("person_id", flat=True))

    @rule(who=WHO, grants=st.booleans(), words=st.sampled_from(["", "Because."]))
    def decides(self, who: str, grants: bool, words: str) -> None:
        me, may_decide, was = self.cast[who], self.seats, self._state()
        me.refresh_from_db()
        done = self._try(decide, Approval.objects.get(pk=self.approval.pk), grants, comment=words, by=me)

        if done:
            assert was in LIVE, "decided after its end"
            assert me.pk in may_decide, f"{who} was not asked"
            assert me != self.cast["rosa"], "decided about their own request"
            assert me.is_active, "decided after the end of their account"

    @rule(who=WHO, to=WHO)
    def passes_on(self, who: str, to: str) -> None:
        had = self.cast[who].pk in self.seats
        done = self._try(delegate, Approval.objects.get(pk=self.approval.pk), self.cast[to], by=self.cast[who])
        assert not (done and not had), "passed on what was not theirs"
        assert not (done and to == "rosa"), "passed on to the requester"
        assert not done or self.cast[who].pk not in self.seats or who == to

    @rule(who=WHO)
    def asks(self, who: str) -> None:
        self._try(ask_for_more, Approval.objects.get(pk=self.approval.pk), "How much?", by=self.cast[who])

    @rule(who=WHO)
    def answers(self, who: str) -> None:
        self._try(answer, Approval.objects.get(pk=self.approval.pk), "Ten.", by=self.cast[who])

    @rule(who=WHO)
    def reminds(self, who: str) -> None:
        self._try(remind, Approval.objects.get(pk=self.approval.pk), by=self.cast[who])

    @rule(who=WHO, named=WHO)
    def names(self, who: str, named: str) -> None:
        approval = Approval.objects.get(pk=self.approval.pk)
        stage = approval.stages.order_by("id").last()
        assert stage is not None
        done = self._try(name_approver, approval, stage, self.cast[named], by=self.cast[who])
        assert not (done and named == "rosa"), "the requester was named"
        assert not (done and who not in {"boss", "lin"}), f"{who} named somebody"

    @rule(who=st.sampled_from(["stranger", "omar", "mai"]))
    def leaves(self, who: str) -> None:
        self._try(deactivate, self.cast[who], by=None)
        self.cast[who].refresh_from_db()

    @rule(who=st.sampled_from(["lin", "stranger"]))
    def withdraws(self, who: str) -> None:
        assert not self._try(withdraw, Approval.objects.get(pk=self.approval.pk), by=self.cast[who]) or who == "lin"

    @rule(who=WHO, verb=st.sampled_from([resolve, close]))
    def finishes_the_ticket(self, who: str, verb: Any) -> None:
        was = self._state()
        if self._try(verb, Ticket.objects.get(pk=self.ticket.pk), by=self.cast[who]):
            assert was not in LIVE, "a ticket was finished while somebody had to approve it"

    @rule(who=WHO)
    def goes_on_with_the_ticket(self, who: str) -> None:
        status = Status.objects.filter(kind="request", type="open").first()
        assert status is not None
        self._try(change_status, Ticket.objects.get(pk=self.ticket.pk), status, by=self.cast[who])

    def _state(self) -> str:
        return Approval.objects.get(pk=self.approval.pk).state

    @invariant()
    def it_ends_once_and_as_was_decided(self) -> None:
        state = self._state()
        if self.ended:
            assert state == self.ended, "it ended twice"
        self.ended = "" if state in LIVE else state
        stages = list(Approval.objects.get(pk=self.approval.pk).stages.order_by("id"))
        said = [list(stage.seats.values_list("says", flat=True)) for stage in stages]
        if state == "granted":
            assert all("granted" in each for each in said), "granted, and a stage was skipped"
            assert said[0].count("granted") >= 2, "granted by one where two were needed"
            assert not any("refused" in each for each in said), "granted after a refusal"
        if "granted" in said[1]:
            assert said[0].count("granted") >= 2, "the second stage came before the first was done"


def test_no_order_of_verbs_lets_anybody_decide_what_they_may_not(db: Any) -> None:
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
