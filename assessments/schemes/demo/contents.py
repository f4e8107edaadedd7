"""What the demo zone's schemes say: six groups, 22 indicators, for each class its own matters."""

from collections.abc import Mapping, Sequence
from typing import Any

from core import periods
from orgs.enums import OrganizationClass

C = OrganizationClass
BASIS = "徐开工委〔{before}〕41号"
DRAWN_UP, ISSUED = (12, 10), (12, 19)  # month and day of the year before
PLAN = "徐开督查计划〔{year}〕3号"
BOUND = 4  # of 酌情
GRADES = [["好", "90"], ["较好", "80"], ["一般", "60"], ["差", "0"]]
BALLOT = {"好": "100", "较好": "80", "一般": "60", "差": "40"}
# Of each class: what its work is about, and what it does for people. (name, 考核内容, 评分标准)
WORK: Mapping[str, tuple[str, str]] = {
    C.STREET: ("书记项目推进", "抓党建促基层治理，书记领办项目按节点推进"),
    C.TOWN: ("书记项目推进", "抓党建促乡村振兴，书记领办项目按节点推进"),
    C.ORGAN: ("机关党建与业务融合", "围绕中心任务组织党员攻坚，有项目、有进度、有结果"),
    C.SCHOOL: ("党组织领导的校长负责制", "集体领导、分工负责落实到位，师德师风问题及时处置"),
    C.INSTITUTION: ("党建与服务融合", "党员骨干带头，服务效能和群众办事体验有改进"),
    C.STATE_ENTERPRISE: ("党建融入生产经营", "前置研究清单执行到位，党员攻关项目按期完成"),
    C.PRIVATE_ENTERPRISE: ("企业党组织作用发挥", "党员先锋岗、攻关项目围绕生产经营，出资人支持"),
    C.SOCIAL_ORGANIZATION: ("行业党建", "行业自律、公益服务有项目，党员律师（从业人员）带头"),
}
DEEDS: Mapping[str, Sequence[str]] = {
    C.STREET: ("网格走访", "困难党员帮扶", "民生实事", "居民议事"),
    C.TOWN: ("入户走访", "困难党员帮扶", "民生实事", "村民议事"),
}
OTHER_DEEDS = ("结对共建", "困难职工帮扶", "为群众办实事", "意见征询答复")


def content_of(organization_class: str, year: int) -> dict[str, Any]:
    """A version's content for a class and a year."""
    marks = Marks(organization_class)
    return content(
        [
            group("g1", "组织建设", marks.building()),
            group("g2", "组织生活", marks.life()),
            group("g3", "党员教育管理", marks.education()),
            group("g4", "中心工作", marks.work()),
            group("g5", "服务群众", marks.service()),
            group("g6", "特色与整改", marks.special()),
        ],
        tie_break=["life_party_day", "items"],
        basis=BASIS.format(before=year - 1),
        plan_basis=PLAN.format(year=year),
        bonus={
            "rule": "bonus",
            "params": {
                "levels": {"国家级": "2", "省级": "1.5", "市级": "1", "区级": "0.5"},
                "category_cap": "2",
                "total_cap": "5",
            },
        },
    )


def content(
    parts: list[dict[str, Any]],
    *,
    tie_break: list[str],
    basis: str,
    plan_basis: str,
    **more: Any,
) -> dict[str, Any]:
    """What the zone's schemes and those of its streets have in common, about these parts."""
    return {
        "root": {"key": "root", "name": "合计", "full": "100", "parts": parts},
        "bands": GRADES,
        "places": 2,
        "quota": {"grade": "好", "share": "1/3", "kind": "upper"},
        "tie_break": tie_break,
        "mid_year_weight": "0.40",
        "repair_share": "0.5",
        **more,
        "vetoes": vetoes(),
        "basis": basis,
        "plan_basis": plan_basis,
    }


def vetoes() -> dict[str, dict[str, str]]:
    """What may lower a grade, each by its legal basis."""
    return {
        "严重违纪违法": {
            "effect": "lowest_grade",
            "legal_basis": "《中国共产党问责条例》",
        },
        "发生重大安全责任事故": {
            "effect": "not_above",
            "grade": "一般",
            "legal_basis": "《地方党政领导干部安全生产责任制规定》",
        },
        "意识形态工作责任制落实不力": {
            "effect": "not_above",
            "grade": "较好",
            "legal_basis": "《党委（党组）意识形态工作责任制实施办法》",
        },
    }


