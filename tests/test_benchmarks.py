"""The benchmarks run, at tiny sizes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.load import quantile
from members.models import Member
from members.queries.headcounts import headcount, wrong_own, wrong_sums
from orgs.models import Organization

from .world import make_member

ROOT = Path(__file__).resolve().parent.parent


def test_quantile_of_answers() -> None:
    assert quantile([], 0.95) == 0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(100)], 0.95) == 95.0


@pytest.mark.django_db
def test_growth_hangs_copies_ten_to_a_city_below_the_top(zone: Any) -> None:
    from benchmarks.growth import grow

    top = Organization.objects.order_by("path")[0]
    before, members = Organization.objects.count(), 3
    for branch in (zone.branch, zone.branch2, zone.neighbour_branch):
        make_member(branch)
    grow(13)
    cities = Organization.objects.filter(parent=top, path__gt=f"{top.path}01000")
    assert cities.count() + 1 == 2, "the first ten, then two"
    assert Organization.objects.count() == 13 * before + 2
    assert Member.objects.count() == 13 * members
    for row in Organization.objects.exclude(pk=top.pk).select_related("parent"):
        assert row.path[:-5] == row.parent.path
        assert row.depth == row.parent.depth + 1
    assert headcount(top.path).on_roll == 13 * members
    assert wrong_own() == wrong_sums() == []


@pytest.mark.long
@pytest.mark.parametrize("part", ["pages", "rush"])
def test_benchmark_runs_at_a_tiny_size(part: str) -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/run.py", "--quick", part, "sqlite"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    if part == "rush":
        assert "| sent | 8 |" in done.stdout
        assert "| with the text typed | 8 |" in done.stdout
        assert "| wrong | [] |" in done.stdout
    else:
        assert "members, branch secretary" in done.stdout
