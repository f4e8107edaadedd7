"""How items look in the API, and one view that every act on an item stands on."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core import acts, clock
from core.api import PortalView, StrictSerializer, etag, once, revision_wanted
from schedules.rounds.queries.calendar import load

from ..access import get_item
from ..enums import ActionState, ActionStepKind, ExtensionState, LineState, Shape
from ..models import ActionItem
from ..queries.clocks import with_clocks
from ..rules import overdue_line


class ActionItemRowOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    shape = serializers.ChoiceField(choices=Shape.choices)
    whole = serializers.IntegerField(
        source="parent_id", allow_null=True, help_text="多单位的一件，这是其中一个单位的一份"
    )
    state = serializers.ChoiceField(choices=ActionState.choices)
    is_receipt_overdue = serializers.BooleanField(help_text="签收逾期，按工作日")
    is_completion_overdue = serializers.BooleanField(help_text="办理逾期，按工作日")
    priority = serializers.CharField()
    category = serializers.CharField()
    cause = serializers.CharField()
    source_kind = serializers.CharField()
    source_label = serializers.CharField(allow_blank=True)
    issuer = serializers.IntegerField(source="issuer_id")
    issuer_name = serializers.CharField(source="issuer")
    owner = serializers.IntegerField(source="owner_id")
    owner_name = serializers.CharField(source="owner")
    responsible = serializers.CharField(source="responsible_name", allow_blank=True)
    leader = serializers.CharField(source="leader_name", allow_blank=True)
    issued_at = serializers.DateTimeField(allow_null=True)
    receipt_due_on = serializers.DateField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    receipt_late_days = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True, help_text="空为没有期限，不会逾期")
    original_due_on = serializers.DateField(allow_null=True)
    extension_count = serializers.IntegerField()
    late_days = serializers.IntegerField(help_text="曾逾期的工作日，销号后也保留")
    returned_count = serializers.IntegerField()
    reported_at = serializers.DateTimeField(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    look = serializers.CharField(allow_blank=True, help_text="回头看：lasting 长效，relapsed 反弹")
    look_from = serializers.DateField(allow_null=True)
    look_until = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField()


class ActionLineOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    position = serializers.IntegerField()
    problem = serializers.CharField()
    measure = serializers.CharField(allow_blank=True)
    responsible = serializers.CharField(source="responsible_name", allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=LineState.choices)
    evidence = serializers.CharField(allow_blank=True)
    late_days = serializers.IntegerField()
    return_reason = serializers.CharField(allow_blank=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    figure_key = serializers.CharField(allow_blank=True, help_text="所绑定的数据，达到目标自动销号")
    goal = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    is_at_least = serializers.BooleanField()
    months = serializers.IntegerField()


class ActionStepOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ActionStepKind.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by_name")
    organization = serializers.CharField(source="by_organization", allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class ActionPartOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    owner = serializers.IntegerField(source="owner_id")
    owner_name = serializers.CharField(source="owner")
    state = serializers.ChoiceField(choices=ActionState.choices)
    late_days = serializers.IntegerField()


class ExtensionOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ExtensionState.choices)
    due_before = serializers.DateField()
    wanted_on = serializers.DateField()
    reason = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by_name")
    asked_at = serializers.DateTimeField()
    due_after = serializers.DateField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    decided_by = serializers.CharField(source="decided_by_name", allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ActionItemOut(ActionItemRowOut):
    demand = serializers.CharField(allow_blank=True)
    measure = serializers.CharField(allow_blank=True)
    result = serializers.CharField(allow_blank=True)
    issued_by = serializers.CharField(source="issued_by_name", allow_blank=True)
    received_by = serializers.CharField(source="received_by_name", allow_blank=True)
    reported_by = serializers.CharField(source="reported_by_name", allow_blank=True)
    verified_by = serializers.CharField(source="verified_by_name", allow_blank=True)
    verify_note = serializers.CharField(allow_blank=True)
    look_note = serializers.CharField(allow_blank=True)
    waiting_for = serializers.IntegerField(source="waiting_for_id", allow_null=True)
    waiting_name = serializers.CharField(allow_blank=True)
    waiting_note = serializers.CharField(allow_blank=True)
    waiting_since = serializers.DateField(allow_null=True)
    waiting_due_on = serializers.DateField(allow_null=True)
    waited_days = serializers.IntegerField()
    relapse_of = serializers.IntegerField(source="relapse_of_id", allow_null=True)
    lines = ActionLineOut(many=True)
    parts = ActionPartOut(many=True)
    extensions = ExtensionOut(many=True)
    steps = ActionStepOut(many=True)


Action = Callable[..., Any]


class ItemView(PortalView):
    """What every address of one item stands on."""

    def shown(self, pk: int, status: int = 200) -> Response:
        """The item, which `get_item` has let this reader see, with its revision as ETag. Seven
        queries."""
        rows = with_clocks(ActionItem.objects.all(), overdue_line(clock.today(), load()))
        item: Any = (
            rows.select_related("owner", "issuer")
            .prefetch_related("lines", "steps", "extensions")
            .get(pk=pk)
        )
        item.parts = (
            ActionItem.objects.visible_to(self.actor)
            .filter(parent=item)
            .select_related("owner")
            .order_by("part", "pk")
        )
        return Response(
            ActionItemOut(item).data, status=status, headers={"ETag": etag(item.revision)}
        )

    def act(
        self, pk: int, body: type[StrictSerializer], action: Action, *, revised: bool = False
    ) -> Response:
        """The action on the item with what the body says, and with the revision that If-Match names
        where it is `revised`, through the gate of the page; answered with the item as it is then."""

        def given(item: ActionItem) -> dict[str, Any]:
            sent = self.body(body)
            if revised:
                sent["revision"] = revision_wanted(self.request, item.revision)
            return sent

        acts.carry_out(
            lambda: get_item(self.actor, pk),
            given,
            lambda item, values: action(item=item, by=self.actor, **values),
        )
        return self.shown(pk)


def act(
    summary: str, about: str, body: type[StrictSerializer]
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """For a POST that does not ask for a revision: nothing that is typed can write over another's,
    and the state of what it is about is asked under its lock."""
    described = extend_schema(
        summary=summary, description=about, request=body, responses={200: ActionItemOut}
    )

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        acting: Callable[..., Response] = described(once(method))
        return acting

    return decorate
