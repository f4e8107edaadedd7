"""What is said before an organisation ceases, which nothing undoes."""

from core import acts, clock

from .. import headcounts
from ..forms.organizations import AbolishForm, MergeForm
from ..models import OfficeHolding, Organization

STAYS = "以往的报表、记录和党员经历留在原名下，仍可查阅。这一步不能撤回。"


def merging(attempt: acts.Attempt[Organization, MergeForm]) -> acts.Question:
    """合并: what goes over. Four queries."""
    source, target = attempt.subject, attempt.given["target"]
    below = source.children.active(clock.today()).count()
    moving = []
    if headcounts.is_known():
        count = headcounts.of([source.path])[source.path].on_roll
        moving.append(f"{count} 名在册党员{'（含下级）' if below else ''}")
    if below:
        moving.append(f"{below} 个下级党组织")
    lines = [f"{source}自 {attempt.form.decision().on:%Y年%-m月%-d日} 起不再存在，并入{target}。"]
    if moving:
        lines.append(f"{'、'.join(moving)}转入{target}。")
    return acts.Question(
        f"确认合并：{source}并入{target}",
        [*lines, *_offices(source), STAYS],
        "确认合并",
    )


def abolishing(attempt: acts.Attempt[Organization, AbolishForm]) -> acts.Question:
    """撤销: what ends. One query; it has neither members nor organisations below it any more."""
    organization = attempt.subject
    day = attempt.form.decision().on
    lines = [f"{organization}自 {day:%Y年%-m月%-d日} 起撤销，以后的报表和任务不再要求它办理。"]
    return acts.Question(
        f"确认撤销{organization}", [*lines, *_offices(organization), STAYS], "确认撤销"
    )


def _offices(organization: Organization) -> list[str]:
    count = OfficeHolding.objects.filter(organization=organization, ended_on=None).count()
    return [f"{count} 人在此的任职同日结束。"] if count else []
