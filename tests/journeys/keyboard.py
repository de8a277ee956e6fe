"""A person with a keyboard and nothing else. Whatever the focus does wrong on the way fails the test at the end."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect

FAR = 160  # stops of the Tab key; who needs more has lost the way


class Keyboard:
    """Each key is pressed only after a look at the focus: it is seen, not covered, and not lost to the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self._look(key)
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self._look(text)
        self.page.keyboard.type(text)

    def write(self, field: Locator, text: str) -> None:
        """Go to a field and put the text in place of what is there."""
        self.go(field)
        self.press("Control+a")
        self.type(text)

    def go(self, target: Locator, *, back: bool = False) -> None:
        """Tab until the target has the focus."""
        expect(target).to_be_attached()
        for _ in range(FAR):
            if target.evaluate("each => each === document.activeElement"):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def use(self, target: Locator, key: str = "Enter") -> None:
        self.go(target)
        self.press(key)

    def choose(self, select: Locator, label: str) -> None:
        """Walk with the arrows to an option of a closed list."""
        self.go(select)
        self.press("Home")
        shown = "each => each.selectedOptions[0].label.trim()"
        for _ in range(select.evaluate("each => each.options.length")):
            if select.evaluate(shown).startswith(label):
                return
            self.press("ArrowDown")
        raise AssertionError(f"{label!r} cannot be chosen")

    def pick(self, wanted: Locator) -> None:
        """Walk with the arrows to one of several radio buttons; they are one stop of the Tab key."""
        group = self.page.locator(f"input[type=radio][name='{wanted.get_attribute('name')}']")
        checked = group.and_(self.page.locator(":checked"))
        self.go(checked if checked.count() else group.first)
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"{wanted} cannot be picked")

    def attach(self, field: Locator, path: Path) -> None:
        """The window of the operating system is opened by key; what is chosen there is not ours."""
        self.go(field)
        with self.page.expect_file_chooser() as opened:
            self.press("Enter")
        opened.value.set_files(path)

    def suggest(self, field: Locator, text: str, wanted: str) -> None:
        """Type the beginning, and take a suggestion with the arrows."""
        self.write(field, text)
        option = self.page.get_by_role("option", name=wanted).first
        expect(option).to_be_visible()
        self.press("ArrowDown", "Enter")
        expect(option).to_be_hidden()

    def _look(self, key: str) -> None:
        try:
            found = self.page.evaluate("measure.before()")
        except Error:  # the page was just left
            return
        self.complaints += [f"before {key!r} on {self.page.url}: {each}" for each in found]
