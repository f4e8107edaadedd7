"""Passwords that somebody here would guess, and passwords typed where they do not belong."""

import logging

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from orgs import guesses
from orgs.backends import may_be_shown_again

from .world import Zone, make_user

KNOWN = [
    guesses.Known("dahuangshan", "“大黄山”"),
    guesses.Known("huzhuang", "“湖庄”"),
    guesses.Known("caihangguo", "本人姓名"),
    guesses.Known("大黄山", "“大黄山”"),
]
# All of them satisfy three of four kinds of characters; the first six were accepted.
GUESSED = [
    "Admin@123",
    "Aa123456!",
    "Qwerty123!",
    "Dahuangshan1!",
    "Xuzhou2026!!",
    "Dangwu@202611",
    "Woaini1314!",
    "Zhangsan@1990",
    "Huzhuang#2025",
    "Shuji@Xuzhou1",
    "Zhang@San2020",
    "P@ssw0rd2026",
    "D@hu@ngsh@n2026",
    "Da-Huang-Shan1",
    "Cai.Hang.Guo88",
    "Aa112233!",
    "Asdf1234!",
    "1qaz@WSX",
    "Abcd1234!",
    "Zxcvbnm,./1A",
    "Summer2026!!",
    "大黄山2026Aa!",
    "Wangxiuying1958!",
    "Zhonghua-2026-Aa",
    "Sunshine2026!",
    "Iloveyou520!",
    "Qq123456789!",
    "Aa!13812345678",
    "Dangjian@2026",
    "Zhibu-Shuji-1",
    "Jingkaiqu#888",
    "Admin!@#123",
    "Abc@19900307",
    "Qwer!1234",
    "Test-2026-Test",
    "1234Qwer!@#$",
    "Xuexiqiangguo1!",
    "Zuzhibu.2026",
    "Passw0rd!",
    "Welcome@2026",
]
SOUND = [
    "Correct-Horse-9",
    "Correct-Horse-9-demo",
    "Blue-Kettle-77-Moon",
    "Kmwt-4729-Hbxr",
    "xK9#mQ2v",
    "Maple-7-River",
    "党建工作真的很重要啊123",
    "我家门前有两棵枣树A1",
    "Langer-Weg-7-zum-Ziel",
    "Menqian-Zaoshu-Liangke-7",
    "Fengche-Chahu-37-Qianbi",
    "Baicai-Doufu-Fentiao8",
]


@pytest.fixture(scope="module")
def known() -> list[guesses.Known]:
    return [*(guesses.Known(word, "常用词") for word in guesses._common()), *KNOWN]


@pytest.mark.parametrize("password", GUESSED)
def test_weakness_guessed_refused(known: list[guesses.Known], password: str) -> None:
    assert guesses.weakness(password, known)


@pytest.mark.parametrize("password", SOUND)
def test_weakness_sound_taken(known: list[guesses.Known], password: str) -> None:
    assert guesses.weakness(password, known) == ""


@pytest.mark.parametrize(
    "tail", ["", "1", "2026", "!!", "@2026", "#123", "_202611", "1314", "888!"]
)
@pytest.mark.parametrize(
    "word", ["Dahuangshan", "Dangzhibu", "Pengcheng", "Guanliyuan", "Zhangwei"]
)
def test_weakness_years_runs_and_marks_add_nothing(
    known: list[guesses.Known], word: str, tail: str
) -> None:
    assert guesses.weakness(word + tail, known)
    assert guesses.weakness(tail + word, known)
    assert guesses.weakness((word + tail).replace("a", "@").replace("i", "1"), known)


def test_weakness_long_rubbish_is_quick(known: list[guesses.Known]) -> None:
    """What is looked at is capped: steps do not grow with the text."""
    looked: list[int] = []
    lists = guesses._by_lists

    def counting(text: str) -> float:
        looked.append(len(text))
        return lists(text)

    guesses._by_lists, kept = counting, lists  # type: ignore[assignment]
    try:
        for size in (100, 1000, 10_000):
            guesses.weakness("Ab1!" * size, known)
    finally:
        guesses._by_lists = kept
    assert max(looked, default=0) <= 72


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Hukangmin2026!", "本人姓名"),  # of the person
        ("Kangmin@19580101", "本人姓名"),
        ("Huzhuang-2026!", "湖庄"),  # of the zone's organisations
        ("Jinshanqiao@1", "金山桥"),
        ("Huzhuang1!Aa", "登录名"),
    ],
)
def test_validator_knows_person_and_places(zone: Zone, password: str, reason: str) -> None:
    user = make_user("huzhuangsj", name="胡康民")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    message = "".join(refused.value.messages)
    assert "容易被猜到" in message
    assert "互不相关的词" in message
    assert reason in message or "湖庄" in message
    assert password not in message


def test_validator_costs_one_query(zone: Zone, django_assert_num_queries: object) -> None:
    user = make_user("somebody", name="胡康民")
    with django_assert_num_queries(1):  # type: ignore[operator]
        validate_password("Blue-Kettle-77-Moon", user)


def test_page_says_why_and_keeps_the_old_password(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    answer = client.post(
        reverse("orgs:password-change"),
        {"current": "Correct-Horse-9", "new": "Dangwu@202611", "again": "Dangwu@202611"},
    )
    assert answer.status_code == 422
    assert "容易被猜到" in answer.content.decode()
    assert "Dangwu@202611" not in answer.content.decode()


# --- a password in the field of the login name ------------------------------------------------

SLIPPED = "Menqian-Zaoshu-7"


def test_password_as_login_name_is_kept_nowhere(
    zone: Zone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    for _ in range(7):  # also when it is locked
        answer = client.post(reverse("orgs:login"), {"username": SLIPPED, "password": "x"})
        assert answer.status_code == 403
        assert SLIPPED not in answer.content.decode()
    answer = client.post(
        reverse("api:token"),
        {"username": SLIPPED, "password": "x"},
        content_type="application/json",
    )
    assert answer.status_code == 401
    assert SLIPPED not in answer.content.decode()
    kept = [*AccessAttempt.objects.values_list(), *AuditEntry.objects.values_list()]
    assert AccessAttempt.objects.exists()
    for form in (SLIPPED, SLIPPED.casefold()):
        assert form not in repr(kept)
        assert form not in caplog.text


def test_login_name_is_shown_again(zone: Zone) -> None:
    for name in ("huzhuang1", "nobody.here", "13900000000"):
        answer = Client().post(reverse("orgs:login"), {"username": name, "password": "x"})
        assert f'value="{name}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("huzhuang1", True), ("a.b-c", True), ("139 0000 0000", True), ("Dangwu202611", False),
     ("Aa123456!", False), ("党建工作", False), ("ｈｕｚｈｕａｎｇ", True), ("", False)],
)  # fmt: skip
def test_may_be_shown_again(typed: str, shown: bool) -> None:
    assert may_be_shown_again(typed) is shown
