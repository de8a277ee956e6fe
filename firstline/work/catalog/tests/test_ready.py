"""The ready-made catalog is complete, in two languages, and can be asked for as soon as it is installed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from firstline.core import search
from firstline.people.accounts.models import Person
from firstline.people.teams.models import Team
from firstline.work.catalog.actions.ready import install
from firstline.work.catalog.engine.ready import READY
from firstline.work.catalog.models import Offering
from firstline.work.catalog.queries import found_by, missing, shelves
from firstline.work.intake.engine.questions import load, walk
from firstline.work.intake.queries.words import troubles_of

ALL = [each["key"] for each in READY]


@pytest.mark.django_db
@pytest.mark.accepts("S4.2", "S4.33", "S4.35")
def test_it_is_installed_in_one_go_complete_and_published(bea: Person, network: Team) -> None:
    made = install(ALL, by=bea)

    assert [each.key for each in made] == ALL
    assert {each.key: [part.field for part in missing(each)] for each in made} == {key: [] for key in ALL}
    assert set(Offering.objects.values_list("state", flat=True)) == {"published"}
    assert [troubles_of(version) for each in made if each.form for version in each.form.versions.all()] == [[]] * len(
        ALL
    )
    assert install(ALL, by=bea) == []


@pytest.mark.parametrize("ready", READY, ids=ALL)
def test_every_word_of_it_is_there_in_both_languages(ready: dict[str, Any]) -> None:
    lacking = [
        question.key
        for question in walk(load({"questions": ready["questions"]}))
        if not {"en", "vi"} <= set(question.label) or any(not {"en", "vi"} <= set(o.label) for o in question.options)
    ]

    assert lacking == []
    assert all({"en", "vi"} <= set(ready[part]) for part in ("names", "summaries", "keywords", "procedures"))


@pytest.mark.django_db
@pytest.mark.accepts("S4.4")
def test_people_find_what_they_need_in_their_own_words(rosa: Person, bea: Person, network: Team) -> None:
    install(ALL, by=bea)

    found = {words: [each.key for each in found_by(rosa, words)][:1] for words in ("reset", "mật khẩu", "wifi", "lapt")}

    assert found == {"reset": ["password"], "mật khẩu": ["password"], "wifi": ["network-access"], "lapt": ["hardware"]}
    with override("vi"):
        assert [shelf.category.said() for shelf in shelves(rosa)][:1] == ["Có sự cố"]
    assert search.check_index("offering").is_sound


def test_the_forms_stay_short() -> None:
    first = {
        ready["key"]: sum(1 for q in load({"questions": ready["questions"]}) if q.is_asked and q.show_when is None)
        for ready in READY
    }

    assert {key: count for key, count in first.items() if count > 5} == {"onboarding": 6}
