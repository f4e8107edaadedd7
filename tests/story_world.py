"""Stories and public pages for tests, as far as they are, by the real acts."""

import datetime as dt
import io
from typing import Any

from PIL import Image

from core import attachments, clock
from core.actor import Actor
from orgs.models import Organization
from schedules.concerns.models import Concern
from showcase.public.actions import pictures, publishing, stories
from showcase.public.actions.stories import Named, Words
from showcase.public.models import PublicPage, Story, StoryPicture
from showcase.public.subjects import Subject, standing
from showcase.sites.actions import deciding
from showcase.sites.models import AwardProgramme, DemonstrationSite

from .site_world import opened

FULL: dict[str, Any] = {
    "lead": "夜班的人也开得上会。",
    "origin": "车间三班倒，会总有人到不了。\n\n后来大家商量，一个议题开两场。",
    "practice": "排班：一月一排，两场合开。\n补学：没到的一周内补上。",
    "results": "95% 到会率\n12 次两场会",
    "source": "支部会议记录，2026年上半年",
    "copied": "隔壁车间照着开了。",
    "lacking": "补学还是靠人催。",
    "visit": "车间党员活动室，工作日下午。",
}
ASKED = "我家楼道灯坏了三个月了一直没有人来修，老人晚上下楼都要摸着墙走，麻烦你们管一管。"


def words(**more: Any) -> Words:
    return Words(**{"title": "夜班两场会", **FULL, **more})


def site_in(place: Organization, zone: Actor) -> DemonstrationSite:
    """A site in force of the organisation."""
    found = DemonstrationSite.objects.filter(organization=place, state="named").first()
    if found is not None:
        return found
    root = Organization.objects.get(parent=None)
    programme = AwardProgramme.objects.filter(state="open").first() or opened(root, zone)
    return deciding.register(
        programme=programme,
        organization=place,
        title="夜班支部示范点",
        named_on=dt.date(2024, 5, 1),
        public_text="夜班支部两场合开，到会率九成五。",
        by=zone,
    )


def concern_in(place: Organization, **more: Any) -> Concern:
    """A concern that the organisation answered."""
    now = clock.now()
    row = Concern(
        **{
            "source": "branch",
            "text": ASKED,
            "intake": place,
            "organization": place,
            "received_at": now - dt.timedelta(days=9),
            "due_at": now - dt.timedelta(days=2),
            "state": "answered",
            **more,
        }
    )
    row.seal_contact("黄秀兰", "13800001234")
    row.save()
    return row


def subject_in(place: Organization, zone: Actor, kind: str = "site") -> Subject:
    row: Any = site_in(place, zone) if kind == "site" else concern_in(place)
    found = standing(kind, row.uid)
    assert found is not None
    return found


def story_in(
    place: Organization, by: Actor, zone: Actor, state: str = "draft", **more: Any
) -> Story:
    """A story of the organisation's site: `draft`, `handed_in`, `returned`, `published` or
    `taken_down`."""
    subject = subject_in(place, zone)
    there = Story.objects.filter(kind=subject.kind, subject=subject.uid).first()
    story = there or stories.create(subject=subject, words=words(**more), by=by)
    if state == "draft":
        return story
    story = stories.hand_in(story=story, by=by)
    if state == "returned":
        return publishing.send_back(
            story=story, revision=story.revision, reason="数字再核对一下", by=zone
        )
    if state == "handed_in":
        return story
    published(story, zone)
    if state == "taken_down":
        return publishing.take_down(story=fresh(story), reason="有一句写错了", by=zone)
    return fresh(story)


def published(story: Story, zone: Actor, **more: Any) -> PublicPage:
    days = {"shown_from": None, "shown_until": None, **more}
    return publishing.publish(story=story, revision=fresh(story).revision, by=zone, **days)


def agreed(name: str = "李向阳") -> Named:
    return Named(name, "本人签字的同意书", dt.date(2026, 6, 1))


def drawing(color: str = "red") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(content, "PNG")
    return content.getvalue()


def pictured(story: Story, by: Actor, color: str = "red") -> StoryPicture:
    """A picture of the story, with what it shows."""
    content = drawing(color)
    file = attachments.Checked("党员李向阳在楼道.png", "image/png", content)
    row = pictures.add(story=story, file=file, by=by)
    return pictures.describe(
        picture=row, alt="楼道里的公示栏", caption="", revision=row.revision, by=by
    )


def fresh(story: Story) -> Story:
    return Story.objects.select_related("organization").get(pk=story.pk)
