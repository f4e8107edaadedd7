"""Assessments for programs: cycles, and of each the scores that the reader may open. The numbers are
those of the pages."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.schemes.enums import Level
from core.api import BIG, PageQuery, PortalView
from orgs.permissions import Permission as P

from ..access import get_cycle, looks_over
from ..enums import CycleState
from ..models import Correction, Cycle, Score
from ..queries.corrected import corrections_of
from ..queries.overview import names_of
from ..queries.telling import groups_told, scores_told, without_others


class CycleOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization")
    level = serializers.ChoiceField(choices=Level.choices)
    level_name = serializers.CharField(source="get_level_display")
    period = serializers.CharField()
    state = serializers.ChoiceField(choices=CycleState.choices)
    state_name = serializers.CharField(source="get_state_display")
    opened_at = serializers.DateTimeField()
    known_at = serializers.DateTimeField(allow_null=True, help_text="事实截至；冻结以前为空")
    sealed_at = serializers.DateTimeField(allow_null=True)


class GroupOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="有总分的单位数")
    minimum = serializers.IntegerField(help_text="至少几家才排名次、分名额")
    is_ranked = serializers.BooleanField()
    mean = serializers.CharField(allow_null=True, help_text="得分率的均值，百分数")
    lowest = serializers.CharField(allow_null=True)
    highest = serializers.CharField(allow_null=True)
    places = serializers.IntegerField(allow_null=True, help_text="名额")


class CycleDetailOut(CycleOut):
    groups = GroupOut(
        many=True,
        help_text="事实冻结以前为空；只被考核的一方只见本组，不足家数的不给均值和上下限",
    )


class CycleQuery(PageQuery):
    organization = serializers.IntegerField(
        required=False, min_value=1, max_value=BIG, help_text="考核单位"
    )
    period = serializers.RegexField(r"^[0-9]{4}-H[12]\Z", required=False)
    level = serializers.ChoiceField(choices=Level.choices, required=False)
    state = serializers.ChoiceField(choices=CycleState.choices, required=False)


class CycleList(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)
    query = CycleQuery

    @extend_schema(
        summary="半年考核",
        description="本单位组织的，和本单位被考核的；新的在前。",
        parameters=[CycleQuery],
        responses={200: CycleOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Cycles that organisations of the actor hold, and those in which they are assessed."""
        rows = Cycle.objects.visible_to(self.actor).select_related("organization")
        return self.page(rows.filter(**self.narrowed()).order_by("-period", "-pk"), CycleOut)

    def narrowed(self) -> dict[str, Any]:
        """The filters alone."""
        given = super().narrowed()
        return {name: given[name] for name in given if name not in ("page", "page_size")}


class CycleDetail(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)

    @extend_schema(
        summary="一期考核",
        description="状态和各组的均值、上下限、名额。",
        responses={200: CycleDetailOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """One cycle with the mean and spread of groups, once its facts are frozen."""
        cycle = get_cycle(self.actor, uid)
        self.narrowed()
        groups = groups_told(cycle, self.actor, looks_over(self.actor, cycle))
        return Response({**CycleOut(cycle).data, "groups": GroupOut(groups, many=True).data})


class IndicatorOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    full = serializers.DecimalField(max_digits=12, decimal_places=4)
    points = serializers.DecimalField(
        max_digits=12, decimal_places=4, allow_null=True, help_text="免考且折算的为空"
    )


class CorrectionOut(serializers.Serializer[Any]):
    indicator = serializers.CharField()
    name = serializers.CharField()
    old_points = serializers.CharField()
    new_points = serializers.CharField()
    old_total = serializers.CharField()
    new_total = serializers.CharField()
    old_grade = serializers.CharField()
    new_grade = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class ScoreOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField(source="assessed.uid")
    organization = serializers.IntegerField(source="assessed.organization_id")
    organization_name = serializers.CharField(source="assessed.name")
    group = serializers.CharField(
        source="assessed.group.name", default="", allow_blank=True, help_text="没有分组的为空"
    )
    total = serializers.CharField(
        source="told_total", allow_null=True, help_text="还有指标没有得分的为空"
    )
    full = serializers.DecimalField(max_digits=12, decimal_places=4)
    points = serializers.DecimalField(
        max_digits=12, decimal_places=4, help_text="已有得分的指标合计"
    )
    full_known = serializers.DecimalField(
        max_digits=12, decimal_places=4, help_text="这些指标的满分"
    )
    bonus = serializers.CharField(
        source="told_bonus", allow_null=True, help_text="总分里的加分；细则没有加分的为空"
    )
    vetoes = serializers.ListField(
        child=serializers.CharField(), source="happened", help_text="发生了的一票否决"
    )
    grade = serializers.CharField(allow_blank=True, help_text="审定以前，只被考核的一方为空")
    band = serializers.CharField(allow_blank=True, help_text="只按分数的等次")
    rank = serializers.IntegerField(
        allow_null=True, help_text="组内位次；只给组织考核的一方；家数不足的为空"
    )
    standing = serializers.IntegerField(
        allow_null=True, help_text="1 明显高于组均，-1 明显低于，0 无明显差异；测不出误差的为空"
    )
    waiting = serializers.ListField(child=serializers.CharField(), help_text="还没有得分的指标")
    corrections = CorrectionOut(many=True, help_text="审定以后的更正，先后为序")
    digest = serializers.CharField()
    computed_at = serializers.DateTimeField()
    indicators = IndicatorOut(many=True, source="indicators.all")


class ScoreQuery(PageQuery):
    organization = serializers.IntegerField(required=False, min_value=1, max_value=BIG)


class ScoreList(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)
    query = ScoreQuery

    @extend_schema(
        summary="考核得分",
        description="本单位的，任何时候；下面各单位的，事实冻结以后。",
        parameters=[ScoreQuery],
        responses={200: ScoreOut(many=True)},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """The own score, and once facts are frozen those below whoever holds the cycle."""
        cycle = get_cycle(self.actor, uid)
        given = self.narrowed()
        rows = scores_told(cycle, self.actor)
        if "organization" in given:
            rows = rows.filter(assessed__organization=given["organization"])
        names, is_over = names_of(cycle), looks_over(self.actor, cycle)
        corrected: dict[int, list[Correction]] = {}
        for row in corrections_of(cycle):
            corrected.setdefault(row.assessed_id, []).append(row)

        def told(score: Score) -> Score:
            for one in score.indicators.all():  # read for the whole page
                known = names.get(score.assessed.version_id, {})
                one.name = known.get(one.key, one.key)  # type: ignore[attr-defined]
            score.corrections = corrected.get(score.assessed_id, [])  # type: ignore[attr-defined]
            if not is_over:
                without_others(score, cycle)
            return score

        return self.page(rows, ScoreOut, told)
