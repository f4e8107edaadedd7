"""The one gate of acts: one transaction, one status for what does not hold, nothing typed lost."""

from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core import acts, audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from schedules.rounds.models import Report, ReportVersion
from tests.test_reports import JULY_6, june, report_of, send
from tests.world import Zone

__all__ = ["june"]


class NameForm(forms.Form):
    name = forms.CharField(label="名称", max_length=10)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class Thing:
    def __init__(self, revision: int) -> None:
        self.revision = revision


@action
def rename(*, name: str, by: Actor, refusal: DomainError | None = None) -> str:
    """Leaves a row and an audit entry, or is refused after both."""
    Notification.objects.create(user_id=by.user_id, key=name, title=name, created_at=clock.now())
    audit.record(by=by, verb="core.thing.rename", object_type="thing", object_id=1)
    if refusal is not None:
        raise refusal
    return name


def performed(zone: Zone, method: str, refusal: DomainError | None = None, **sent: Any) -> Any:
    """The attempt that the page was shown for, or the answer when the act was done."""
    request: Any = getattr(RequestFactory(), method)("/thing/", sent)
    request.actor = zone.actor("huzhuang1")
    request.session = {}
    request._messages = FallbackStorage(request)
    things = [Thing(3), Thing(4)]
    shown: list[Any] = []

    def show(attempt: Any) -> HttpResponse:
        assert not connection.in_atomic_block or len(connection.savepoint_ids) == base
        shown.append(attempt)
        return HttpResponse(status=attempt.status)

    base = len(connection.savepoint_ids)
    answer = acts.perform(
        request,
        load=lambda: things.pop(0),
        form=lambda thing: NameForm(acts.typed(request)),
        act=lambda attempt: rename(name=attempt.given["name"], by=request.actor, refusal=refusal),
        done=lambda attempt, name: acts.said(request, f"已改为{name}。", "/done/"),
        show=show,
    )
    return shown[0] if shown else answer


def written() -> tuple[int, int]:
    return Notification.objects.count(), AuditEntry.objects.count()


def test_page_is_shown_then_done_with_a_message(zone: Zone) -> None:
    assert performed(zone, "get").status == 200
    assert written() == (0, 0)
    answer = performed(zone, "post", name="新名", revision="3")
    assert (answer.status_code, answer.url) == (302, "/done/")
    assert written() == (1, 1)


@pytest.mark.parametrize(
    ("refusal", "status", "field"),
    [
        (None, 422, "name"),
        (DomainError("名称已被占用。", field="name"), 422, "name"),
        (DomainError("现在不能改名。", field="elsewhere"), 422, "__all__"),
        (NotAllowed("须由别人办理。"), 403, "__all__"),
        (Conflict("刚被别人改过。"), 409, "__all__"),
        (Conflict("已有同名的。", field="name"), 422, "name"),
    ],
)
def test_what_does_not_hold_is_shown_as_typed_and_leaves_nothing(
    zone: Zone, refusal: DomainError | None, status: int, field: str
) -> None:
    typed = "新名" if refusal else "很长" * 10
    attempt = performed(zone, "post", refusal, name=typed, revision="3")
    assert attempt.status == status
    assert attempt.form["name"].value() == typed
    assert list(attempt.form.errors) == [field]
    assert written() == (0, 0)
    # After somebody else's act: about the thing as it is now, to be sent again knowingly.
    assert attempt.subject.revision == (4 if status == 409 else 3)
    assert attempt.form["revision"].value() == str(attempt.subject.revision)


def test_empty_post_is_a_form_that_does_not_hold(zone: Zone) -> None:
    attempt = performed(zone, "post")
    assert attempt.status == 422
    assert list(attempt.form.errors) == ["name", "revision"]


def test_gate_writes_nothing_when_loader_input_or_action_refuse(zone: Zone) -> None:
    by = zone.actor("huzhuang1")

    def refuse() -> Any:
        rename(name="先写", by=by)
        raise Http404

    with pytest.raises(Http404):
        acts.carry_out(refuse, lambda thing: thing, lambda thing, given: given)
    with pytest.raises(Http404):
        acts.carry_out(lambda: 1, lambda thing: refuse(), lambda thing, given: given)
    assert written() == (0, 0)
    assert acts.carry_out(lambda: 1, lambda thing: thing + 1, lambda thing, given: given) == 2


