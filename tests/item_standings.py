"""What is kept of items agrees with them: asked after every test that works with items."""

from collections.abc import Iterator

import pytest

MODULES = ("test_action", "test_api_items", "test_ceasing", "test_dispatch", "test_tours")


def wrong_standings() -> list[str]:
    """Items whose standing in force is not how they stand, as lines; none is right."""
    from schedules.action_items.models import ActionItem, ActionStanding

    columns = ("owner_id", "state", "receipt_due_on", "due_on")
    stand = {
        pk: values
        for pk, *values in ActionItem.objects.counted().under_way().values_list("pk", *columns)
    }
    kept = {
        pk: values
        for pk, *values in ActionStanding.objects.filter(until=None).values_list(
            "item_id", *columns
        )
    }
    return [
        f"item {pk} stands {stand.get(pk)}, kept is {kept.get(pk)}"
        for pk in sorted({*stand, *kept})
        if stand.get(pk) != kept.get(pk)
    ]


@pytest.fixture(autouse=True)
def _items_are_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    name = request.module.__name__.rpartition(".")[2]
    asked = name.startswith(MODULES) and "zone" in request.fixturenames
    if asked:
        request.getfixturevalue("zone")
    yield
    if asked:
        assert not wrong_standings(), "an item was changed without its machine"