def group(key: str, name: str, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    full = sum(int(part["full"]) for part in parts)
    return {"key": key, "name": name, "full": str(full), "parts": list(parts)}


def counted(key: str, takes: str, **more: Any) -> dict[str, Any]:
    return {"kind": "figure", "figure": key, "takes": takes, **more}


def each(points: str, figure: str, takes: str = "count", **params: str) -> dict[str, Any]:
    return {
        "rule": "deduct_each",
        "params": {"points": points, **params},
        "source": counted(figure, takes),
    }


def ratio(figure: str, of: str, base: str, step: str, points: str, **source: str) -> dict[str, Any]:
    return {
        "rule": "ratio_steps",
        "params": {"base": base, "step": step, "points": points},
        "source": counted(figure, "ratio", of=of, **source),
    }


def hand(rule: str, **params: Any) -> dict[str, Any]:
    return {"rule": rule, "params": params, "source": {"kind": "hand"}}


class Marks:
    """The indicators of one class, numbered through."""

    def __init__(self, organization_class: str) -> None:
        self.organization_class = organization_class
        self.number = 0

    def leaf(
        self,
        key: str,
        name: str,
        full: int,
        text: str,
        standard: str,
        *rules: dict[str, Any],
        **more: Any,
    ) -> dict[str, Any]:
        self.number += 1
        is_hand = any(rule["source"]["kind"] == "hand" for rule in rules)
        said = {
            "key": key,
            "name": name,
            "full": str(full),
            "rules": list(rules),
            "text": text,
            "standard": standard,
            "evidence": "查阅记录、实地查看" if is_hand else "系统记录",
            "cycle": periods.HALF_YEAR,
            "reviewers": 2,
            "self_marked": is_hand,
            "asks_paper": False,
            "plan_basis": f"年度党建工作要点第{self.number}条",
            **more,
        }
        if self.organization_class in (C.STREET, C.TOWN):
            said["duty_entry"] = f"党的建设类第{self.number}项"
        return said

    def building(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("offices", "班子配备", 5, "党组织书记配备到位"),
                "每有1个党组织书记空缺扣0.5分，扣完为止",
                each("0.5", "offices_vacant"),
            ),
            self.leaf(
                *("terms", "按期换届", 5, "任期届满按期换届，延期换届经批准"),
                "每有1个党组织逾期未换届扣1分，扣完为止",
                each("1", "terms_overdue"),
            ),
            self.leaf(
                *("movements", "组织关系管理", 5, "党员增减当月登记"),
                "每有1人事后补记扣0.1分，扣完为止",
                each("0.1", "members_told_late"),
            ),
            self.leaf(
                *("ranks", "党支部分类定级", 5, "定级有标准、有过程，后进支部有整顿措施"),
                "好5分、较好4分、一般3分、差0分",
                hand("levels", levels={"好": "5", "较好": "4", "一般": "3", "差": "0"}),
            ),
        ]

    def life(self) -> list[dict[str, Any]]:
        per_branch = "每缺1次扣{}分，同一支部最多扣{}分，扣完为止"
        return [
            self.leaf(
                *("life_general", "支部党员大会", 5, "每季度至少召开1次"),
                per_branch.format("0.3", "0.6"),
                each("0.3", "life_general_meeting_missing", "counts", place_cap="0.6"),
            ),
            self.leaf(
                *("life_committee", "支委会、党小组会", 4, "每月至少各召开1次"),
                "支委会每缺1次扣0.1分，党小组会每缺1次扣0.05分，扣完为止",
                each("0.1", "life_committee_meeting_missing"),
                each("0.05", "life_group_meeting_missing"),
            ),
            self.leaf(
                *("life_lesson", "党课", 5, "每季度至少1次"),
                per_branch.format("0.5", "1"),
                each("0.5", "life_lesson_missing", "counts", place_cap="1"),
            ),
            self.leaf(
                *("life_party_day", "主题党日", 5, "每月至少开展1次"),
                per_branch.format("0.3", "0.6"),
                each("0.3", "life_party_day_missing", "counts", place_cap="0.6"),
            ),
            self.leaf(
                *("life_meeting", "组织生活会与民主评议", 3, "每年1次，先谈心、后开会、再评议"),
                "每有1个支部未开扣0.5分，扣完为止",
                each("0.5", "life_life_meeting_missing"),
            ),
            self.leaf(
                *("talks", "谈心谈话", 3, "班子成员与党员普遍谈心"),
                "今年谈过心的党员占在册党员30%得满分，每低10个百分点扣0.5分",
                ratio("members_talked", "members_on_roll", "3/10", "1/10", "0.5"),
                cycle=periods.YEAR,
            ),
        ]

    def education(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("attendance", "组织生活到会率", 6, "应到党员参加组织生活"),
                "到会率90%得满分，每低1个百分点扣0.3分",
                ratio("life_present", "life_expected", "9/10", "1/100", "0.3"),
            ),
            self.leaf(
                *("unexcused", "无故缺席", 3, "缺席应当请假"),
                "没有请假而缺席，每1人次扣0.01分，扣完为止",
                each("0.01", "life_unexcused"),
            ),
            self.leaf(
                *("made_up", "补课", 3, "缺席的三十天内补课"),
                "补课率80%得满分，每低10个百分点扣0.5分；没有缺席的得满分",
                ratio("study_made_up", "study_missed", "8/10", "1/10", "0.5"),
            ),
            self.leaf(
                *("hours", "党员学时", 3, "党员学时与全年进度相称"),
                "学时已够的党员占在册党员20%得满分，每低10个百分点扣0.5分",
                ratio("study_reached", "members_on_roll", "2/10", "1/10", "0.5"),
                cycle=periods.YEAR,
            ),
        ]

    def work(self) -> list[dict[str, Any]]:
        name, text = WORK[self.organization_class]
        return [
            self.leaf(
                *("reports", "月报按时", 5, "所属支部按月报送"),
                "按时率95%得满分，每低1个百分点扣0.2分",
                ratio("monthly_reports_on_time", "monthly_reports_due", "95/100", "1/100", "0.2"),
            ),
            self.leaf(
                *("items", "督办事项办结", 8, "交办事项按期办结，问题不反弹"),
                "期末逾期未办结每项扣1分，曾逾期才办结每项扣0.3分，扣完为止",
                each("1", "items_overdue"),
                each("0.3", "items_closed_late"),
            ),
            self.leaf(
                *("project", name, 7, text),
                "好7分、较好6分、一般4分、差0分",
                hand("levels", levels={"好": "7", "较好": "6", "一般": "4", "差": "0"}),
            ),
        ]

    def service(self) -> list[dict[str, Any]]:
        deeds = DEEDS.get(self.organization_class, OTHER_DEEDS)
        return [
            self.leaf(
                *("deeds", "联系服务群众", 6, "、".join(deeds)),
                "每有1项没有做扣1.5分",
                hand("deduct_missing", items=dict.fromkeys(deeds, "1.5")),
            ),
            self.leaf(
                *("volunteering", "志愿服务", 3, "党员参加志愿服务"),
                "每组织1次得0.2分，最多3分",
                {
                    "rule": "accumulate",
                    "params": {"points": "0.2", "cap": "3"},
                    "source": counted("life_volunteering", "count"),
                },
            ),
            self.leaf(
                *("ballot", "群众评议", 3, "党员群众代表投票评议，下半年与书记述职评议一并进行"),
                "（好×100＋较好×80＋一般×60＋差×40）÷有效票，折算为3分",
                hand("ballot", weights=BALLOT, minimum=10),
                self_marked=False,
                is_report=True,
            ),
        ]

    def special(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("special", "特色做法", BOUND, "做法可学、有人照做、成效有来源"),
                "酌情，0至4分，写明理由",
                hand("discretion", bound=str(BOUND)),
            ),
            self.leaf(
                *("relapsed", "整改成效", 4, "整改销号后不反弹"),
                "每反弹1项扣0.5分，扣完为止",
                each("0.5", "items_relapsed"),
                self_marked=False,
            ),
        ]
