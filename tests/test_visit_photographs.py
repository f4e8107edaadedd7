"""Photographs of a visit, sent by a phone that has lost its line: one is one, however often it comes."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from schedules.dispatch.actions import visits
from schedules.dispatch.models import FieldVisit

from .test_attachments import picture
from .world import Zone

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
PNG, OTHER_PNG = picture(), picture(size=(5, 3))
BY_SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def begun(zone: Zone) -> FieldVisit:
    by = zone.actor("zone")
    people = [zone.users["zone"], zone.users["jinshanqiao"]]
    visit = visits.plan(holder=zone.root, organization=zone.branch, visitors=people, by=by)
    return visits.begin(visit=visit, by=by)


def test_photograph_sent_again_is_one(zone: Zone, settings: Any, tmp_path: Any) -> None:
    settings.ATTACHMENT_DIR = tmp_path
    visit, client, uid = begun(zone), zone.client("jinshanqiao"), str(uuid.uuid4())
    url = f"{visit.get_absolute_url()}files/add/"

    def send(name: str, content: bytes, uid: str = uid) -> Any:
        file = SimpleUploadedFile(name, content, "image/png")
        return client.post(url, {"file": file, "uid": uid}, headers=BY_SCRIPT)

    for content in (PNG, PNG, OTHER_PNG):  # the second is lost on the way, the third a retry of it
        answer = send("阵地.png", content)
        assert (answer.status_code, answer.json()) == (200, {"message": "已上传“阵地.png”"})
    assert visit.attachments.count() == 1
    # What is refused is said to the script, in words; one without an id is taken as it stands.
    answer = send("录像.mov", b"x", str(uuid.uuid4()))
    assert answer.status_code == 400
    assert "“录像.mov”不是可以上传的类型" in answer.json()["message"]
    assert client.post(url, headers=BY_SCRIPT).status_code == 422
    assert send("活动室.png", OTHER_PNG, "不是编号").status_code == 200
    assert visit.attachments.count() == 2
    # Over meanwhile: what had arrived is answered as it was, nothing new is taken.
    visit.refresh_from_db()
    by = zone.actor("jinshanqiao")
    visits.finish(visit=visit, conclusion="党课三次属实", revision=visit.revision, by=by)
    assert send("阵地.png", PNG).status_code == 200
    answer = send("晚了.png", PNG, str(uuid.uuid4()))
    assert answer.status_code == 409
    assert "已结束" in answer.json()["message"]
    assert visit.attachments.count() == 2
    file = SimpleUploadedFile("别人的.png", PNG, "image/png")
    other = {"file": file, "uid": str(uuid.uuid4())}
    assert zone.client("committee").post(url, other, headers=BY_SCRIPT).status_code == 404
