"""意见建议: read by who wrote them and who answers, as on the pages."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api import PageQuery, PortalView, TextField
from schedules.rounds.queries.calendar import load

from ..access import get_feedback
from ..actions.feedback import FEEDBACK
from ..enums import ActionState, FeedbackKind, FeedbackState
from ..queries.feedback import Shown, items_of, shown, with_words
from ..rules import overdue_line


class FeedbackQuery(PageQuery):
    show = serializers.ChoiceField(
        choices=[one.value for one in Shown],
        required=False,
        help_text="与意见建议页相同：waiting 待自己答复，answered 别人提的、已答复的，mine 自己提的；"
        "不填是能看到的全部",
    )
    q = TextField(required=False, max_length=50, help_text="意见或答复中的词")


class FeedbackRowOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=FeedbackKind.choices)
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=FeedbackState.choices)
    about = serializers.IntegerField(
        source="about_id", allow_null=True, help_text="有关组织；空为没有说"
    )
    about_name = serializers.CharField(source="about", allow_null=True)
    organization = serializers.IntegerField(
        source="organization_id", allow_null=True, help_text="提出人所在组织；空为不属于组织"
    )
    organization_name = serializers.CharField(source="organization", allow_null=True)
    written_by = serializers.CharField(source="written_by_name")
    written_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="答复期限")
    is_overdue = serializers.BooleanField(help_text="逾期未答复，按工作日")
    answer = serializers.CharField(allow_blank=True)
    answered_by = serializers.CharField(source="answered_by_name", allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    late_days = serializers.IntegerField(help_text="答复时已逾期的工作日")


class FeedbackItemOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=ActionState.choices)


class FeedbackOut(FeedbackRowOut):
    items = FeedbackItemOut(many=True, help_text="由它转成的督办中自己能看到的")


class FeedbackList(PortalView):
    access = "signed_in"
    query = FeedbackQuery

    @extend_schema(
        summary="意见建议",
        description="自己提的，和由自己答复的；与意见建议页相同，别的人看不到。",
        parameters=[FeedbackQuery],
        responses={200: FeedbackRowOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        """What one wrote oneself, and what one answers."""
        asked = self.narrowed()
        rows = shown(self.actor, Shown(asked["show"]) if "show" in asked else None)
        if "q" in asked:
            rows = with_words(rows, asked["q"])
        line = overdue_line(clock.today(), load())
        return self.page(rows, FeedbackRowOut, lambda row: _marked(row, line))


class FeedbackDetail(PortalView):
    access = "signed_in"

    @extend_schema(
        summary="一条意见建议",
        description="原话、答复和由它转成的督办；只有提出人和答复的人看得到。",
        responses={200: FeedbackOut},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What was written, what was answered, what was made of it."""
        feedback: Any = get_feedback(self.actor, pk)
        self.narrowed()
        feedback.items = items_of(self.actor, feedback, FEEDBACK)
        return Response(FeedbackOut(_marked(feedback, overdue_line(clock.today(), load()))).data)


def _marked(row: Any, line: dt.date) -> Any:
    row.is_overdue = row.state == FeedbackState.WAITING and row.due_on < line
    return row
