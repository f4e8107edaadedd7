"""Wishes, posts and partnerships for tests, by the real acts."""

import datetime as dt
from typing import Any

from core import clock
from core.actor import Actor
from members.models import Member
from orgs.models import Organization
from schedules.neighbours.actions import partnerships, posts, wishes
from schedules.neighbours.actions.partnerships import Bond
from schedules.neighbours.actions.posts import Place
from schedules.neighbours.actions.wishes import Asked
from schedules.neighbours.models import GridPost, Partnership, Wish


def published(place: Organization, by: Actor, **more: Any) -> Wish:
    values: dict[str, Any] = {
        "title": "一副老花镜",
        "need": "三百度老花镜一副，看报用",
        "until": clock.today() + dt.timedelta(days=20),
        "resident": "王秀英",
        **more,
    }
    return wishes.publish(organization=place, asked=Asked(**values), by=by)


def claimed(wish: Wish, place: Organization, by: Actor) -> Wish:
    return wishes.claim(wish=wish, organization=place, by=by)


def fulfilled(wish: Wish, by: Actor, **more: Any) -> Wish:
    values = {"result": "老花镜配好送到家里", "on": clock.today(), **more}
    return wishes.fulfil(wish=wish, by=by, **values)


def posted(member: Member, by: Actor, **more: Any) -> GridPost:
    values: dict[str, Any] = {
        "grid": "第三网格",
        "title": "邻里调解岗",
        "since": clock.today(),
        "area": "3 号楼",
        **more,
    }
    return posts.take(member=member, place=Place(**values), by=by)


def bound(place: Organization, by: Actor, **more: Any) -> Partnership:
    values: dict[str, Any] = {
        "kind": "shared",
        "name": "开发区供电所",
        "since": clock.today(),
        "is_outside": True,
        **more,
    }
    return partnerships.create(organization=place, bond=Bond(**values), by=by)
