"""Every page is looked at by tests/journeys/test_every_page.py: contrast, keyboard, narrow windows, languages."""

from tests.journeys.visits import NO_PAGE, PIECES, VISITS
from tests.matrix.policy import ROUTES


def test_every_route_is_visited_or_known_to_show_no_page() -> None:
    visited = {visit.route for visit in VISITS}

    assert visited | {*NO_PAGE, *PIECES} == set(ROUTES), "a new route needs a line in tests/journeys/visits.py"
    assert not visited & {*NO_PAGE, *PIECES}
