"""Projects for tests, brought as far as they are by the real acts."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.actor import Actor
from orgs.models import Organization
from showcase.panels.models import Panel, PanelSeat
from showcase.panels.queries.people import candidates
from showcase.projects.actions import deciding, proposals, work
from showcase.projects.actions.proposals import Proposal, Stage
from showcase.projects.models import Project

NOW = dt.datetime(2026, 7, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
WAY = ("draft", "submitted", "judged", "running", "done", "asked", "closing", "closed")


def planned(**more: Any) -> Proposal:
    """What a proposal says."""
    values: dict[str, Any] = {
        "year": 2026,
        "title": "老楼道亮起来",
        "problem": "三栋老楼 18 个楼道没有灯，老人晚上不敢下楼。",
        "goal": "年底 18 个楼道都有灯。",
        "measures": "党员分楼包干，物业出灯，社区验收。",
        "owner_name": "周建国",
        "budget": Decimal(3000),
        "stages": (
            Stage("摸清要装几盏", dt.date(2026, 7, 20)),
            Stage("装完", dt.date(2026, 10, 30)),
        ),
        **more,
    }
    return Proposal(**values)


def fresh(project: Project) -> Project:
    return Project.objects.select_related("organization").get(pk=project.pk)


def judged(project: Project) -> None:
    """The opinions of all who were named, and the end of their panel."""
    panel = Panel.objects.get(subject=project.uid, state="open")
    PanelSeat.objects.filter(panel=panel).update(agrees=True, given_at=clock.now(), scores={})
    Panel.objects.filter(pk=panel.pk).update(state="closed", ended_at=clock.now())


def on_its_way(
    branch: Organization, own: Actor, above: Actor, state: str = "running", **more: Any
) -> Project:
    """A project of the branch, as far as `state` of `WAY`."""
    far = WAY.index(state)
    with clock.at(NOW):
        project = proposals.create(organization=branch, proposal=planned(**more), by=own)
        if far >= WAY.index("submitted"):
            proposals.submit(project=project, by=own)
        if far >= WAY.index("judged"):
            holder = Organization.objects.get(pk=above.organization_id)
            people = [one.user_id for one in candidates(holder, branch)][:5]
            deciding.check(
                project=project,
                revision=fresh(project).revision,
                outcome="pass",
                opinion="",
                people=people,
                due_on=NOW.date() + dt.timedelta(days=10),
                by=above,
            )
            judged(project)
        if far >= WAY.index("running"):
            deciding.decide(
                project=project,
                revision=fresh(project).revision,
                outcome="approve",
                opinion="同意立项",
                by=above,
            )
        if state in ("done", "closing", "closed"):
            stages = project.milestones.all()
            for one in stages if state != "done" else stages[:1]:
                work.finish(
                    milestone=one,
                    revision=fresh(project).revision,
                    done_on=NOW.date(),
                    evidence="楼长签了字",
                    by=own,
                )
        if state == "asked":
            work.ask(
                project=project,
                revision=fresh(project).revision,
                kind="extension",
                position=1,
                due_on=dt.date(2026, 8, 10),
                reason="灯具到货晚了半个月",
                by=own,
            )
        if state in ("closing", "closed"):
            work.close(
                project=project,
                revision=fresh(project).revision,
                closing="18 个楼道都亮了，照片在活动室。",
                satisfaction=97,
                by=own,
            )
        if state == "closed":
            deciding.grade(
                project=project,
                revision=fresh(project).revision,
                outcome="excellent",
                judgement="现场看过，都亮。",
                by=above,
            )
    return fresh(project)
