"""National code tables of the member register, and the labels that staff write for them."""

import re

from core.text import match_key

SEX: dict[str, str] = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
"""GB/T 2261.1."""

_ETHNICITY = (
    "汉 HA,蒙古 MG,回 HU,藏 ZA,维吾尔 UG,苗 MH,彝 YI,壮 ZH,布依 BY,朝鲜 CS,满 MA,侗 DO,瑶 YA,白 BA,"
    "土家 TJ,哈尼 HN,哈萨克 KZ,傣 DA,黎 LI,傈僳 LS,佤 VA,畲 SH,高山 GS,拉祜 LH,水 SU,东乡 DX,纳西 NX,"
    "景颇 JP,柯尔克孜 KG,土 TU,达斡尔 DU,仫佬 ML,羌 QI,布朗 BL,撒拉 SL,毛南 MN,仡佬 GL,锡伯 XB,"
    "阿昌 AC,普米 PM,塔吉克 TA,怒 NU,乌孜别克 UZ,俄罗斯 RS,鄂温克 EW,德昂 DE,保安 BN,裕固 YG,京 GI,"
    "塔塔尔 TT,独龙 DR,鄂伦春 OR,赫哲 HZ,门巴 MB,珞巴 LB,基诺 JN"
)
_ETHNICITY_PAIRS = [pair.split() for pair in _ETHNICITY.split(",")]

ETHNICITY: dict[str, str] = {
    f"{number:02d}": f"{name}族" for number, (name, _) in enumerate(_ETHNICITY_PAIRS, 1)
} | {"97": "其他", "98": "外国血统中国籍"}
"""GB/T 3304."""

EDUCATION: dict[str, str] = {
    "10": "研究生",
    "11": "博士研究生毕业",
    "12": "博士研究生结业",
    "13": "博士研究生肄业",
    "14": "硕士研究生毕业",
    "15": "硕士研究生结业",
    "16": "硕士研究生肄业",
    "17": "研究生班毕业",
    "18": "研究生班结业",
    "19": "研究生班肄业",
    "20": "大学本科",
    "21": "大学本科毕业",
    "22": "大学本科结业",
    "23": "大学本科肄业",
    "28": "大学普通班毕业",
    "30": "大学专科",
    "31": "大学专科毕业",
    "32": "大学专科结业",
    "33": "大学专科肄业",
    "40": "中等职业教育",
    "41": "中等专科毕业",
    "42": "中等专科结业",
    "43": "中等专科肄业",
    "44": "职业高中毕业",
    "45": "职业高中结业",
    "46": "职业高中肄业",
    "47": "技工学校毕业",
    "48": "技工学校结业",
    "49": "技工学校肄业",
    "60": "普通高中",
    "61": "普通高中毕业",
    "62": "普通高中结业",
    "63": "普通高中肄业",
    "70": "初级中学",
    "71": "初中毕业",
    "73": "初中肄业",
    "80": "小学",
    "81": "小学毕业",
    "83": "小学肄业",
    "90": "其他",
}
"""GB/T 4658-2006."""

JOBS = (
    "公务员",
    "教师",
    "专业技术人员",
    "企业管理人员",
    "工人",
    "农民",
    "村(社区)工作者",
    "个体劳动者",
    "学生",
    "离退休人员",
    "其他",
)
"""工作岗位 as the rosters write them. The four-digit national codes are not used here."""

_SEX_LABELS = {"男": "1", "男性": "1", "1": "1", "女": "2", "女性": "2", "2": "2"}

_ETHNICITY_LABELS = {
    label: f"{number:02d}"
    for number, (name, letters) in enumerate(_ETHNICITY_PAIRS, 1)
    for label in (name, f"{name}族", letters.casefold(), f"{number:02d}", str(number))
} | {
    "其他": "97",
    "其他族": "97",
    "97": "97",
    "外国血统中国籍": "98",
    "外国血统": "98",
    "98": "98",
    "维族": "05",
    "哈族": "17",
    "蒙族": "02",
}

