"""The forms a new installation starts with. Staff change them as new versions, without code."""

from collections.abc import Sequence
from typing import Any

from orgs.enums import BRANCH_KINDS, OrganizationClass, OrganizationKind

from .enums import ItemKind

PLAN_KEY = "monthly_report"
PLAN_BASIS = "“月调度、季主题、半年考核”工作机制"
PLAN_KINDS = [
    *map(str, BRANCH_KINDS),
    str(OrganizationKind.GENERAL_BRANCH),
    str(OrganizationKind.GRASSROOTS_COMMITTEE),
    str(OrganizationKind.DIRECT_COMMITTEE),
]


def _item(key: str, title: str, kind: ItemKind, **options: Any) -> dict[str, Any]:
    settings = ("why", "options", "unit", "minimum", "reason_on", "use")
    own: dict[str, Any] = {name: options[name] for name in settings if name in options}
    return {
        **own,
        "key": key,
        "title": title,
        "kind": str(kind),
        "help": options.get("help", ""),
        "required": options.get("required", False),
        "figures": options.get("figures", []),
        "max_entries": options.get("max_entries", 3),
        "max_chars": options.get("max_chars", 500),
    }


_MEMBER_FIGURES = [
    "members_opening",
    "members_in",
    "members_out",
    "members_on_roll",
    "members_probationary",
    "members_expected",
    "members_joined",
    "members_became_full",
    "members_mobile",
]

# What is held each month or quarter; what is held once a year is told by its own report.
_LIFE_FIGURES = [
    "life_party_day",
    "life_committee_meeting",
    "life_group_meeting",
    "life_lesson",
    "life_general_meeting",
    "life_missing",
    "life_expected",
    "life_present",
    "life_unexcused",
]


