"""Pages of schemes: who sees what, what they cost, edits in place, refusals with what was typed."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.schemes import editing
from assessments.schemes.actions import versions
from assessments.schemes.enums import Level, VersionState
from assessments.schemes.models import SchemeVersion
from core import clock
from orgs.enums import OrganizationClass, OrganizationKind

from .scheme_versions_world import NOW, content, drafted, published, submitted
from .world import Zone, make_organizations


@pytest.fixture(autouse=True)
def july() -> Any:
    with clock.at(NOW):
        yield


def stored(version: SchemeVersion) -> SchemeVersion:
    return SchemeVersion.objects.select_related("scheme__organization").get(pk=version.pk)


def at(name: str, version: SchemeVersion) -> str:
    return reverse(f"schemes:{name}", args=[version.uid])


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def draft(zone: Zone) -> SchemeVersion:
    return drafted(zone.root, zone.actor("zone"), level=Level.DIRECT)


# --- who sees what --------------------------------------------------------------------------------


def test_the_assessed_see_what_is_published_alone(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    shown = published(zone.root, writer, second, level=Level.DIRECT)
    hidden = drafted(zone.root, writer, level=Level.DIRECT, name="藏着的", classes=("organ",))
    following = versions.begin_next(scheme=shown.scheme, by=writer)
    secret = editing.set_settings(following.content, {"basis": "没有发布的依据"})
    versions.save(version=stored(following), revision=1, content=secret, by=writer)
    own = drafted(zone.street, zone.actor("dahuangshan"), name="街道藏着的")
    for name in ("dahuangshan", "huzhuang1", "taoyuan1", "reviewer"):
        client = zone.client(name)
        page = client.get(reverse("schemes:scheme-list"))
        assert "街道、镇类" in page.content.decode()
        if name != "dahuangshan":
            assert "藏着的" not in page.content.decode()
        assert client.get(at("version", shown)).status_code == 200
        paper = client.get(shown.scheme.get_absolute_url())
        for words in ("没有发布的依据", "第2版", "起草新版", "提交审定"):
            assert words not in paper.content.decode()
        assert "主题党日" in paper.content.decode()
        for other in (hidden, following):
            for page_name in ("version", "version-compare", "version-edit", "version-submit"):
                assert client.get(at(page_name, other)).status_code == 404
        compared = client.get(at("version-compare", shown), {"with": str(following.uid)})
        assert compared.status_code == 404
        assert client.get(hidden.scheme.get_absolute_url()).status_code == 404
    assert zone.client("dahuangshan").get(at("version", own)).status_code == 200


def test_a_neighbours_scheme_for_branches_is_not_there(zone: Zone) -> None:
    second = zone.actor("committee")
    theirs = published(zone.neighbour_street, zone.actor("jinshanqiao"), second, name="桃园的")
    for name in ("dahuangshan", "huzhuang1", "officer"):
        client = zone.client(name)
        assert client.get(at("version", theirs)).status_code == 404
        assert client.get(theirs.scheme.get_absolute_url()).status_code == 404
        assert "桃园的" not in client.get(reverse("schemes:scheme-list")).content.decode()
        assert client.post(at("marks-save", theirs)).status_code == 404
    assert zone.client("taoyuan1").get(at("version", theirs)).status_code == 200
    copied = zone.client("dahuangshan").post(
        reverse("schemes:scheme-create"),
        {
            "year": "2027",
            "level": "branch",
            "name": "偷来的",
            "classes": ["village"],
            "source": str(theirs.uid),
        },
    )
    assert copied.status_code == 422


# --- what they cost -------------------------------------------------------------------------------


def more(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    for name, kind in (("机关类", "organ"), ("学校类", "school")):
        published(zone.root, writer, second, level=Level.DIRECT, name=name, classes=(kind,))
    make_organizations(
        zone.root,
        [
            {
                "name": f"中共第{n}街道工作委员会",
                "kind": OrganizationKind.DIRECT_COMMITTEE,
                "organization_class": OrganizationClass.STREET,
            }
            for n in range(2)
        ],
    )


def queries(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_the_list_costs_the_same_with_more_schemes(zone: Zone) -> None:
    published(zone.root, zone.actor("zone"), zone.actor("committee"), level=Level.DIRECT)
    client, url = zone.client("zone"), reverse("schemes:scheme-list")
    one = queries(client, url)
    more(zone)
    assert queries(client, url) == one


def test_paper_and_editor_cost_the_same_with_more_indicators(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    first = published(zone.root, writer, second, level=Level.DIRECT)
    draft = stored(versions.begin_next(scheme=first.scheme, by=writer))
    client = zone.client("zone")
    urls = [
        first.scheme.get_absolute_url(),
        at("version", first),
        at("version-compare", draft),
        f"{at('version-edit', draft)}?node=1",
        at("version-settings", draft),
        at("version-submit", draft),
    ]
    one = [queries(client, url) for url in urls]
    grown: Any = draft.content
    for n in range(3):
        grown, _ = editing.add_indicator(grown, "g1", name=f"第{n}项")
    versions.save(version=draft, revision=draft.revision, content=grown, by=writer)
    more(zone)
    assert [queries(client, url) for url in urls] == one


# --- the editor -----------------------------------------------------------------------------------


def test_the_editor_says_what_it_costs_and_what_is_wrong(zone: Zone, draft: SchemeVersion) -> None:
    spoilt = editing.set_marks(draft.content, {"2": "33"})
    versions.save(version=draft, revision=draft.revision, content=spoilt, by=zone.actor("zone"))
    said = text_of(zone.client("zone").get(at("version-edit", draft)))
    assert "103 / 100" in said
    assert "多 3 分" in said
    assert "下面 63，多 3" in said
    # By hand 3 reviewers and 2, one counted is looked at by two: 7 marks, 2 committees, 12 minutes.
    assert "2.8 小时" in said
    assert "（人工 2 项 + 抽样 1 项） × 2 家" in said
    assert "2 个字段" in said
    assert "3 项 偏少" in said
    assert "还不能提交" in said
    assert "还有 179 天" in said


def test_marks_are_typed_in_the_tree(zone: Zone, draft: SchemeVersion) -> None:
    client = zone.client("zone")
    body = {"revision": draft.revision, "full-1": "29.5", "full-2": "３０.5"}
    assert client.post(at("marks-save", draft), body).status_code == 302
    found = stored(draft)
    marks = [editing.find(found.content, key).node["full"] for key in ("1", "2", "3")]
    assert marks == ["29.5", "30.5", "40"]
    again = client.post(at("marks-save", draft), {"revision": found.revision, "full-1": "很多"})
    assert again.status_code == 422
    assert "不是数" in again.content.decode()
    assert 'value="很多"' in again.content.decode()


def test_nodes_are_added_moved_taken_out_and_put_back(zone: Zone, draft: SchemeVersion) -> None:
    client = zone.client("zone")

    def post(act: str, **body: Any) -> list[str]:
        body["revision"] = stored(draft).revision
        assert client.post(at(act, draft), body).status_code == 302
        return [place.key for place in editing.walk(stored(draft).content)]

    assert post("node-add", name="党课", into="g2") == ["g1", "1", "2", "g2", "3", "4"]
    assert post("node-add", name="服务群众", group="1")[-1] == "5"
    assert post("node-move", up="4") == ["g1", "1", "2", "g2", "4", "3", "5"]
    assert post("node-move", key="1", into="5") == ["g1", "2", "g2", "4", "3", "5", "1"]
    assert post("node-remove", key="g2", **{"full-2": "31"}) == ["g1", "2", "5", "1"]
    assert editing.find(stored(draft).content, "2").node["full"] == "31"  # typed beside it
    page = client.get(at("version-edit", draft)).content.decode()
    assert "<s>中心工作</s>" in page
    assert post("node-restore", key="g2") == ["g1", "2", "g2", "4", "3", "5", "1"]
    assert editing.find(stored(draft).content, "4").node["plan_basis"] == "某委〔2026〕3号"


INDICATOR = {
    "key": "2",
    "count": "1",
    "name": "学时达标率",
    "full": "30",
    "text": "全年 32 学时",
    "cycle": "half_year",
    "reviewers": "2",
    "plan_basis": "某委〔2026〕3号第2条",
    "duty_entry": "第14项",
    "rule-0-rule": "ratio_steps",
    "rule-0-shown": "ratio_steps",
    "rule-0-p_base": "95%",
    "rule-0-p_step": "1%",
    "rule-0-p_points": "0.25",
    "rule-0-kind": "figure",
    "rule-0-figure": "life_present",
    "rule-0-of": "life_expected",
    "rule-0-empty": "rescale",
}


def test_an_indicator_is_saved_with_rule_and_source(zone: Zone, draft: SchemeVersion) -> None:
    client = zone.client("zone")
    body = {**INDICATOR, "revision": draft.revision}
    assert client.post(at("indicator-save", draft), body).status_code == 302
    node = editing.find(stored(draft).content, "2").node
    assert node["rules"] == [
        {
            "rule": "ratio_steps",
            "params": {"base": "0.95", "step": "0.01", "points": "0.25"},
            "source": {
                "kind": "figure",
                "takes": "ratio",
                "figure": "life_present",
                "of": "life_expected",
                "empty": "rescale",
            },
        }
    ]
    page = client.get(f"{at('version-edit', draft)}?node=2").content.decode()
    assert 'value="95%"' in page
    assert "达到" in text_of(client.get(at("version", draft)))


def test_a_second_rule_another_kind_and_one_less(zone: Zone, draft: SchemeVersion) -> None:
    client = zone.client("zone")

    def post(**more: Any) -> list[str]:
        body = {**INDICATOR, **more, "revision": stored(draft).revision}
        assert client.post(at("indicator-save", draft), body).status_code == 302
        node = editing.find(stored(draft).content, "2").node
        return [rule["rule"] for rule in node["rules"]]

    assert post(press="add-rule") == ["ratio_steps", "deduct_each"]
    second = {"count": "2", "rule-1-rule": "levels", "rule-1-shown": "deduct_each"}
    assert post(**second) == ["ratio_steps", "levels"]
    second |= {"rule-1-shown": "levels", "rule-1-p_levels": "好 5\n差 1"}
    assert post(**second) == ["ratio_steps", "levels"]
    assert editing.find(stored(draft).content, "2").node["rules"][1]["params"] == {
        "levels": {"好": "5", "差": "1"}
    }
    assert post(**second, press="remove-rule:0") == ["levels"]


def test_what_no_indicator_may_measure_is_refused_in_place(
    zone: Zone, draft: SchemeVersion
) -> None:
    client, before = zone.client("zone"), stored(draft)
    typed = {"name": "学习平台登录率", "text": "每月登录不少于 20 次", "revision": draft.revision}
    answer = client.post(at("indicator-save", draft), {**INDICATOR, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("不能作为考核指标", "国办函〔2026〕12号", "可用学时达标人数"):
        assert words in page
    assert 'value="学习平台登录率"' in page
    assert "每月登录不少于 20 次" in page
    assert 'value="0.25"' in page
    added = client.post(
        at("node-add", draft), {"revision": draft.revision, "name": "APP安装率", "into": "g1"}
    )
    assert added.status_code == 422
    assert 'value="APP安装率"' in added.content.decode()
    assert stored(draft).content == before.content
    assert stored(draft).revision == before.revision


def test_who_was_slower_sees_what_the_other_wrote_and_keeps_his_own(
    zone: Zone, draft: SchemeVersion
) -> None:
    client, old = zone.client("zone"), draft.revision
    other = editing.set_indicator(draft.content, "2", {"text": "别人写的内容", "full": "31"})
    versions.save(version=draft, revision=old, content=other, by=zone.actor("zone"))
    body = {**INDICATOR, "text": "我写的内容", "revision": old}
    answer = client.post(at("indicator-save", draft), body)
    said = text_of(answer)
    assert answer.status_code == 409
    assert "另一人刚刚改过" in said
    assert "别人写的内容" in said
    assert "我写的内容" in said
    assert f'name="revision" value="{stored(draft).revision}"' in answer.content.decode()
    marks = client.post(at("marks-save", draft), {"revision": old, "full-1": "28"})
    assert marks.status_code == 409
    assert 'value="28"' in marks.content.decode()
    settings = client.post(at("version-settings", draft), {"revision": old, "basis": "我的依据"})
    assert settings.status_code == 409
    assert "我的依据" in settings.content.decode()
    # Read, and sent again as it stands there: now it is stored.
    body["revision"] = stored(draft).revision
    assert client.post(at("indicator-save", draft), body).status_code == 302
    assert editing.find(stored(draft).content, "2").node["text"] == "我写的内容"


def test_of_two_one_of_whom_took_the_indicator_out_nothing_is_lost(
    zone: Zone, draft: SchemeVersion
) -> None:
    client, old = zone.client("zone"), draft.revision
    gone = editing.remove(draft.content, "2")
    versions.save(version=draft, revision=old, content=gone, by=zone.actor("zone"))
    for revision, status in ((old, 409), (stored(draft).revision, 422)):
        body = {**INDICATOR, "text": "写了很久的内容", "revision": revision}
        answer = client.post(at("indicator-save", draft), body)
        assert answer.status_code == status
        assert "写了很久的内容" in answer.content.decode()
    submitted_now = editing.set_marks(gone, {"g1": "30", "root": "70"})
    found = stored(draft)
    versions.save(
        version=found, revision=found.revision, content=submitted_now, by=zone.actor("zone")
    )
    versions.submit(
        version=found, revision=found.revision, from_period="2027-H1", by=zone.actor("zone")
    )
    answer = client.post(at("marks-save", draft), {"revision": found.revision, "full-1": "28"})
    assert answer.status_code == 409
    assert "待审定" in answer.content.decode()


def test_a_rule_is_tried_at_once_and_nothing_is_stored(zone: Zone, draft: SchemeVersion) -> None:
    client = zone.client("zone")
    body = {**INDICATOR, "full": "8", "revision": draft.revision, "try-0-ratio": "470/567"}
    said = text_of(client.post(at("indicator-try", draft), body))
    assert "得分 满分 8 5" in said
    assert "12 × 0.25" in said
    assert stored(draft).content == draft.content
    part = client.post(at("indicator-try", draft), body, headers={"HX-Request": "true"})
    assert "12 × 0.25" in part.content.decode()
    assert "<html" not in part.content.decode()
    waits = client.post(at("indicator-try", draft), {**body, "try-0-ratio": ""})
    assert "填好上面的数再算" in waits.content.decode()
    refused = {
        **body,
        "rule-0-rule": "levels",
        "rule-0-shown": "levels",
        "rule-0-p_levels": "好 5",
        "try-0-level": "很好",
    }
    assert "算不出来" in client.post(at("indicator-try", draft), refused).content.decode()


def test_settings_are_read_back_as_they_were_typed(zone: Zone, draft: SchemeVersion) -> None:
    client, url = zone.client("zone"), at("version-settings", draft)
    body = {
        "revision": draft.revision,
        "basis": "某办法",
        "plan_basis": "某委〔2026〕3号",
        "bands": "好 90\n较好 75\n一般 0",
        "places": "1",
        "quota_kind": "lower",
        "quota_grade": "较好",
        "quota_share": "15%",
        "tie_0": "3",
        "tie_1": "g1",
        "mid_year_weight": "45%",
        "repair_share": "1/2",
        "has_bonus": "on",
        "b_levels": "国家级 3\n省级 2",
        "b_total_cap": "5",
        "v_name_0": "严重违纪",
        "v_effect_0": "lowest_grade",
        "v_basis_0": "某条例第三条",
    }
    assert client.post(url, body).status_code == 302
    found = stored(draft).content
    assert found["quota"] == {"grade": "较好", "share": "0.15", "kind": "lower"}
    assert found["tie_break"] == ["3", "g1"]
    assert found["mid_year_weight"] == "0.45"
    assert found["bonus"]["params"] == {
        "levels": {"国家级": "3", "省级": "2"},
        "total_cap": "5",
    }
    assert found["vetoes"] == {
        "严重违纪": {"effect": "lowest_grade", "legal_basis": "某条例第三条"}
    }
    page = client.get(url).content.decode()
    assert 'value="45%"' in page
    assert "国家级 3" in page
    bad = {
        **body,
        "revision": stored(draft).revision,
        "mid_year_weight": "140",
        "v_name_1": "严重违纪",
    }
    answer = client.post(url, bad)
    assert answer.status_code == 422
    assert "写了两次" in answer.content.decode()


# --- submitted, published, compared ---------------------------------------------------------------


def test_from_last_years_to_publication_by_the_pages(zone: Zone) -> None:
    writer, second = zone.client("zone"), zone.client("committee")
    old = published(zone.root, zone.actor("zone"), zone.actor("committee"), level=Level.DIRECT)
    made = writer.post(
        reverse("schemes:scheme-create"),
        {
            "year": "2027",
            "level": "direct",
            "name": "机关类",
            "classes": ["organ"],
            "source": str(old.uid),
        },
    )
    version = SchemeVersion.objects.exclude(pk=old.pk).get()
    assert made.url == at("version-edit", version)
    sent = writer.post(
        at("version-submit", version), {"revision": version.revision, "from_period": "2027-H1"}
    )
    assert sent.status_code == 302
    assert writer.post(
        at("version-publish", version),
        {
            "revision": stored(version).revision,
            "document_number": "某委〔2026〕31号",
            "document_on": "2026-07-01",
            "agreed": "yes",
        },
    ).status_code in (403, 422)
    paper = text_of(second.get(at("version-publish", version)))
    assert "涉及 0 个直属党委" in paper
    assert "主题党日" in paper
    done = second.post(
        at("version-publish", version),
        {
            "revision": stored(version).revision,
            "document_number": "某委〔2026〕31号",
            "document_on": "2026-07-01",
            "agreed": "yes",
        },
    )
    assert done.status_code == 302
    assert stored(version).state == VersionState.PUBLISHED
    assert writer.get(at("version-edit", version)).url == at("version", version)
    assert "没有不同" in text_of(second.get(at("version-compare", version)))


def test_two_versions_as_a_table(zone: Zone) -> None:
    writer = zone.actor("zone")
    first = published(zone.root, writer, zone.actor("committee"), level=Level.DIRECT)
    draft = stored(versions.begin_next(scheme=first.scheme, by=writer))
    changed: Any = editing.set_marks(draft.content, {"1": "25"})
    changed = editing.remove(changed, "3")
    changed, _ = editing.add_indicator(changed, "g2", name="民主评议党员")
    versions.save(version=draft, revision=draft.revision, content=changed, by=writer)
    said = text_of(zone.client("zone").get(at("version-compare", draft)))
    for words in ("新增 1 项", "删去 1 项", "民主评议党员", "书记项目推进", "30 25"):
        assert words in said
    odd = zone.client("zone").get(at("version-compare", draft), {"with": "x"})
    assert odd.status_code == 404


# --- odd input ------------------------------------------------------------------------------------

ODD = ("\x00", "\ud800", "٣", "9" * 5000, "1e999", "-1", "长" * 9000, "<script>", "1/0", "NaN")


@pytest.mark.parametrize("name", ["marks-save", "node-add", "node-move", "node-remove"])
def test_odd_words_in_the_tree_are_refused(zone: Zone, draft: SchemeVersion, name: str) -> None:
    client = zone.client("zone")
    for field in ("full-1", "name", "into", "key", "up", "group", "revision"):
        for value in ODD:
            body = {"revision": draft.revision, field: value.encode("utf-8", "surrogatepass")}
            assert client.post(at(name, draft), body).status_code < 500
            versions.save(
                version=stored(draft),
                revision=stored(draft).revision,
                content=content(),
                by=zone.actor("zone"),
            )
            draft = stored(draft)


def test_odd_words_in_an_indicator_are_refused(zone: Zone, draft: SchemeVersion) -> None:
    client = zone.client("zone")
    fields = (*INDICATOR, "press", "ceiling", "floor", "try-0-ratio")
    for field in fields:
        for value in ODD:
            body = {**INDICATOR, "revision": stored(draft).revision}
            body[field] = value.encode("utf-8", "surrogatepass")
            for name in ("indicator-save", "indicator-try"):
                assert client.post(at(name, draft), body).status_code < 500


def test_the_editor_opens_what_is_not_there_without_a_word(
    zone: Zone, draft: SchemeVersion
) -> None:
    for node in ("99", "长" * 500, "<b>", "root", ""):
        page = zone.client("zone").get(at("version-edit", draft), {"node": node})
        assert page.status_code == 200


def test_a_draft_that_is_all_wrong_is_shown(zone: Zone, draft: SchemeVersion) -> None:
    wrong = content()
    wrong["root"]["parts"][0]["parts"][0] |= {"full": None, "rules": [], "reviewers": "x"}
    wrong["root"]["parts"][0]["parts"][1] |= {"rules": [{"rule": "x", "source": 7}], "floor": []}
    wrong |= {"bands": [["好", "x"]], "quota": {"grade": 7}, "tie_break": ["99"], "bonus": {}}
    versions.save(version=draft, revision=draft.revision, content=wrong, by=zone.actor("zone"))
    client = zone.client("zone")
    for name in ("version", "version-edit", "version-settings", "version-submit"):
        assert client.get(at(name, draft)).status_code == 200
    for key in ("1", "2", "g1"):
        assert client.get(at("version-edit", draft), {"node": key}).status_code == 200


def test_submitted_is_given_back_with_a_reason(zone: Zone) -> None:
    version = submitted(zone.root, zone.actor("zone"), level=Level.DIRECT)
    client = zone.client("committee")
    empty = client.post(at("version-return", version), {"reason": " "})
    assert empty.status_code == 422
    assert client.post(at("version-return", version), {"reason": "再商量"}).status_code == 302
    assert "再商量" in text_of(zone.client("zone").get(at("version", version)))
