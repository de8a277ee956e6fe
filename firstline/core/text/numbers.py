"""Numbers as they come in addresses and forms, where anything may stand."""

LARGEST = 2**63 - 1  # what a database keeps in a number
NO_ROW = -1


def whole_number(text: str) -> int | None:
    """The number that these digits say, 0 to 2⁶³-1; None for everything else that Python would also take for one."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= LARGEST else None


def row_number(text: str) -> int:
    """The number of the row that somebody names; one that no row has, if what they typed cannot be a number."""
    number = whole_number(text)
    return NO_ROW if number is None else number
