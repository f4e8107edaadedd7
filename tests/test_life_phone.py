"""Organisation life on a phone: photographs once and without their place, what is offered today."""

import datetime as dt
import html
import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import attachments, clock
from members.actions import standings
from schedules.life.actions import files as life_files
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import MeetingKind, Presence
from schedules.life.models import LifeFile, Meeting
from schedules.life.queries.rolls import roll_of

from .test_attachments import picture
from .world import START, Zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
PNG, OTHER_PNG = picture(), picture(size=(5, 3))
BY_SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def in_july(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.ATTACHMENT_DIR = tmp_path
    with clock.at(NOW):
        yield


def write(zone: Zone, day: dt.date, kind: str = "general_meeting", **values: Any) -> Meeting:
    written = Written(MeetingKind(kind), day, values.pop("topic", "开会"), **values)
    roll = roll_of(zone.branch, written.kind, day)
    return meetings.record(
        uid=uuid.uuid4(),
        units=[zone.branch],
        written=written,
        marks={one.member_id: Mark(Presence.PRESENT) for one in roll.expected},
        by=zone.actor("huzhuang1"),
    )


def address(name: str, record: Meeting) -> str:
    return reverse(f"life:meeting-{name}", args=[record.uid])


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


# --- photographs ----------------------------------------------------------------------------------


def test_photograph_sent_again_is_one(zone: Zone) -> None:
    record, client, uid = write(zone, dt.date(2026, 7, 6)), zone.client("huzhuang1"), uuid.uuid4()
    files = LifeFile.objects.filter(record_uid=record.uid)

    def send(name: str, content: bytes, sent_as: object = uid, who: Any = client) -> Any:
        file = SimpleUploadedFile(name, content, "image/png")
        url = address("file-add", record)
        return who.post(url, {"file": file, "uid": str(sent_as)}, headers=BY_SCRIPT)

    for content in (PNG, PNG, OTHER_PNG):  # the second is lost on the way, the third a retry of it
        answer = send("签到表.png", content)
        assert (answer.status_code, answer.json()) == (200, {"message": "已上传“签到表.png”"})
    assert files.count() == 1
    answer = send("录像.mov", b"x", uuid.uuid4())
    assert answer.status_code == 400
    assert "“录像.mov”不是可以上传的类型" in answer.json()["message"]
    assert client.post(address("file-add", record), headers=BY_SCRIPT).status_code == 422
    # Written anew meanwhile: it is the photograph of the record, not of one version.
    written = Written(MeetingKind.GENERAL_MEETING, record.held_on, "改了主题")
    by = zone.actor("huzhuang1")
    anew = meetings.rewrite(
        meeting=record, version=1, units=[zone.branch], written=written, marks={}, by=by
    )
    assert send("签到表.png", PNG).status_code == 200
    assert send("会场.png", OTHER_PNG, "不是编号").status_code == 200
    assert files.count() == 2
    # Taken back: what had arrived is answered as it was, nothing new is taken.
    meetings.withdraw(meeting=anew, reason="登错了", by=by)
    assert send("签到表.png", PNG).status_code == 200
    assert send("晚了.png", picture(size=(7, 3)), uuid.uuid4()).status_code == 409
    assert files.count() == 2
    assert send("别人的.png", PNG, uuid.uuid4(), zone.client("taoyuan1")).status_code == 404
    assert send("上级的.png", PNG, uuid.uuid4(), zone.client("committee")).status_code == 404
    # Who may add none, and who may add none any more, is told what the phone still holds.
    page = words(client.get(address("detail", record)))
    assert f'<div data-photos="life-{record.uid}"></div>' in page
    assert 'data-photos="' not in words(zone.client("committee").get(address("detail", record)))


def test_id_of_an_upload_belongs_to_one_record(zone: Zone) -> None:
    uid, by = uuid.uuid4(), zone.actor("huzhuang1")
    first, second = (write(zone, dt.date(2026, 7, day), topic=f"{day}日") for day in (5, 6))
    for record in (first, second):
        file = attachments.check(io.BytesIO(PNG), "签到表.png")
        life_files.attach(meeting=record, file=file, by=by, uid=uid)
    assert LifeFile.objects.filter(sent_as=uid).count() == 2


def place_of(page: str) -> tuple[int, int]:
    """Where the photographs stand, and where the roll."""
    return page.index('id="files"'), page.index("应到 <b>")


def test_button_for_photographs_stands_first_after_saving(zone: Zone) -> None:
    make_member(zone.branch, "张三")
    standings.fill(since=START)
    client = zone.client("huzhuang1")
    record = write(zone, dt.date(2026, 7, 6))
    files, roll = place_of(words(client.get(address("detail", record))))
    assert files < roll
    client.post(address("file-add", record), {"file": SimpleUploadedFile("a.png", PNG)})
    files, roll = place_of(words(client.get(address("detail", record))))
    assert files > roll
    # Nobody is urged for photographs of old records, but where the paper is the record.
    old, paper = (
        write(zone, dt.date(2026, 6, 5)),
        write(zone, dt.date(2026, 6, 6), is_on_paper=True),
    )
    with clock.at(NOW + dt.timedelta(days=1)):
        for one, is_first in ((old, False), (paper, True)):
            files, roll = place_of(words(zone.client("huzhuang1").get(address("detail", one))))
            assert (files < roll) == is_first
