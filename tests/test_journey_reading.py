"""The reading pages on a phone, also in large type. What is read, marked and answered is walked in
test_journey_of_a_problem."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.test_journeys import look

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]
SignIn = Callable[..., None]


@pytest.mark.parametrize("large", [False, True])
def test_reading_pages_fit_a_phone_also_in_large_type(
    open_page: Callable[..., Any], sign_in: SignIn, axe_problems: Axe, large: bool
) -> None:
    phone = open_page(width=360, height=780)
    sign_in(phone, "zone")
    if large:
        phone.context.add_cookies([{"name": "type", "value": "large", "url": phone.url}])
    for address in (
        "/reports/read/",
        "/reports/read/?use=all&standing=marked",
        "/reports/read/totals/",
        "/reports/read/totals/?number=members_on_roll",
        "/reports/read/print/?use=all&standing=marked",
    ):
        phone.goto(address)
        look(phone, axe_problems)
    phone.goto("/reports/read/")
    phone.locator(".reading a:has-text('答复')").first.click()
    phone.wait_for_selector("textarea[name=text]")
    look(phone, axe_problems)
