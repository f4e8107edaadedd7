"""What the common thresholds say about an organisation. They vary by sector, so they only warn."""

from .enums import BRANCH_KINDS, COMMITTEE_KINDS, OrganizationKind, Post
from .headcounts import Headcount
from .models import Organization


def warnings(
    organization: Organization,
    headcount: Headcount | None,
    *,
    posts: set[str],
) -> list[str]:
    """Sentences about the organisation with its headcount and the posts that are held. No query."""
    found: list[str] = []
    if organization.abolished_on is not None:
        return found
    if Post.SECRETARY not in posts and organization.kind != OrganizationKind.PARTY_GROUP:
        found.append("书记空缺")
    if headcount is None:
        return found
    total, full = headcount.on_roll, headcount.full
    if organization.kind in BRANCH_KINDS:
        if total > 50:
            found.append(f"党员 {total} 名，党支部一般不超过 50 名")
        if full < 3:
            found.append(f"正式党员 {full} 名，不足 3 名，一般应成立联合党支部")
        if full >= 7 and not organization.has_committee:
            found.append(f"正式党员 {full} 名，7 名以上应设支部委员会")
    elif organization.kind == OrganizationKind.GENERAL_BRANCH:
        if total < 50:
            found.append(f"党员 {total} 名，党总支一般为 50 至 99 名")
        elif total >= 100:
            found.append(f"党员 {total} 名，100 名以上一般设党委")
    elif organization.kind in COMMITTEE_KINDS and organization.depth > 1 and total < 100:
        found.append(f"党员 {total} 名，党委一般在 100 名以上")
    return found
