"""双随机: the seed is fixed, then it is drawn, then it is published. Each is an act of its own."""

from django.db import IntegrityError, transaction

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean
from orgs.models import Organization

from .. import rules
from ..models import FieldVisit, VisitDraw, VisitVisitor
from ..queries import drawing as queries
from ..words import candidates_of
from . import rights, telling

MOST_DRAWN = 60
MOST_VISITORS = 5
LEAST_VISITORS = 2


@action
def fix_seed(
    *,
    organization: Organization,
    title: str,
    seed: str,
    seed_source: str,
    count: int,
    by: Actor,
    visitors_each: int = LEAST_VISITORS,
) -> VisitDraw:
    """Fixes by what will be drawn, and how many, before anybody knows what that gives. Raises
    NotAllowed or DomainError, also for a seed that was used."""
    rights.expect_holder(organization, by, "抽取由组织调研的党委办理。")
    title, seed, seed_source = clean(title), clean(seed), clean(seed_source)
    if len(title) < 2:
        raise DomainError("请写名称，如：七月现场调研。", field="title")
    if len(seed) < 4:
        raise DomainError("请写种子，至少 4 个字符，如开奖号码。", field="seed")
    if len(seed_source) < 2:
        raise DomainError("请写种子出处，别人据此可以核对。", field="seed_source")
    if not 1 <= count <= MOST_DRAWN:
        raise DomainError(f"一次抽 1 到 {MOST_DRAWN} 个支部。", field="count")
    if not LEAST_VISITORS <= visitors_each <= MOST_VISITORS:
        raise DomainError(f"每处 {LEAST_VISITORS} 到 {MOST_VISITORS} 人。", field="visitors_each")
    try:
        with transaction.atomic():
            draw = VisitDraw.objects.create(
                organization=organization,
                title=title[:60],
                seed=seed[:120],
                seed_source=seed_source[:200],
                count=count,
                visitors_each=visitors_each,
                seeded_at=clock.now(),
                seeded_by_name=by.name[:100],
            )
    except IntegrityError as error:
        raise DomainError(
            "这个种子已经用过。同一个种子不能再抽，请用新公布的号码。", field="seed"
        ) from error
    telling.note(
        draw,
        "dispatch.draw.seed",
        holder=draw.organization,
        by=by,
        changes={"seed": [None, draw.seed]},
    )
    return draw


@action
def draw(*, draw: VisitDraw, by: Actor) -> VisitDraw:
    """Draws: who is visited, and by whom, by the seed and by how things stand now. Makes the visits.
    Of two who draw at once one does. Raises NotAllowed, MovedOn or DomainError."""
    rights.expect_holder(draw.organization, by, "抽取由组织调研的党委办理。")
    standings = queries.standings(draw.organization)
    if not standings:
        raise DomainError("下面没有可抽的支部。")
    candidates = candidates_of(standings)
    visitors = queries.visitors(draw.organization, standings)
    found = rules.draw(draw.seed, candidates, draw.count, visitors, draw.visitors_each)
    strata = {one.code: str(one) for one in queries.strata_of(draw.organization).values()}
    published = rules.canonical(
        found,
        candidates,
        visitors,
        count=draw.count,
        visitors_each=draw.visitors_each,
        strata=strata,
    )
    VisitDraw.machine.move(
        draw,
        "draw",
        drawn_at=clock.now(),
        drawn_by_name=by.name[:100],
        published=published,
        digest=rules.digest(published),
    )
    _make_visits(draw, found, {one.organization.code: one.organization for one in standings})
    telling.note(
        draw,
        "dispatch.draw.draw",
        holder=draw.organization,
        by=by,
        changes={"drawn": [None, len(found.drawn)], "digest": [None, draw.digest]},
    )
    return draw


def _make_visits(
    draw: VisitDraw, found: rules.Draw, organizations: dict[str, Organization]
) -> None:
    visits = FieldVisit.objects.bulk_create(
        [
            FieldVisit(
                holder=draw.organization,
                organization=organizations[row.candidate.code],
                draw=draw,
            )
            for row in found.drawn
        ]
    )
    VisitVisitor.objects.bulk_create(
        [
            VisitVisitor(visit=visit, user_id=int(one.code[1:]), name=one.name[:100])
            for visit, row in zip(visits, found.drawn, strict=True)
            for one in row.visitors
        ]
    )


@action
def publish(*, draw: VisitDraw, by: Actor) -> VisitDraw:
    """Shows the draw with its seed, lots and reasons to everybody below, who can draw it again.
    Raises NotAllowed or MovedOn."""
    rights.expect_holder(draw.organization, by, "抽取由组织调研的党委办理。")
    VisitDraw.machine.move(draw, "publish", published_at=clock.now())
    telling.note(
        draw,
        "dispatch.draw.publish",
        holder=draw.organization,
        by=by,
        changes={"digest": [None, draw.digest]},
    )
    return draw
