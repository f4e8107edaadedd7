"""Campaigns and projects as far as they are, by the real acts, each on the day on which it would have been
done: a draft, proposals on their way, two that run, one to be accepted, two that are closed."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from core import clock
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.action_items.models import ActionItem
from schedules.rounds.actions import opening, plans, rollups
from schedules.themes.models import Theme
from showcase.panels.demo import judging
from showcase.panels.queries.people import candidates
from showcase.panels.rules import LEAST

from ..actions import campaigns, deciding, evidence, proposals, work
from ..actions.proposals import Proposal, Stage
from ..enums import Ask
from ..models import Campaign, Project
from ..queries.reviews import review_of
from ..rules import MILESTONE
from .told import CAMPAIGNS, MADE, OPINIONS, POINTS, Made

STAFF = "zone"
APPROVED = 12  # days after it was handed in
ASKED_FOR = 60  # days ago


def build(seeding: Seeding) -> Mapping[str, int]:
    """The campaigns, then the projects, where the organisations are there."""
    if seeding.is_again:
        return {}
    with seeding.step():
        _Course(seeding).run()
    return {"campaigns": Campaign.objects.count(), "projects": Project.objects.count()}


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.root = seeding.of(Tree).root
        self.accounts = seeding.of(Accounts)
        user = self.accounts.by_username[STAFF]
        self.staff = actor_of(user, user.grants.select_related("organization").get())
        self.campaigns: dict[str, Campaign] = {}

    def run(self) -> None:
        """All of it. Milestones have been asked for since the last two months."""
        with clock.at(self._ago(ASKED_FOR)):
            plan = plans.start_cases(kind=MILESTONE, by=self.seeding.by)
        with clock.at(self._ago(200)):
            for title, kind, goal, figure in CAMPAIGNS:
                values = {
                    "year": clock.today().year,
                    "kind": kind,
                    "title": title,
                    "goal": goal,
                    "figure": figure,
                    "is_open": True,
                }
                self.campaigns[title] = campaigns.create(
                    organization=self.root, values=values, by=self.staff
                )
        places = self.seeding.of(Tree).by_short_name
        for made in MADE:
            place = places.get(made.place)
            by = self._writer(place) if place else None
            if place and by:
                self._make(made, place, by)
        with clock.at(self.seeding.now):
            opening.follow_cases(plan=plan, by=self.seeding.by)
            rollups.refresh(plan_id=plan.pk)  # now, whenever older months are filled

    def _make(self, made: Made, place: Organization, by: Actor) -> None:
        """A project as far as it came."""
        with clock.at(self._ago(made.begun)):
            project = proposals.create(
                organization=place, proposal=self._proposal(made, place, by), by=by
            )
            if made.far == "draft":
                return
            proposals.submit(project=project, by=by)
        if made.far == "submitted":
            return
        if made.far == "returned":
            with clock.at(self._ago(made.begun - 4)):
                self._check(
                    project,
                    "return",
                    "“秩序好转”数不出来：请写清现在每天有几起拥堵、要降到几起，排班写到人。",
                    [],
                )
            return
        people = [one.user_id for one in candidates(self.root, place)][:LEAST]
        if len(people) < LEAST:
            return  # nobody could judge: it waits
        with clock.at(self._ago(made.begun - 4)):
            self._check(project, "pass", "切口小，可以评。", people)
        self._judge(project, made, 1 if made.far == "review" else LEAST)
        if made.far == "review":
            return
        with clock.at(self._ago(made.begun - APPROVED)):
            project = self._fresh(project)
            deciding.decide(
                project=project,
                revision=project.revision,
                outcome="approve",
                opinion="同意立项，按节点推进，每月的进度看记录。",
                by=self.staff,
            )
        self._work(project, made, by)
        item = ActionItem.objects.under_way().filter(owner=place).order_by("-pk").first()
        if item is not None and made.far == "running":
            evidence.link_item(project=project, item=item, by=by)
        if made.closing:
            self._close(project, made, by)

    def _proposal(self, made: Made, place: Organization, by: Actor) -> Proposal:
        begun = clock.today()
        days = [begun + dt.timedelta(days=one.due) for one in made.stages]
        year = days[0].year
        last = dt.date(year, 12, 31)  # it ends with its year
        campaign = self.campaigns.get(made.campaign)
        theme = Theme.objects.visible_to(by).first() if made.of_theme else None
        return Proposal(
            year=year,
            title=made.title,
            problem=made.problem,
            goal=made.goal,
            measures=made.measures,
            owner_name=self.accounts.responsible[place.pk].name,
            stages=[
                Stage(one.title, min(day, last)) for one, day in zip(made.stages, days, strict=True)
            ],
            background=made.background,
            figure=made.figure,
            figure_goal=Decimal(made.figure_goal) if made.figure else None,
            people=made.people,
            material=made.material,
            budget=Decimal(made.budget),
            theme=theme.pk if theme else None,
            campaign=campaign.pk if campaign else None,
        )

    def _check(self, project: Project, outcome: str, opinion: str, people: list[int]) -> None:
        project = self._fresh(project)
        deciding.check(
            project=project,
            revision=project.revision,
            outcome=outcome,
            opinion=opinion,
            people=people,
            due_on=clock.today() + dt.timedelta(days=7) if people else None,
            by=self.staff,
        )

    def _judge(self, project: Project, made: Made, many: int) -> None:
        """So many of those who judge give their opinion; when it was all, the panel ends."""
        panel = review_of(project)
        if panel is not None:
            judging.judge(
                panel,
                OPINIONS[:many],
                points=POINTS,
                given_at=self._ago(made.begun - 6),
                closed_at=self._ago(made.begun - 9) if many == LEAST else None,
                by=self.staff,
            )

    def _work(self, project: Project, made: Made, by: Actor) -> None:
        """What was done and spent, in the order of its days; then what is asked for."""
        milestones = list(project.milestones.order_by("position"))
        acts = [(row.done, number) for number, row in enumerate(made.stages) if row.done]
        for days, number in acts:
            with clock.at(self._ago(made.begun - days)):
                work.finish(
                    milestone=milestones[number],
                    revision=self._fresh(project).revision,
                    done_on=clock.today(),
                    evidence=made.stages[number].evidence,
                    by=by,
                )
        for days, amount, what in made.spent:
            with clock.at(self._ago(made.begun - days)):
                work.spend(
                    project=project,
                    revision=self._fresh(project).revision,
                    on=clock.today(),
                    amount=Decimal(amount),
                    what=what,
                    by=by,
                )
        if made.midterm:
            days, text = made.midterm
            with clock.at(self._ago(made.begun - days)):
                work.midterm(
                    project=project,
                    revision=self._fresh(project).revision,
                    text=text,
                    by=self.staff,
                )
        if made.late:
            position = next(number for number, one in enumerate(made.stages, 1) if one.done is None)
            with clock.at(self._ago(4)):
                work.ask(
                    project=project,
                    revision=self._fresh(project).revision,
                    kind=Ask.EXTENSION,
                    position=position,
                    due_on=self.seeding.today + dt.timedelta(days=25),
                    reason=made.late,
                    by=by,
                )

    def _close(self, project: Project, made: Made, by: Actor) -> None:
        if made.closing is None:
            return
        days, text, satisfaction = made.closing
        with clock.at(self._ago(made.begun - days)):
            work.close(
                project=project,
                revision=self._fresh(project).revision,
                closing=text,
                satisfaction=satisfaction,
                by=by,
            )
        if made.grade is None:
            return
        outcome, judgement = made.grade
        with clock.at(self._ago(made.begun - days - 8)):
            deciding.grade(
                project=project,
                revision=self._fresh(project).revision,
                outcome=outcome,
                judgement=judgement,
                by=self.staff,
            )
        if made.far == "spread":
            with clock.at(self._ago(made.begun - days - 20)):
                deciding.settle(
                    project=project,
                    revision=self._fresh(project).revision,
                    outcome="spread",
                    by=self.staff,
                )

    def _writer(self, place: Organization) -> Actor | None:
        """Who is responsible there, if it is for him to write projects."""
        user = self.accounts.responsible.get(place.pk)
        if user is None:
            return None
        grant = user.grants.select_related("organization").filter(organization=place).first()
        by = actor_of(user, grant) if grant else None
        return by if by and by.may_at(Permission.PROJECT_EDIT, place.path) else None

    @staticmethod
    def _fresh(project: Project) -> Project:
        return Project.objects.select_related("organization").get(pk=project.pk)

    def _ago(self, days: int) -> dt.datetime:
        day = self.seeding.today - dt.timedelta(days=max(days, 1))
        return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
