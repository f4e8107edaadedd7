"""The board of a cycle for programs: the numbers of the page, to nobody more than there."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.cycles.explaining import fixed
from core.api import PortalView
from orgs.permissions import Permission as P

from . import words
from .access import get_board_cycle
from .queries.boards import GroupBoard, Row, board_of
from .queries.losses import LossColumn, LossRow, losses_of


class RowOut(serializers.Serializer[Any]):
    score = serializers.UUIDField(help_text="得分的编号")
    organization = serializers.IntegerField()
    organization_name = serializers.CharField()
    total = serializers.CharField(allow_null=True, help_text="还有指标没有得分的为空")
    share = serializers.CharField(allow_null=True, help_text="得分率，百分数")
    reach = serializers.CharField(allow_null=True, help_text="95% 误差；测不出的为空")
    standing = serializers.IntegerField(allow_null=True)
    grade = serializers.CharField(allow_blank=True)
    by_quota = serializers.BooleanField(help_text="名额已满定低一等")
    by_veto = serializers.BooleanField(help_text="一票否决后的等次")
    is_corrected = serializers.BooleanField(help_text="审定以后更正过")
    rank = serializers.IntegerField(allow_null=True)
    lost = serializers.CharField(help_text="失分合计")
    scaled = serializers.CharField(help_text="免考折算")
    bonus = serializers.CharField()
    losses = serializers.DictField(
        child=serializers.CharField(),
        help_text="指标 → 失分；免考的为“免”，还没有得分的为“待”，细则无此项的没有",
    )


class BoardGroupOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="有总分的单位数")
    is_ranked = serializers.BooleanField()
    mean = serializers.CharField(allow_null=True)
    deviation = serializers.CharField(allow_null=True, help_text="标准差")
    places = serializers.IntegerField(allow_null=True, help_text="名额")
    is_close = serializers.BooleanField(
        allow_null=True, help_text="最后一个名额由误差以内的差距决定；无从判断的为空"
    )
    rows = RowOut(many=True)


class HeadOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField(allow_blank=True)
    lost = serializers.CharField()
    share = serializers.CharField(help_text="失分占满分，百分数")
    count = serializers.IntegerField(help_text="失分的单位数")
    of = serializers.IntegerField()


class BoardOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    period = serializers.CharField()
    as_of = serializers.CharField(help_text="数据截至、审定、校验码")
    pairs = serializers.IntegerField(help_text="双人独立评分的项数")
    lost = serializers.CharField(help_text="各单位失分合计，也是各指标失分合计")
    groups = BoardGroupOut(many=True)
    indicators = HeadOut(many=True)


class BoardDetail(PortalView):
    permissions = (P.ASSESSMENT_VIEW,)

    @extend_schema(
        summary="一期考核的看板",
        description="分布、名额和失分，与页面相同；事实冻结以后，给组织考核的一方。",
        responses={200: BoardOut},
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """The board of one cycle, once its facts are frozen."""
        cycle = get_board_cycle(self.actor, uid)
        self.narrowed()
        board = board_of(cycle)
        losses = losses_of(board.stored)
        by_score = {row.score.pk: row for row in losses.rows}
        told = {
            "uid": cycle.uid,
            "period": cycle.period,
            "as_of": words.as_of(board),
            "pairs": board.pairs,
            "lost": f"{losses.lost:f}",
            "groups": [_group(one, by_score) for one in board.groups],
            "indicators": [_head(one) for one in losses.columns],
        }
        return Response(BoardOut(told).data)


def _group(group: GroupBoard, by_score: dict[int, LossRow]) -> dict[str, Any]:
    last = group.quota.places.last if group.quota is not None else None
    return {
        "name": group.group.name if group.group else "",
        "count": group.count,
        "is_ranked": group.is_ranked,
        "mean": None if group.mean is None else f"{group.mean}",
        "deviation": None if group.deviation is None else fixed(group.deviation),
        "places": group.quota.places.part.places if group.quota is not None else None,
        "is_close": None if last is None or last.reach is None else last.is_within_error,
        "rows": [_row(row, by_score[row.score.pk]) for row in group.rows],
    }


def _row(row: Row, lost: LossRow) -> dict[str, Any]:
    assessed = row.score.assessed
    return {
        "score": assessed.uid,
        "organization": assessed.organization_id,
        "organization_name": assessed.name,
        "total": None if lost.total is None else f"{lost.total:f}",
        "share": None if row.share is None else words.share_of(row),
        "reach": None if row.reach is None else fixed(row.reach),
        "standing": row.score.standing,
        "grade": row.score.grade,
        "by_quota": row.cause.by_quota,
        "by_veto": row.cause.by_veto,
        "is_corrected": bool(row.corrections),
        "rank": row.score.rank,
        "lost": f"{lost.lost:f}",
        "scaled": f"{lost.scaled:f}",
        "bonus": f"{lost.bonus:f}",
        "losses": {
            key: words.STATES[one.state] if one.state else f"{one.lost:f}"
            for key, one in lost.cells.items()
        },
    }


def _head(one: LossColumn) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "group": one.group,
        "lost": f"{one.lost:f}",
        "share": words.percent(one.share).rstrip("%"),
        "count": one.count,
        "of": one.of,
    }
