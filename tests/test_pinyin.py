"""Pinyin and initials of names and titles."""

import pytest

from core import pinyin


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张三", "zhangsan", "zs"),
        ("单田芳", "shantianfang", "stf"),
        ("张单", "zhangdan", "zd"),
        ("曾国强", "zengguoqiang", "zgq"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("仇和", "qiuhe", "qh"),
        ("区志强", "ouzhiqiang", "ozq"),
        ("朴树", "piaoshu", "ps"),
        ("查良", "zhaliang", "zl"),
        ("任强", "renqiang", "rq"),
        ("盖天", "getian", "gt"),
        ("翟强", "zhaiqiang", "zq"),
        ("乐强", "yueqiang", "yq"),
        ("王乐", "wangle", "wl"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉强", "weiqiang", "wq"),
        ("万俟强", "moqiqiang", "mqq"),
        ("吕强", "lvqiang", "lq"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("John Wang", "johnwang", "j"),
        ("", "", ""),
        ("·", "", ""),
    ],
)
def test_a_name_is_read_with_its_surname(name: str, full: str, initials: str) -> None:
    assert pinyin.full(name, is_name=True) == full
    assert pinyin.initials(name, is_name=True).startswith(initials)


def test_a_title_reads_its_characters_as_words() -> None:
    assert pinyin.full("单位党支部") == "danweidangzhibu"
    assert pinyin.initials("湖庄村第一支部") == "hzcdyzb"
    assert pinyin.full("重庆路社区3号楼") == "chongqinglushequ3haolou"
    assert pinyin.initials("12号楼") == "12hl"


def test_odd_characters_do_no_harm() -> None:
    assert pinyin.full("张\ue000\x00\ud800三", is_name=True) == "zhangsan"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("zhangsan", True), ("Zhang San", True), ("lü", True), ("张s", False), (" ", False)],
)
def test_a_query_is_pinyin_when_latin_only(text: str, expected: bool) -> None:
    assert pinyin.is_query(text) is expected
