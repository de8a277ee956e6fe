"""Numbers as they come in addresses and forms, where anything may stand."""

LARGEST = 2**63 - 1  # what a database keeps in a number


def whole_number(text: str) -> int | None:
    """The number that these digits say, 0 to 2⁶³-1; None for everything else that Python would also take for one."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= LARGEST else None
