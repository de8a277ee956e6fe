"""The Jinja2 environment of all pages: strict, escaped, translated at render time, with ``ui`` at hand."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import translation
from jinja2.runtime import Macro
from markupsafe import Markup

from firstline.core.ui import bundle, charts, words
from firstline.core.ui.kept import keeping, keeping_each
from firstline.core.ui.said import said, shown

PACKAGE = Path(__file__).parents[2]
FILTERS = (
    words.ago,
    words.due_in,
    words.duration,
    words.exact_time,
    words.due_moment,
    words.machine_time,
    words.short_date,
    words.number,
    words.initials,
    words.hue,
    said,
)


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment for Django's Jinja2 backend (``OPTIONS["environment"]``)."""
    loader = options.pop("loader", None)
    options |= {
        "undefined": jinja2.StrictUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n", *options.get("extensions", [])],
    }
    env = jinja2.Environment(  # noqa: S701 -- autoescape is in the options
        loader=jinja2.FileSystemLoader([*getattr(loader, "searchpath", []), *template_folders()]), **options
    )
    _translate_when_rendering(env)
    env.filters |= {function.__name__: function for function in FILTERS} | {"filesize": filesizeformat}
    env.tests["past"] = words.is_past
    env.tests["soon"] = words.is_soon
    env.globals |= {
        "url": url,
        "static": static,
        "asset": asset,
        "drawings": drawings,
        "one_of": one_of,
        "charts": charts,
        "debug": settings.DEBUG,
        "ui": Components(env),
        "kept": keeping(env),
        "kept_each": keeping_each(env),
    }
    return env


def template_folders() -> list[Path]:
    """Every room's ``templates`` folder. All our templates are Jinja2."""
    return sorted(path for pattern in ("*/templates", "*/*/templates") for path in PACKAGE.glob(pattern))


class Components:
    """The macros of every file in ``templates/ui/components``, as ``ui.<macro>``.

    A file exports all its macros whose names do not begin with an underscore. Loading waits for the first use, so
    that the language is never decided at start and an edited file is seen while developing.
    """

    def __init__(self, env: jinja2.Environment) -> None:
        self._env = env
        self._homes: dict[str, str] = {}

    def __getattr__(self, name: str) -> Macro:
        if not self._homes:
            self._homes = self._find_homes()
        try:
            macro: Macro = getattr(self._env.get_template(self._homes[name]).module, name)
        except KeyError:
            raise AttributeError(f"there is no component ui.{name}") from None
        if not self._env.auto_reload:
            self.__dict__[name] = macro
        return macro

    def __dir__(self) -> list[str]:
        return sorted(self._find_homes())

    def _find_homes(self) -> dict[str, str]:
        """All of them or none: pages are drawn in several threads, and nobody may see half a list."""
        homes: dict[str, str] = {}
        for template in self._env.list_templates(filter_func=lambda name: name.startswith("ui/components/")):
            for name, thing in vars(self._env.get_template(template).module).items():
                if not isinstance(thing, Macro) or name.startswith("_"):
                    continue
                if homes.setdefault(name, template) != template:
                    raise LookupError(f"ui.{name} is declared in {homes[name]} and in {template}")
        return homes


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named screen."""
    return _url(settings.ROOT_URLCONF, get_script_prefix(), name, args, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _url(_urls: str, _prefix: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    """An address is put together once: a queue asks for fifty, and Django takes 0.1 ms for each."""
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)


def asset(stem: str) -> str:
    """Return the address of a bundled asset by its plain name, such as ``ui.css``.

    Put together by hand: a page asks a hundred times (every picture), and an error page must not need the URLs.
    """
    return f"{get_script_prefix()}assets/{bundle.asset_name(stem)}"


def drawings(*names: str) -> Markup:
    """Return pictures of ``icons.svg`` to stand in a page, for those that are drawn a hundred times there."""
    return Markup("").join(_drawing(name) for name in names)


@cache
def _drawing(name: str) -> Markup:
    found = re.search(rf'<symbol id="{re.escape(name)}".*?</symbol>', (bundle.OWN / "icons.svg").read_text(), re.DOTALL)
    if found is None:
        raise LookupError(f"icons.svg has no {name!r}")
    return Markup(found[0])  # noqa: S704 -- our own file


def one_of[T](value: T, *allowed: T) -> T:
    """Return the value if it is declared; a misspelt variant must fail, not look odd."""
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(map(str, allowed))}")
    return value


def _translate_when_rendering(env: jinja2.Environment) -> None:
    """Hand Django's functions over, which look up the language of the request each time they are called."""
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals |= {"_": shown, "gettext": shown}  # these two are said three hundred times a page
