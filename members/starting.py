"""The step of starting the portal that this app sees to."""

from core.start_steps import Progress, Step, register
from orgs.permissions import Permission

from .models import Member


def members() -> Progress:
    """Whether the roster of members is in. One query."""
    is_done = Member.objects.on_roll().exists()
    text = "党员名册已导入。" if is_done else "导入党员花名册；首次登录要核对的信息也从这里来。"
    return Progress(is_done, text)


register(
    Step(
        "members",
        70,
        "导入党员",
        "党工委工作人员",
        Permission.ORGANIZATION_IMPORT,  # the zone's part: committees bring in members later, too
        "members:member-import",
        "导入",
        members,
    )
)
