"""One stylesheet and one script, named after their content, kept for ever by browsers."""

import gzip
import re

import pytest
from django.test import Client
from django.urls import reverse

from firstline.core.ui import bundle
from firstline.core.ui.environment import PACKAGE, asset

IN_TEMPLATES = r'(?:icon\(|icon=)"([\w-]+)"'
IN_EVENTS = r'(?m)^    icon(?:: [\w\[\]]+)? = "([\w-]+)"'
BUDGET = 172_000  # bytes, style and script together, before they are zipped


def test_the_first_page_loads_less_than_its_budget() -> None:
    sizes = [len(bundle.find(bundle.asset_name(stem))[0].content) for stem in ("ui.css", "ui.js")]

    assert sum(sizes) <= BUDGET


def test_what_is_for_human_eyes_only_is_left_out_and_what_is_quoted_stays() -> None:
    style = 'a { content: ": , ; { }"; color: red; } /* why */\n& :is(b, i) > u { gap: 1px 2px; }'
    script = "/* why\n   so */\nclass A {\n  // because\n  say() { return `a // b`; } // said\n}\n"

    assert bundle._without_comments(style) == 'a{content:": , ; { }";color:red}& :is(b,i) > u{gap:1px 2px}\n'
    assert bundle._bare(script) == "class A {\nsay() { return `a // b`; } // said\n}\n"


def test_an_asset_is_kept_for_ever(client: Client) -> None:
    answer = client.get(reverse("ui:asset", args=[bundle.asset_name("ui.css")]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_browser_that_can_unzip_gets_it_zipped(client: Client) -> None:
    address = reverse("ui:asset", args=[bundle.asset_name("ui.js")])

    plain, zipped = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip, br"})

    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert len(zipped.content) < len(plain.content) / 2


def test_a_page_from_before_an_upgrade_gets_the_present_style_but_does_not_keep_it(client: Client) -> None:
    answer = client.get(reverse("ui:asset", args=["ui.0123456789ab.css"]))

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"


def test_pages_and_addresses_agree_where_assets_are() -> None:
    assert asset("ui.css") == reverse("ui:asset", args=[bundle.asset_name("ui.css")])


@pytest.mark.django_db  # the page that says so names the organisation
def test_nothing_else_is_served(client: Client) -> None:
    assert client.get(reverse("ui:asset", args=["settings.0123456789ab.py"])).status_code == 404


def test_every_rule_stands_in_a_layer() -> None:
    css = bundle.find(bundle.asset_name("ui.css"))[0].content.decode()

    depth, outside = 0, ""
    for character in css:
        depth += character == "{"
        outside += character if depth == 0 else ""
        depth -= character == "}"

    assert depth == 0
    assert set(re.findall(r"@layer ([\w, ]+)", outside)) >= {"tokens", "components", "print"}
    assert re.sub(r"@layer [\w, ]+;?", "", outside).split() == []


def test_style_uses_logical_properties_and_meaning_only() -> None:
    physical = re.compile(
        r"[\s;{](?:margin|padding|border)-(?:left|right|top|bottom)|[\s;{](?:left|right|width|height):"
    )
    for path in sorted((bundle.OWN / "css").rglob("*.css")):
        css = re.sub(r"@media[^{]*|@container[^{]*", "", path.read_text())
        assert physical.findall(css) == [], path
        if path.parent.name == "components":
            assert re.findall(r"#[0-9a-f]{3,8}\b(?!\")", css) == [], path
            assert re.findall(r"var\(--(?:paper|ink|blue|violet|amber|green|red|ochre|cobalt)-\d", css) == [], path


def test_every_picture_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (bundle.OWN / "icons.svg").read_text()))
    named = {
        name
        for pattern, suffix in ((IN_TEMPLATES, "html"), (IN_EVENTS, "py"))
        for path in PACKAGE.rglob(f"*.{suffix}")
        for name in re.findall(pattern, path.read_text())
        if not name.endswith("-")
    }

    assert named - drawn == set()
