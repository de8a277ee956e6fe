from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models.functions import Now

from firstline.core.leases.leadership import Leadership, LeaseLost, confirm, leadership
from firstline.core.leases.models import Lease

pytestmark = pytest.mark.django_db


def expire(name: str) -> None:
    from datetime import timedelta

    Lease.objects.filter(name=name).update(until=Now() - timedelta(seconds=1))


def test_only_one_holds_a_lease() -> None:
    one, other = Leadership("x", holder="one"), Leadership("x", holder="other")

    assert (one.take(), other.take()) == (1, None)


def test_every_new_holder_gets_a_higher_number() -> None:
    one, other = Leadership("x", holder="one"), Leadership("x", holder="other")
    one.take()
    expire("x")

    assert other.take() == 2
    with pytest.raises(LeaseLost):
        one.confirm()
    assert one.take() is None
    assert other.confirm() == 2


def test_the_holder_keeps_its_number_while_nobody_took_over() -> None:
    one = Leadership("x", seconds=0.0, holder="one")  # asks the database every time

    assert [one.take(), one.take(), one.confirm()] == [1, 1, 1]


def test_a_released_lease_is_free_at_once() -> None:
    one, other = Leadership("x", holder="one"), Leadership("x", holder="other")
    one.take()

    one.release()

    assert one.token is None
    assert other.take() == 2


def test_asking_often_costs_the_database_nothing(django_assert_num_queries: object) -> None:
    one = Leadership("x", holder="one")
    one.take()

    with django_assert_num_queries(0):  # type: ignore[operator]
        assert one.take() == one.token == 1


def test_a_block_leads_or_is_told_that_it_does_not() -> None:
    with leadership("digest") as token, leadership("digest") as second:
        assert (token, second) == (1, None)
        confirm("digest", 1)
        with pytest.raises(LeaseLost), transaction.atomic():
            confirm("digest", 0)

    with pytest.raises(LeaseLost):
        confirm("digest", 1)
