"""Milestones as duties: each is owed by who undertakes the project, from two weeks before its day until it is
called done."""

from django.urls import reverse

from orgs.permissions import Permission
from schedules.rounds import fulfilment
from schedules.rounds.fulfilment import Kind, Words

from .queries import owed
from .rules import LEAD, MILESTONE

fulfilment.register(
    Kind(
        key=MILESTONE,
        label="项目节点",
        words=Words(
            act="完成",
            pending="待完成",
            missing="未完成",
            sent="已完成",
            write="去办理",
            hint="做成了在项目页上记一笔，不必另报；来不及的申请延期。",
        ),
        minutes=3,
        url=lambda duty: reverse("projects:milestone-open", args=[duty.subject_id]),
        view=Permission.PROJECT_VIEW,
        write=Permission.PROJECT_EDIT,
        send=Permission.PROJECT_EDIT,
        check=None,
        cases=owed.running,
        stopped=owed.done,
        names_people=True,
        lead_days=LEAD,
        is_once=True,
        about="党建项目的节点在期限前两周列为应办；批了延期的按新的日子。",
        basis="“项目化推进”工作机制",
    )
)
