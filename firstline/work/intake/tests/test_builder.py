"""A form is built, tried, published and taken back by its owner, without an admin."""

from __future__ import annotations

import pytest
from django.test import Client

from firstline.core.actions import NotAllowed, Refused
from firstline.people.accounts.models import Person
from firstline.work.intake.actions.publish import go_back, publish
from firstline.work.intake.actions.shape import edit, make_form, name_form, redo, undo
from firstline.work.intake.engine.questions import Question, load
from firstline.work.intake.models import Form, FormVersion
from firstline.work.intake.queries.forms import published, working

ONE = load({"questions": [{"key": "what", "type": "short", "label": {"en": "What?"}}]})
TWO = (*ONE, Question(key="why", type="long", label={"en": "Why?"}))


def questions_of(form: Form) -> list[str]:
    return [each.key for each in working(Form.objects.get(pk=form.pk)).questions]


@pytest.mark.django_db
@pytest.mark.accepts("S4.34")
def test_an_owner_builds_a_form_by_hand_and_publishes_it(client: Client, lin: Person) -> None:
    client.force_login(lin)
    made = client.post("/forms/new", {"name": "Badges", "languages": ["en"]})
    at = made["Location"]

    opened = client.post(f"{at}/questions", {"type": "choice"})
    refused = client.post(f"{at}/questions/choice", {"label_en": "Which door?", "options_en": ""})
    client.post(
        f"{at}/questions/choice",
        {"label_en": "Which door?", "options_en": "North\nSouth", "is_required": "on", "key": "door"},
    )
    client.post(f"{at}/questions", {"type": "long"})
    wrong = client.post(f"{at}/questions/long", {"label_en": "Why?", "show_when": "window:north"})
    client.post(f"{at}/questions/long", {"label_en": "Why?", "show_when": "door:south"})
    client.post(f"{at}/questions", {"type": "table"})
    client.post(f"{at}/questions", {"type": "person", "inside": "table"})
    client.post(f"{at}/questions/table", {"label_en": "Who?"})
    client.post(f"{at}/questions/person", {"label_en": "Name"})
    client.post(f"{at}/questions/table/place", {"to": "0"})
    client.post(f"{at}/questions/long/copy")
    client.post(f"{at}/questions/long_2/removal")
    shown = client.get(at).content.decode()
    published_it = client.post(f"{at}/publication", follow=True)

    form = Form.objects.get()
    assert opened["Location"].endswith("edit=choice#question-choice")
    assert (refused.status_code, wrong.status_code) == (422, 422)
    assert "There is no field “window”." in wrong.content.decode()
    assert "Shown only when Which door? is South" in shown
    assert questions_of(form) == ["table", "door", "long"]
    assert published_it.status_code == 200
    version = published(form)
    assert version is not None
    assert [option.key for option in version.questions[1].options] == ["north", "south"]
    assert [client.get(f"{at}/{page}").status_code for page in ("preview", "versions", "report", "facts")] == [200] * 4
    assert client.get("/forms").status_code == 200


@pytest.mark.django_db
def test_every_change_is_taken_back_and_done_again(lin: Person) -> None:
    form = make_form("Badges", questions=ONE, by=lin)
    edit(form, TWO, by=lin)
    undo(form, by=lin)
    before = questions_of(form)
    redo(form, by=lin)

    assert (before, questions_of(form)) == (["what"], ["what", "why"])
    undo(form, by=lin)
    with pytest.raises(Refused):
        undo(form, by=lin)


@pytest.mark.django_db
def test_a_publication_is_undone(lin: Person) -> None:
    form = make_form("Badges", questions=ONE, by=lin)
    first = publish(form, by=lin)
    edit(form, TWO, by=lin)
    publish(form, by=lin)

    back = go_back(form, by=lin)

    assert back.pk == first.pk
    states = dict(FormVersion.objects.filter(form=form).values_list("number", "state"))
    assert states == {1: "published", 2: "retired", 3: "draft"}
    assert questions_of(form) == ["what", "why"]  # nothing of the work is lost
    with pytest.raises(Refused):
        go_back(form, by=lin)


@pytest.mark.django_db
def test_a_draft_that_makes_no_sense_is_not_published(lin: Person) -> None:
    wrong = load({"questions": [
        {"key": "early", "type": "short", "label": {"en": "Early"},
         "show_when": {"field": "late", "operator": "is", "values": ["x"]}},
        {"key": "late", "type": "short", "label": {"en": "Late"}}]})  # fmt: skip
    form = make_form("Circle", questions=wrong, by=lin)

    with pytest.raises(Refused, match="which is asked later"):
        publish(form, by=lin)
    with pytest.raises(Refused, match="asks nothing yet"):
        publish(make_form("Empty", by=lin), by=lin)


@pytest.mark.django_db
def test_only_its_owner_and_who_holds_the_right_shape_a_form(
    lin: Person, ada: Person, bea: Person, client: Client
) -> None:
    form = make_form("Badges", questions=ONE, by=lin)

    with pytest.raises(NotAllowed):
        edit(form, TWO, by=ada)
    with pytest.raises(NotAllowed):
        make_form("Another", by=ada)
    edit(form, TWO, by=bea)
    name_form(form, name="Badges", owner=ada, by=bea)
    publish(Form.objects.get(pk=form.pk), by=ada)
    client.force_login(lin)

    assert client.get(f"/forms/{form.pk}").status_code == 404
    client.force_login(ada)
    assert client.get(f"/forms/{form.pk}").status_code == 200
