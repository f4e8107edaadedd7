"""The step of starting the portal that organisation life sees to: plans of what is owed."""

from core.start_steps import Progress, Step, register
from orgs.permissions import Permission

from .queries.default_plans import usual_plans


def usual() -> Progress:
    """Whether each kind with a legal frequency has its plan. One query."""
    missing = [one.plan.name for one in usual_plans() if one.is_missing]
    if not missing:
        return Progress(True, "各类组织生活都有计划。", is_optional=True)
    return Progress(False, f"还没有组织生活的计划：{'、'.join(missing)}。", is_optional=True)


register(
    Step(
        "life_plans", 125, "按规定频次建立组织生活任务", "党工委工作人员", Permission.PLAN_EDIT,
        "life:plan-install", "组织生活任务", usual,
    )
)  # fmt: skip
