"""What is said before an organisation ceases, which nothing undoes: exactly what the act then does.

The rows counted are locked while it is asked and done, so that what was agreed to is what happens;
with other numbers the question is asked anew.
"""

from collections.abc import Sequence

from core import acts
from core.dates import in_words

from .. import lifecycle, tree
from ..forms.organizations import AbolishForm, MergeForm
from ..models import OfficeHolding, Organization
from ..queries.ceasing import held_namings, standing_at

STAYS = "以往的报表、记录和党员经历留在原名下，仍可查阅。这一步不能撤回。"
NAMED = 6  # people or organisations in one line


def merging(attempt: acts.Attempt[Organization, MergeForm]) -> acts.Question:
    """合并: what goes over and what ends."""
    source, target = attempt.subject, attempt.given["target"]
    _hold(source)
    day = attempt.form.decision().on
    lines = [f"{source}自 {in_words(day)} 起不再存在，并入{target}。"]
    below = list(source.children.active(day).order_by("path"))
    if below:
        lines.append(f"{len(below)} 个下级党组织（连同其下级和党员）转入{target}：{_some(below)}。")
    return acts.Question(
        f"确认合并：{source}并入{target}",
        [*lines, *lifecycle.foreseen(source, target), *_ending(source), STAYS],
        "确认合并",
    )


def abolishing(attempt: acts.Attempt[Organization, AbolishForm]) -> acts.Question:
    """撤销: what ends; it has neither members nor organisations below it any more."""
    organization = attempt.subject
    _hold(organization)
    day = attempt.form.decision().on
    lines = [f"{organization}自 {in_words(day)} 起撤销，以后的报表和任务不再要求它办理。"]
    return acts.Question(
        f"确认撤销{organization}",
        [*lines, *lifecycle.foreseen(organization, None), *_ending(organization), STAYS],
        "确认撤销",
    )


def _hold(organization: Organization) -> None:
    """Keeps everybody from putting something new there, and the tree as it is, until the end of
    the transaction."""
    tree.lock()
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)


def _ending(organization: Organization) -> list[str]:
    lines = []
    held = OfficeHolding.objects.filter(organization=organization, ended_on=None).order_by("pk")
    offices = list(held.select_for_update(of=("self",)))
    if offices:
        people = _some([f"{one.person_name}（{one.get_post_display()}）" for one in offices])
        lines.append(f"{len(offices)} 项任职同日结束：{people}。")
    grants = list(standing_at(organization).select_for_update(of=("self",)))
    if grants:
        people = _some([f"{grant.user.name}（{grant.label}）" for grant in grants])
        lines.append(f"{len(grants)} 项授权今天结束：{people}。")
    if named := held_namings(organization):
        lines.append(f"{len(named)} 项指名或回避今天结束。")
    return lines


def _some(things: Sequence[object]) -> str:
    text = "、".join(str(thing) for thing in things[:NAMED])
    return text if len(things) <= NAMED else f"{text} 等"
