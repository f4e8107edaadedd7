"""The relation that reviewers are named in (指名与回避)."""

from orgs import relations
from orgs.permissions import Permission
from orgs.relations import Relation

REVIEWER = relations.register(
    Relation(
        key="reviews.reviewer",
        label="考核组成员",
        about="marks the organisation's items in an assessment, by himself and unseen by others",
        permissions=frozenset({Permission.ASSESSMENT_REVIEW}),
        recusal=frozenset({Permission.ASSESSMENT_REVIEW, Permission.ASSESSMENT_RUN}),
        named_with=Permission.ASSESSMENT_RUN,
        apart_from=frozenset({Permission.ASSESSMENT_ANSWER}),
    )
)
