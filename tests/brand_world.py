"""Bright spots and brands for tests, as far as they are."""

import datetime as dt
import io
from typing import Any

from PIL import Image

from core import attachments, clock
from core.actor import Actor
from core.figures import gauged
from orgs.models import Organization, User
from showcase.brands.actions import copies, cultivating, deciding, highlights, marks
from showcase.brands.actions.cultivating import Planned
from showcase.brands.actions.highlights import Spot
from showcase.brands.models import Brand, BrandCopy, BrandMark, Highlight
from showcase.panels.models import Panel, PanelSeat

FILE = {
    "name": "邻里一家",
    "slogan": "有事好商量",
    "meaning": "党员和邻居像一家人一样过日子。",
    "method": "三步工作法",
    "practice": "听、议、办三步。",
    "carriers": "党员议事亭。",
    "results": "办成 12 件事。",
}


def spot_of(place: Organization, by: Actor, title: str = "议事亭开到楼下") -> Highlight:
    spot = Spot(year=clock.today().year, title=title, text="党员带着邻居一起商量，定了就办。")
    return highlights.note(organization=place, spot=spot, by=by)


def steps(done: bool = True) -> list[Planned]:
    today = clock.today()
    return [
        Planned(phase, what, today + dt.timedelta(days=10), today if done else None)
        for phase, what in (
            ("practice", "在两个楼栋试"),
            ("summary", "把做法写成三步"),
            ("refinement", "定名称和内涵"),
        )
    ]


def brand_in(
    place: Organization, by: Actor, zone: Actor, state: str = "named", name: str = "邻里一家"
) -> Brand:
    """A brand of the place; `by` writes for it, `zone` decides."""
    brand = cultivating.take(highlight=spot_of(place, by, f"{name}的亮点"), name=name, by=zone)
    if state == "candidate":
        return fresh(brand)
    cultivating.begin(brand=brand, by=zone)
    if state == "bare":
        return fresh(brand)
    write(brand, by, name=name)
    if state == "cultivating":
        return fresh(brand)
    cultivating.submit(brand=brand, by=by)
    if state == "reviewing":
        return fresh(brand)
    judged(brand)
    if state == "judged":
        return fresh(brand)
    decided(brand, zone)
    if state == "rechecking":
        deciding.recheck(brand=brand, reason="按期复审", by=zone)
    if state == "withdrawn":
        deciding.end(brand=brand, reason="不再这样做了", by=zone)
    return fresh(brand)


def write(brand: Brand, by: Actor, **more: Any) -> None:
    """Its file and steps, as they should be before it is sent."""
    key = next(iter(gauged()))
    told = {**FILE, **more}
    cultivating.edit(brand=brand, revision=fresh(brand).revision, file=told, figures=[key], by=by)
    cultivating.plan(brand=brand, revision=fresh(brand).revision, steps=steps(), by=by)


def decided(brand: Brand, zone: Actor, verdict: str = "yes") -> Brand:
    return deciding.decide(
        brand=brand,
        revision=fresh(brand).revision,
        verdict=verdict,
        reason="评审意见一致",
        basis="党工委会议纪要〔2026〕9号",
        by=zone,
    )


def judged(brand: Brand) -> Panel:
    """A panel of three that is closed, each for the brand."""
    root = Organization.objects.get(parent=None)
    panel = Panel.objects.create(
        kind="brand",
        subject=brand.uid,
        organization=root,
        judged=brand.organization,
        title=brand.name,
        criteria=[],
        least=3,
        state="closed",
        due_on=clock.today(),
        opened_at=clock.now(),
        opened_by_name="工作人员",
        ended_at=clock.now(),
        ended_by_name="工作人员",
    )
    for user in User.objects.order_by("pk")[:3]:
        PanelSeat.objects.create(
            panel=panel, user=user, name=user.name, agrees=True, given_at=clock.now()
        )
    Brand.objects.filter(pk=brand.pk).update(panel=panel)
    return panel


def fresh(brand: Brand) -> Brand:
    return Brand.objects.select_related("organization").get(pk=brand.pk)


def picture(colour: str = "red") -> attachments.Checked:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, "PNG")
    return attachments.Checked("标识.png", "image/png", data.getvalue())


def mark_of(brand: Brand, by: Actor) -> BrandMark:
    return marks.add(brand=brand, file=picture(), by=by)


def copied(brand: Brand, place: Organization, by: Actor) -> BrandCopy:
    return copies.begin(
        brand=brand,
        organization=place,
        what="学议事亭，每周开一次",
        begun_on=clock.today(),
        by=by,
    )