# Level -> (code without an ending, codes by ending, names).
_LEVELS = (
    (("11", "11", "12", "13"), "博士研究生 博士 博士生 研究生(博士)"),
    (("14", "14", "15", "16"), "硕士研究生 硕士 硕士生 研究生(硕士)"),
    (("17", "17", "18", "19"), "研究生班 在职研究生班"),
    (("10", "10", "10", "10"), "研究生 研究生教育 在职研究生 全日制研究生"),
    (
        ("21", "21", "22", "23"),
        "大学本科 本科 大学 大学本科教育 在职大学 在职本科 全日制本科 全日制大学 大本",
    ),
    (("28", "28", "28", "28"), "大学普通班 大普"),
    (
        ("31", "31", "32", "33"),
        "大学专科 大专 专科 高职 在职大专 全日制大专 专科教育 大学专科教育 高等职业教育",
    ),
    (("41", "41", "42", "43"), "中等专科 中专 中等专业学校 中师 中等职业教育"),
    (("44", "44", "45", "46"), "职业高中 职高"),
    (("47", "47", "48", "49"), "技工学校 技校 技工"),
    (("61", "61", "62", "63"), "普通高中 高中 高级中学"),
    (("71", "71", "71", "73"), "初级中学 初中 普通初中"),
    (("81", "81", "81", "83"), "小学 小学教育"),
    (("90", "90", "90", "90"), "其他 文盲 半文盲 文盲或半文盲 无学历"),
)
_EDUCATION_LABELS = {code: code for code in EDUCATION} | {
    name + ending: code
    for codes, names in _LEVELS
    for name in names.split()
    for ending, code in zip(("", "毕业", "结业", "肄业"), codes, strict=True)
}
_REMARK = re.compile(r"\((?:全日制|在职|函授|自考|成人|毕业)\)|及以下$|文化(?:程度)?$|学历$")


def parse_sex(text: str) -> str | None:
    """GB/T 2261.1 code of 男, 女, 男性 …; None when it says neither."""
    return _SEX_LABELS.get(match_key(text))


def parse_ethnicity(text: str) -> str | None:
    """GB/T 3304 code of 汉, 汉族, HA, 01 …; None when there is no such people."""
    return _ETHNICITY_LABELS.get(match_key(text))


def parse_education(text: str) -> str | None:
    """GB/T 4658 code of 本科, 大学, 大学本科毕业, 大专, 21 …; None when unknown.

    A level alone means it was finished; 研究生 alone is "10", for it tells no degree.
    """
    key = match_key(text)
    return _EDUCATION_LABELS.get(key) or _EDUCATION_LABELS.get(_REMARK.sub("", key))


# How it was come by tells nothing about the level; alone it is a college course.
_WAYS = (
    "中央党校|省委党校|市委党校|县委党校|党校|广播电视大学|国家开放大学|开放大学|电视大学|电大|夜大学|夜大|函授|自学考试"
    "|自考|成人高等教育|成人教育|成人高考|成人|成教|继续教育|网络教育|网教|远程教育|业余|在职|脱产|全日制|[二两三五]年制|统招"
)
_NEAREST = {
    "博士研究生|博士": ("11", "13"),
    "硕士研究生|硕士|mba|mpa": ("14", "16"),
    "研究生": ("10", "10"),
    "大学专科|大专|专科|高职": ("31", "33"),
    "大学本科|本科|大本|专升本|双学士|学士|大学": ("21", "23"),
    "中等专科|中专|中师|中等师范": ("41", "43"),
    "职业高中|职高": ("44", "46"),
    "中技|技工学校|技校": ("47", "49"),
    "普通高中|高中": ("61", "63"),
    "初中": ("71", "73"),
    "高小|小学": ("81", "83"),
    "私塾|不识字|扫盲班": ("90", "90"),
}
_NEAREST_WORDS = re.compile("|".join(f"({words})" for words in _NEAREST))
_AROUND = re.compile(
    rf"(?:{_WAYS}|学位|学历|教育|文化程度|文化|程度|毕业|结业|肄业|未毕业|在读|在校|及?以[上下]|相当于?|[()/、,和或·-])*"
)


def nearest_education(text: str) -> str | None:
    """GB/T 4658 code that comes nearest to what has no code of its own: 党校本科, 电大, 自考大专,
    大专以上, 本科在读 (the level without an end). None when a word is not understood; of two
    levels the first. Whoever keeps it says so.
    """
    key = match_key(text)
    found: list[tuple[str, str]] = []
    rest, place = "", 0
    without_schools = re.sub(_WAYS, "", key)
    for match in _NEAREST_WORDS.finditer(without_schools):
        found.append(list(_NEAREST.values())[(match.lastindex or 1) - 1])
        rest += without_schools[place : match.start()]
        place = match.end()
    rest += without_schools[place:]
    if not _AROUND.fullmatch(rest):
        return None
    if not found:
        return "31" if without_schools == "" and key else None
    finished, unfinished = found[0]
    if "在读" in rest or "在校" in rest:
        level = finished[0] + "0"
        return level if level in EDUCATION else finished
    return unfinished if "肄业" in rest or "未毕业" in rest else finished
