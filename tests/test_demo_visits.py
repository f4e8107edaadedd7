"""Draws, visits and tours of the demo zone: what they say of themselves is true."""

import io
import json

from django.core.management import call_command
from django.db.models import F, Max

from orgs.models import Organization
from schedules.action_items.models import ActionItem, ActionLink, NumberSeries
from schedules.dispatch.enums import DrawState, MeetingForm, MeetingState, VisitState
from schedules.dispatch.models import DispatchMeeting, FieldVisit, TourNote, VisitDraw, VisitFinding

from .demo_world import MOMENT


def test_draws_visits_and_tours_hold_together(demo_ten_months: None) -> None:
    made = list(VisitDraw.objects.exclude(state=DrawState.SEEDED).order_by("drawn_at"))
    assert [one.state for one in made] == [DrawState.PUBLISHED, DrawState.DRAWN]
    for draw in made:
        out = io.StringIO()
        call_command("draw_visits", seed=draw.seed, stdout=out, stderr=io.StringIO())
        assert out.getvalue() == draw.published, "drawn again, byte for byte"
        told = json.loads(draw.published)
        codes = set(Organization.objects.values_list("code", flat=True))
        assert {one["code"] for one in told["candidates"]} <= codes
        places = draw.visits.values_list("organization__code", flat=True)
        assert sorted(places) == sorted(one["code"] for one in told["drawn"])
        assert any(one["reasons"] for one in told["candidates"])
    latest = json.loads(made[-1].published)["candidates"]
    assert any(one["months_since_visit"] is not None for one in latest), "as it was then"
    assert not FieldVisit.objects.filter(done_at__gt=MOMENT).exists()
    for visit in FieldVisit.objects.filter(state=VisitState.DONE):
        assert visit.notes
        assert visit.conclusion
    # What was turned into items has items, given out afterwards by who holds the visit or tour.
    findings = VisitFinding.objects.exclude(item=None).select_related("visit", "item")
    assert findings.filter(visit__draw__isnull=False).exists()
    assert findings.filter(visit__draw=None).exclude(visit__holder__parent=None).exists()
    for finding in findings:
        item, visit = finding.item, finding.visit
        assert item is not None
        assert (item.source_kind, item.source_id) == ("visit", visit.pk)
        assert item.issuer_id == visit.holder_id
        assert visit.done_at is not None
        assert item.drafted_at > visit.done_at
    held = DispatchMeeting.objects.filter(form=MeetingForm.OBSERVATION_TOUR)
    assert held.filter(state=MeetingState.CLOSED).count() == 1
    assert held.filter(state=MeetingState.CALLED, starts_at__gt=MOMENT).count() == 1
    assert {one.stops.count() for one in held} == {3}
    notes = TourNote.objects.exclude(item=None).select_related("item", "stop__meeting")
    assert notes
    for note in notes:
        assert note.item is not None
        assert (note.item.source_kind, note.item.source_id) == ("tour", note.pk)
        assert note.item.issuer_id == note.stop.meeting.organization_id
    born = ActionItem.objects.filter(source_kind__in=["visit", "tour"])
    assert born.count() == findings.count() + notes.count()
    links = ActionLink.objects.filter(
        item__in=born, source_kind=F("item__source_kind"), source_id=F("item__source_id")
    )
    assert links.count() == born.count()
    # Whoever gives out the next one finds its number free.
    for series in NumberSeries.objects.all():
        mine = ActionItem.objects.filter(issuer=series.organization_id, year=series.year)
        assert mine.aggregate(last=Max("serial"))["last"] <= series.last