def test_differences_are_told_in_words() -> None:
    class Many(forms.Form):
        kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")])
        kinds = forms.MultipleChoiceField(label="各类", choices=[("a", "甲"), ("b", "乙")])
        is_open = forms.BooleanField(label="开放", required=False)
        count = forms.IntegerField(label="数", required=False)
        same = forms.CharField(label="同")

    form = Many({"kind": "b", "kinds": ["a", "b"], "is_open": "on", "count": "", "same": "一样"})
    assert form.is_valid()
    stored = {"kind": "a", "kinds": ["a"], "is_open": False, "count": 3, "same": "一样"}
    assert acts.differences(form, stored) == [
        ("类别", "甲", "乙"),
        ("各类", "甲", "甲、乙"),
        ("开放", "否", "是"),
        ("数", "3", ""),
    ]


# --- a report's page -------------------------------------------------------------------------

WRITTEN = {
    "version": "1",
    "text-problems": "活动室屋顶渗水",
    "text-next_plan": "七一主题党日",
    "entry-highlights": ["带岗带责进网格", ""],
}


def posted(zone: Zone, report: Report, act: str, **data: Any) -> Any:
    with clock.at(JULY_6):
        return zone.client("huzhuang1").post(f"/reports/{report.pk}/{act}/", data)


def test_report_sent_from_its_page_is_one_act(june: Zone) -> None:
    report, client = report_of(june.branch), june.client("huzhuang1")
    entries = AuditEntry.objects.count()
    with clock.at(JULY_6), CaptureQueriesContext(connection) as queries:
        answer = client.post(f"/reports/{report.pk}/submit/", WRITTEN)
    assert answer.status_code == 302
    version = ReportVersion.objects.get()  # one, and it is the sending
    assert version.is_submission
    assert version.values["problems"] == {"text": "活动室屋顶渗水"}
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)[entries:]
    assert list(verbs) == ["schedules.report.submit"]
    report.refresh_from_db()
    assert (report.state, report.revision) == ("submitted", 2)
    assert len(queries) == 33  # nine of them for figures that add up from the month before


def test_refused_sending_keeps_texts_and_explanations(june: Zone) -> None:
    report = report_of(june.branch)
    sent = {**WRITTEN, "text-next_plan": "", "explain-problems": "已联系维修"}
    answer = posted(june, report, "submit", **sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“下月打算”还没有填写" in page
    assert "活动室屋顶渗水" in page
    assert "已联系维修" in page
    assert report.items.get(key="problems").value == {"text": "活动室屋顶渗水"}
    assert 'name="version" value="2"' in page  # of the draft that was kept
    assert not report.steps.exists()


def test_sending_from_an_older_page_with_the_stored_texts_is_no_conflict(june: Zone) -> None:
    report = report_of(june.branch)
    assert posted(june, report, "save", **WRITTEN).status_code == 302
    assert posted(june, report, "submit", **WRITTEN).status_code == 302
    assert ReportVersion.objects.filter(is_submission=True).count() == 1


def test_sending_over_another_text_shows_both(june: Zone) -> None:
    report = report_of(june.branch)
    assert posted(june, report, "save", **WRITTEN).status_code == 302
    answer = posted(june, report, "submit", **{**WRITTEN, "text-problems": "书记写的"})
    assert answer.status_code == 409
    assert "活动室屋顶渗水" in answer.content.decode()
    assert "书记写的" in answer.content.decode()
    assert report.items.get(key="problems").value == {"text": "活动室屋顶渗水"}


@pytest.mark.parametrize("act", ["save", "submit"])
def test_text_typed_while_a_colleague_sent_the_report_is_shown_to_be_kept(
    june: Zone, act: str
) -> None:
    report = send(june)
    answer = posted(june, report, act, **{**WRITTEN, "text-problems": "另一段话"})
    assert answer.status_code == 409
    assert "这一步已不适用" in answer.content.decode()
    assert "下面的文字没有保存" in answer.content.decode()
    assert "另一段话" in answer.content.decode()
    assert "另一段话" not in str(report.items.get(key="problems").value)
