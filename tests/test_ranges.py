"""A subtree is one range of paths, and the range is written in one place."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

from members.models import Member
from orgs.models import Organization
from orgs.models.organization import below
from tests.world import Zone, make_member


def test_below_is_the_organization_and_all_under_it(zone: Zone) -> None:
    found = Organization.objects.filter(below(zone.general.path))
    assert set(found) == {zone.general, zone.branch, zone.branch2}
    under = Organization.objects.filter(below(zone.general.path, itself=False))
    assert set(under) == {zone.branch, zone.branch2}
    for number, place in enumerate((zone.branch, zone.branch2, zone.neighbour_branch)):
        make_member(place, f"党员{number}")
    assert Member.objects.filter(below(zone.street.path, "organization__")).count() == 2


def test_no_range_of_paths_is_written_by_hand() -> None:
    folders = {Path(app.path) for app in apps.get_app_configs()}
    own = [
        one
        for one in folders
        if one.is_relative_to(settings.BASE_DIR) and "site-packages" not in str(one)
    ]
    assert len(own) >= 4
    found = set()
    for folder in own:
        for file in folder.rglob("*.py"):
            if re.search(r"path__lte?\b", file.read_text()) and "migrations" not in file.parts:
                found.add(str(file.relative_to(settings.BASE_DIR)))
    assert found == {"orgs/models/organization.py"}, "use orgs.models.organization.below"
