"""The benchmarks run, at tiny sizes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.load import quantile
from members.models import Member
from orgs.models import Organization

ROOT = Path(__file__).resolve().parent.parent


def test_quantile_of_answers() -> None:
    assert quantile([], 0.95) == 0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(100)], 0.95) == 95.0


@pytest.mark.django_db
def test_growth_copies_the_zone_below_its_own_top(zone: Any) -> None:
    from benchmarks.growth import grow

    top = Organization.objects.order_by("path")[0]
    below = Organization.objects.below(top.path).count() - 1
    members = Member.objects.exclude(organization=top).count()
    others = Organization.objects.count() - below - 1
    assert below > 1
    assert others == 0
    grow(3)
    assert Organization.objects.below(top.path).count() == 1 + 3 * below
    assert Member.objects.exclude(organization=top).count() == 3 * members
    for row in Organization.objects.exclude(pk=top.pk).select_related("parent"):
        assert row.path[:-5] == row.parent.path


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
