"""Demonstration sites for tests: programmes and sites as far as they are, by the real acts."""

import datetime as dt
from typing import Any

from core import clock
from core.actor import Actor
from orgs.models import Organization
from showcase.panels.models import Panel, PanelSeat
from showcase.sites.actions import applying, checking, deciding, programmes
from showcase.sites.actions.applying import Words
from showcase.sites.actions.checking import Seen
from showcase.sites.actions.programmes import Outline
from showcase.sites.models import AwardProgramme, DemonstrationSite
from showcase.sites.queries.reviewing import KIND

from .world import make_user

CRITERIA = ("班子好", "队伍好", "机制好")
FULL = {
    "background": "夜班多，会开不齐",
    "practice": "一月一排班，两场合开",
    "result": "到会率从七成到九成五",
    "responsible_name": "孙广强",
}


def outline(**more: Any) -> Outline:
    values: dict[str, Any] = {
        "title": "区级党建示范点创建",
        "level": "district",
        "basis": "党工委〔2026〕6号 党建示范点创建办法",
        "awarded_by": "经开区党工委",
        "criteria": CRITERIA,
        "plaque_prefix": "开区示范",
    }
    return Outline(**{**values, **more})


def drafted(root: Organization, by: Actor, **more: Any) -> AwardProgramme:
    return programmes.create(organization=root, outline=outline(**more), by=by)


def opened(root: Organization, by: Actor, **more: Any) -> AwardProgramme:
    return programmes.open_for_applications(programme=drafted(root, by, **more), by=by)


def applied(
    programme: AwardProgramme, place: Organization, by: Actor, state: str = "sent", **more: Any
) -> DemonstrationSite:
    """A draft or sent application of the organisation."""
    words = Words(**{"title": f"{place}示范点", **FULL, **more})
    site = applying.create(programme=programme, organization=place, words=words, by=by)
    return site if state == "draft" else applying.send(site=site, by=by)


def judged(site: DemonstrationSite, agreed: int = 3, given: int = 3) -> Panel:
    """A panel of the application that is over."""
    root = site.programme.organization
    panel = Panel.objects.create(
        kind=KIND,
        subject=site.uid,
        organization=root,
        judged=site.organization,
        title=site.title,
        least=3,
        due_on=clock.today(),
        state="closed",
        opened_at=clock.now(),
        opened_by_name="zone",
    )
    for number in range(given):
        PanelSeat.objects.create(
            panel=panel,
            user=make_user(f"judge-{panel.pk}-{number}"),
            name=f"评审{number}",
            agrees=number < agreed,
            given_at=clock.now(),
        )
    return panel


def named(site: DemonstrationSite, by: Actor, **more: Any) -> DemonstrationSite:
    values: dict[str, Any] = {
        "named_on": clock.today(),
        "public_text": "夜班支部两场合开，到会率九成五。",
        **more,
    }
    if not Panel.objects.filter(subject=site.uid).exists():
        judged(fresh(site))
    return deciding.name(site=site, revision=fresh(site).revision, by=by, **values)


def warned(site: DemonstrationSite, by: Actor, days: int = 30) -> DemonstrationSite:
    return deciding.warn(
        site=site,
        revision=fresh(site).revision,
        reason="展板停在去年，台账没有接上",
        until=clock.today() + dt.timedelta(days=days),
        by=by,
    )


def checked(site: DemonstrationSite, by: Actor, *marks: str, note: str = "") -> Any:
    seen = [Seen(mark) for mark in marks or ("met", "partly", "unmet")]
    return checking.fill(site=site, seen=seen, note=note, by=by)


def fresh(site: DemonstrationSite) -> DemonstrationSite:
    rows = DemonstrationSite.objects.select_related("organization", "programme__organization")
    return rows.get(pk=site.pk)
