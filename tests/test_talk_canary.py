"""A word that was said in a 谈心谈话 is found nowhere but with the two and the secretary.

Every role reads everything it can; every column, log, paper, answer and refused form is searched.
"""

import datetime as dt
import html
import json
import logging
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core import clock
from members.actions import standings
from orgs.actions import tokens
from orgs.models import Organization
from schedules.life.actions import own_memberships, talks
from schedules.life.actions.talks import Said
from schedules.life.enums import TalkOccasion
from schedules.life.ledgers import registered
from schedules.life.models import Talk

from .access_objects import NOW, arguments, own, prepare
from .test_access_matrix import ADDRESSES, COLUMNS, ROWS, expected, undone
from .test_masks import text_of
from .world import Zone, make_member

WORD, ADVICE, WHY = "鹭鸶灯塔", "石榴渡船", "家庭变故或生活困难"
SECRETS = (WORD, ADVICE)
NUMBER = "110101199003074557"
OTHERS = [one for one in COLUMNS if one not in ("anonymous", "huzhuang1")]
BODY = {"held_on": "2026-06-10", "talk_content": WORD, "talk_advice": ADVICE}


@pytest.fixture(autouse=True)
def loud(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    with clock.at(NOW):
        yield


@pytest.fixture
def talk(zone_in_june: Zone) -> Talk:
    """Between the secretary and a member whose name the officer's account bears."""
    zone = zone_in_june
    two = [make_member(zone.branch, name) for name in ("蔡书记", "officer")]
    two[1].identity_index = None
    standings.fill(since=dt.date(2020, 1, 1))
    return talks.record(
        uid=uuid.uuid4(),
        organization=zone.branch,
        held_on=dt.date(2026, 6, 10),
        talker=f"m{two[0].pk}",
        partner=f"m{two[1].pk}",
        said=Said(TalkOccasion.HARDSHIP, WORD, ADVICE),
        by=zone.actor("huzhuang1"),
    )


def leaks(text: str) -> list[str]:
    """What of it stands in a text, however it is written."""
    plain = html.unescape(text)
    coded = [json.dumps(word)[1:-1] for word in SECRETS]
    return [word for word in (*SECRETS, *coded) if word in plain]


def pages_of(talk: Talk) -> list[str]:
    """All addresses about talks, with the one that holds the word."""
    place = f"?organization={talk.organization_id}"
    return [
        *(reverse(f"life:talk-{name}", args=[talk.uid]) for name in ("detail", "write")),
        *(reverse(f"life:talk-{name}") + place for name in ("list", "rows", "coverage", "create")),
        reverse("api:talk-list"),
        reverse("api:talk-detail", args=[talk.uid]),
        *(f"{reverse('core:search')}?q={word}" for word in ("谈心谈话", "蔡书记", "officer")),
        talk.talker.get_absolute_url() if talk.talker else "",
        talk.partner.get_absolute_url() if talk.partner else "",
    ]


@pytest.mark.once
@pytest.mark.parametrize("username", OTHERS)
def test_nobody_else_reads_it_on_any_page(
    zone_in_june: Zone, talk: Talk, username: str, caplog: pytest.LogCaptureFixture
) -> None:
    zone, client = zone_in_june, zone_in_june.client(username)
    for url in pages_of(talk):
        text = text_of(client.get(url))
        assert not leaks(text), url
        if "/talks/" in url and "new" not in url:
            assert WHY not in text, url
    for name, methods in ROWS.items():
        if "GET" not in methods or expected(methods["GET"]).get(username) != 200:
            continue
        with undone():
            prepare(name)
            given = arguments(name, own(zone)) if ADDRESSES[name].arguments else {}
            assert not leaks(text_of(client.get(reverse(name, kwargs=given)))), name
    assert not leaks(caplog.text)


@pytest.mark.once
def test_no_question_tells_whether_it_is_there(zone_in_june: Zone, talk: Talk) -> None:
    """Whatever is asked for the word is answered as for a word that nobody said."""
    never = "虚构词语"
    for username in ("zone", "dahuangshan", "huzhuang", "huzhuang1", "officer"):
        client = zone_in_june.client(username)
        for url in (
            "core:search",
            "members:member-list",
            "action_items:item-list",
            "api:item-list",
        ):
            asked = [
                re.sub(
                    r"[0-9A-Za-z]{64}|[0-9A-Za-z]{32}|[0-9a-f-]{36}|%[0-9A-F]{2}",
                    "",
                    text_of(client.get(reverse(url), {"q": word})),
                ).replace(word, "?")
                for word in (WORD, never)
            ]
            assert asked[0] == asked[1], (username, url)


@pytest.mark.once
def test_no_paper_holds_it_not_even_the_secretarys(zone_in_june: Zone, talk: Talk) -> None:
    for username in ("zone", "dahuangshan", "huzhuang", "huzhuang1", "officer"):
        actor = zone_in_june.actor(username)
        lines = [
            line
            for ledger in registered().values()
            for line in ledger.rows(actor, zone_in_june.branch, 2026)
        ]
        assert lines
        assert not leaks(str(lines))
        assert WHY not in str(lines)


@pytest.mark.once
def test_no_program_is_told_it_not_even_the_secretarys(zone_in_june: Zone, talk: Talk) -> None:
    secretary = zone_in_june.actor("huzhuang1")
    secret = tokens.create(
        by=secretary, grant_id=secretary.grant_id or 0, name="试用", scope="write", days=1
    ).secret
    headers = {"Authorization": f"Token {secret}"}
    for url in (reverse("api:talk-list"), reverse("api:talk-detail", args=[talk.uid])):
        text = text_of(Client().get(url, headers=headers))
        assert str(talk.uid) in text
        assert not leaks(text)
        assert "hardship" not in text


@pytest.mark.once
def test_it_lies_in_no_column_log_or_file(
    zone_in_june: Zone, talk: Talk, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    """After all that can be done with it, also what is refused."""
    zone, client = zone_in_june, zone_in_june.client("huzhuang1")
    detail, write = talk.get_absolute_url(), reverse("life:talk-write", args=[talk.uid])
    said = {"talk_content": WORD, "talk_advice": ADVICE, "revision": "1"}
    assert leaks(text_of(client.get(detail)))
    assert client.post(write, said | {"talk_content": WORD + "一"}).status_code == 302
    assert client.post(write, said).status_code == 409
    two = {"talker": f"m{talk.talker_id}", "partner": f"m{talk.partner_id}"}
    create = reverse("life:talk-create")
    assert client.post(create, BODY | {"uid": "no", **two}).status_code == 422
    asked = client.post(create, BODY | {"uid": str(uuid.uuid4()), **two})
    assert "已登记过" in asked.content.decode()
    for username in ("officer", "dahuangshan", "auditor", "committee"):
        zone.client(username).post(write, said)
        zone.client(username).post(create, BODY | {"uid": str(uuid.uuid4()), **two})
    assert client.post(reverse("life:talk-withdraw", args=[talk.uid]), {"agreed": "yes"})
    assert client.post(write, said | {"revision": "2"}).status_code == 409
    talk.refresh_from_db()
    for model in apps.get_models():
        rows = str(list(model._base_manager.values()))
        assert not leaks(rows), model._meta.label
        assert "hardship" not in rows or model is not Talk
    assert not leaks(caplog.text)
    assert not leaks("".join(capfd.readouterr()))
    for path in settings.DATA_DIR.rglob("*"):
        # The database's own file holds the columns; what lies beside it is searched.
        if path.is_file() and path.stat().st_size < 5_000_000:
            content = path.read_bytes()
            assert not [word for word in SECRETS if word.encode() in content], path


# --- a form that cannot be done just now ------------------------------------------------------


def page_form(client: Client) -> dict[str, str]:
    """What the page of a new talk carries beside what is typed."""
    text = client.get(reverse("life:talk-create")).content.decode()
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', text)[0] for name in ("acting", "uid")
    }


def kept_of(text: str) -> str:
    return html.unescape(re.findall(r'name="kept" value="([^"]*)"', text)[0])


@pytest.mark.once
def test_who_signs_in_over_it_is_not_given_it(zone_in_june: Zone, talk: Talk) -> None:
    from .world import PASSWORD

    url = reverse("life:talk-create")
    writer = zone_in_june.client("huzhuang1")
    two = {"talker": f"m{talk.talker_id}", "partner": f"m{talk.partner_id}"}
    body = BODY | two | page_form(writer) | {"uid": str(uuid.uuid4())}
    # The session is over: nothing of it is shown to whoever stands there.
    signed_out = Client().post(url, body)
    assert signed_out.status_code == 401
    text = signed_out.content.decode()
    assert not leaks(re.sub(r'name="kept" value="[^"]*"', "", text))
    sent = {"kept": kept_of(text), "password": PASSWORD}
    wrong = Client().post("/login/", sent | {"username": "officer", "password": "Nope-Horse-1"})
    assert not leaks(re.sub(r'name="kept" value="[^"]*"', "", wrong.content.decode()))
    another = Client().post("/login/", sent | {"username": "officer"})
    assert another.status_code == 200
    assert not leaks(another.content.decode())
    himself = Client().post("/login/", sent | {"username": "huzhuang1"})
    assert leaks(himself.content.decode()), "what he wrote is lost"
    # Another person is signed in already.
    taken = zone_in_june.client("officer").post(url, body)
    assert taken.status_code == 409
    assert not leaks(taken.content.decode())


@pytest.mark.once
def test_one_of_the_two_reads_it_when_he_has_proven_who_he_is(
    zone_in_june: Zone, talk: Talk
) -> None:
    from core.crypto import blind_index
    from members.models.member import column

    zone = zone_in_june
    assert talk.partner is not None
    talk.partner.identity_index = blind_index(NUMBER, column=column("identity_number"))
    talk.partner.save()
    client = zone.client("officer")
    assert not leaks(text_of(client.get(talk.get_absolute_url())))
    assert own_memberships.prove(identity_number=NUMBER, by=zone.actor("officer"))
    assert leaks(text_of(client.get(talk.get_absolute_url())))
    assert not leaks(text_of(client.get(reverse("life:talk-list"))))
    assert Organization.objects.get(pk=talk.organization_id) == zone.branch