def _texts(
    own: str, *, most: int = 3, asked: Sequence[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    return [
        _item(
            "highlights",
            "工作亮点",
            ItemKind.ENTRIES,
            use="highlight",
            max_entries=most,
            max_chars=200,
            help=f"最多 {most} 条，每条 200 字以内，写{own}做成了什么。没有可不填。",
        ),
        _item(
            "problems",
            "突出问题与需要协调的事项",
            ItemKind.TEXT,
            use="problem",
            required=True,
            max_chars=500,
            help="写明问题、牵头人、计划完成日期；没有请写“无”。",
        ),
        _item(
            "next_plan",
            "下月打算",
            ItemKind.TEXT,
            use="plan",
            required=True,
            max_chars=500,
            help="写要做的事和时间，两三句即可。",
        ),
        *asked,
        _item("files", "附件", ItemKind.FILES, help="可不传。已有的佐证不必重复上传。"),
    ]


def _branch_form(
    key: str,
    name: str,
    own: str,
    *asked: dict[str, Any],
    classes: Sequence[OrganizationClass] = (),
) -> dict[str, Any]:
    """The monthly report of branches: of some classes with a short question of their own, which
    need not be answered, in place of the third highlight. It takes no longer than the common one."""
    return {
        "key": key,
        "name": name,
        "kinds": [str(kind) for kind in BRANCH_KINDS],
        "classes": [str(one) for one in classes],
        "items": [
            _item(
                "figures",
                "本月数据",
                ItemKind.FIGURES,
                figures=[*_MEMBER_FIGURES, "offices_vacant", *_LIFE_FIGURES],
            ),
            *_texts(own, most=2 if asked else 3, asked=asked),
        ],
    }


def _led(title: str, *answers: str) -> dict[str, Any]:
    return _item(
        "led",
        title,
        ItemKind.CHOICES,
        help="做了哪几样就选哪几样，没有可不选。",
        options=list(answers),
        why=PLAN_BASIS,
    )


def _open_to_all(title: str) -> dict[str, Any]:
    return _item(
        "disclosure",
        title,
        ItemKind.YES_NO,
        help="本月没有到期要公开的，可不选。",
        reason_on="no",
        why="《中国共产党党务公开条例（试行）》",
    )


def _guided() -> dict[str, Any]:
    return _item(
        "guided",
        "党建指导员本月来过支部",
        ItemKind.YES_NO,
        help="没有派指导员的可不选。",
        why=PLAN_BASIS,
    )


def _number(key: str, title: str, unit: str, hint: str) -> dict[str, Any]:
    return _item(key, title, ItemKind.NUMBER, help=hint, unit=unit, minimum=0, why=PLAN_BASIS)


_C = OrganizationClass
# Branches by what their unit is (reference §§1.3, 4, 6, 8.2); of other units they have the common form.
BRANCH_FORMS: list[dict[str, Any]] = [
    _branch_form(
        "village", "村党支部月报", "支部带领村民",
        _open_to_all("党务、村务、财务本月按期公开"), classes=[_C.VILLAGE],
    ),
    _branch_form(
        "community", "社区党支部月报", "支部为居民",
        _open_to_all("党务、居务本月按期公开"), classes=[_C.COMMUNITY],
    ),
    _branch_form(
        "school", "学校党支部月报", "支部和党员教师",
        _led("党员教师本月带头做的", "示范课", "结对帮扶学生", "家访", "校园安全值守"),
        classes=[_C.SCHOOL],
    ),
    _branch_form(
        "organ", "机关党支部月报", "支部围绕中心工作",
        _number(
            "community_service", "到社区报到服务的党员", "人次", "在职党员到社区服务，按人次。没有填 0。"
        ),
        classes=[_C.ORGAN, _C.ZONE, _C.STREET, _C.TOWN],
    ),
    _branch_form(
        "institution", "事业单位党支部月报", "支部围绕服务群众",
        _led("党员本月带头做的", "便民服务", "业务攻关", "志愿服务", "应急值守"),
        classes=[_C.INSTITUTION],
    ),
    _branch_form(
        "state_enterprise", "国有企业党支部月报", "支部围绕生产经营",
        _led("党员本月带头做的", "技术攻关", "安全生产", "降本增效", "师带徒"),
        classes=[_C.STATE_ENTERPRISE],
    ),
    _branch_form(
        "private_enterprise", "非公有制企业党支部月报", "支部围绕企业发展", _guided(),
        classes=[_C.PRIVATE_ENTERPRISE],
    ),
    _branch_form(
        "cooperative", "合作社党支部月报", "支部带动社员",
        _led("党员本月带动社员做的", "技术指导", "统购统销", "结对帮带", "吸纳用工"),
        classes=[_C.COOPERATIVE],
    ),
    _branch_form(
        "social_organization", "社会组织党支部月报", "支部结合业务", _guided(),
        classes=[_C.SOCIAL_ORGANIZATION],
    ),
    _branch_form(
        "retired", "离退休党支部月报", "支部和老党员",
        _number(
            "visited", "走访看望、送学上门的党员", "人", "行动不便、生病的党员，按人数。没有填 0。"
        ),
        classes=[_C.RETIRED],
    ),
]  # fmt: skip

DEFAULTS: list[dict[str, Any]] = [
    _branch_form("branch", "党支部月报", "支部"),
    *BRANCH_FORMS,
    {
        "key": "general_branch",
        "name": "党总支月报",
        "kinds": [str(OrganizationKind.GENERAL_BRANCH)],
        "classes": [],
        "items": [
            _item(
                "figures",
                "本月数据",
                ItemKind.FIGURES,
                figures=[
                    *("branches", "reports_sent", "reports_on_time"),
                    *_MEMBER_FIGURES,
                    *_LIFE_FIGURES,
                ],
            ),
            *_texts("总支"),
        ],
    },
    {
        "key": "committee",
        "name": "直属党委月报",
        "kinds": [
            str(OrganizationKind.DIRECT_COMMITTEE),
            str(OrganizationKind.GRASSROOTS_COMMITTEE),
        ],
        "classes": [],
        "items": [
            _item(
                "figures",
                "本月数据",
                ItemKind.FIGURES,
                figures=[
                    "branches",
                    "reports_sent",
                    "reports_on_time",
                    *_MEMBER_FIGURES,
                    "terms_ending",
                    "terms_overdue",
                    *_LIFE_FIGURES,
                ],
            ),
            *_texts("党委"),
        ],
    },
]

# What the months of the year usually bring (reference §11.3): suggestions for 下月打算, by the
# month that is being planned.
CALENDAR_OF_WORK: dict[int, list[str]] = {
    1: ["召开组织生活会，开展民主评议党员；做好党内统计年报核对。"],
    2: ["制定年度工作计划；走访慰问老党员、困难党员。"],
    3: ["召开第一季度支部党员大会，安排一次党课。"],
    4: ["开展清明祭扫主题党日；核对发展党员年度计划。"],
    5: ["结合劳动节开展主题党日；谈心谈话。"],
    6: ["召开第二季度支部党员大会；准备半年考核自查。"],
    7: ["开展七一主题党日，书记讲党课，重温入党誓词，走访困难党员。"],
    8: ["对照半年考核反馈制定整改措施，明确责任人和时限。"],
    9: ["召开第三季度支部党员大会，安排一次党课。"],
    10: ["结合国庆、重阳开展主题党日，看望老党员。"],
    11: ["制定下年度发展党员计划；梳理全年任务完成情况。"],
    12: ["召开第四季度支部党员大会；做好年终总结和台账归档。"],
}

_RULES = "《中国共产党支部工作条例（试行）》"
_BRANCHES = [str(kind) for kind in BRANCH_KINDS]

# Plans that most zones need beside the monthly report: what the page of a new plan is filled with.
# Staff look them over and start them one by one.
COMMON_PLANS: dict[str, dict[str, Any]] = {
    "theme_day": {
        "name": "主题党日",
        "about": "每月相对固定一天开展。",
        "basis": _RULES,
        "fulfilment": "life.party_day",
        "cadence": "month",
        "kinds": _BRANCHES,
    },
    "assembly": {
        "name": "支部党员大会",
        "about": "一般每季度召开一次。",
        "basis": _RULES,
        "fulfilment": "life.general_meeting",
        "cadence": "quarter",
        "kinds": _BRANCHES,
    },
    "life_meeting": {
        "name": "组织生活会",
        "about": "每年至少召开一次。",
        "basis": _RULES,
        "fulfilment": "life.life_meeting",
        "cadence": "year",
        "kinds": _BRANCHES,
    },
    "lecture": {
        "name": "党课",
        "about": "一般每季度一次，书记每年至少讲一次。",
        "basis": _RULES,
        "fulfilment": "life.lesson",
        "cadence": "quarter",
        "kinds": _BRANCHES,
    },
    "review": {
        "name": "民主评议党员",
        "about": "每年一次，可与组织生活会一并进行。",
        "basis": _RULES,
        "fulfilment": "life.appraisal",
        "cadence": "year",
        "kinds": _BRANCHES,
    },
    "dual": {
        "name": "在职党员到社区报到",
        "about": "每年由支部登记一次报到和服务的情况，反馈满意度。",
        "basis": "在职党员到社区报到制度",
        "fulfilment": "record",
        "cadence": "year",
        "kinds": _BRANCHES,
        "classes": [str(one) for one in (_C.ORGAN, _C.INSTITUTION, _C.STATE_ENTERPRISE)],
    },
    "term": {
        "name": "按期换届",
        "about": "任期届满前召开党员大会或代表大会换届。",
        "basis": "《中国共产党基层组织选举工作条例》",
        "fulfilment": "orgs.term",
        "cadence": "half_year",
        "kinds": PLAN_KINDS,
    },
    "probation": {
        "name": "预备党员按期转正",
        "about": "预备期满及时讨论能否转正。",
        "basis": "《中国共产党发展党员工作细则》",
        "fulfilment": "members.probation",
        "cadence": "month",
        "kinds": _BRANCHES,
    },
}


def starter(kind: ItemKind, title: str) -> dict[str, Any]:
    """A new item of the kind as the editor adds it: one that makes a form at once."""
    spec = _item("", title, kind)
    if kind in (ItemKind.CHOICE, ItemKind.CHOICES):
        return {**spec, "options": ["答案一", "答案二"]}
    if kind == ItemKind.TABLE:
        return {**spec, "columns": ["事项", "责任人", "完成时间"], "max_rows": 3}
    return spec


def starting_items() -> list[dict[str, Any]]:
    """The items that a form begins with when it is made from nothing."""
    return [
        _item("figures", "本期数据", ItemKind.FIGURES, figures=["members_on_roll"]),
        _item(
            "item_1", "工作情况", ItemKind.TEXT, required=True, help="写做了什么；没有请写“无”。"
        ),
    ]
