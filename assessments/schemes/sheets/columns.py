"""The columns of the sheet in which staff keep a 考核细则, and the names that they go by."""

from core.tabular.headers import ColumnSpec

LEVELS = ("group", "name", "third")  # of the tree, from above
LONGEST_NAME, LONGEST_TEXT = 60, 2000

COLUMNS = (
    ColumnSpec("number", "序号", ("编号", "序"), is_ignored=True),
    ColumnSpec(
        "group",
        "一级指标",
        (
            *("一级", "一级项目", "项目", "考核项目", "考评项目", "项目类别", "类别", "考核类别"),
            *("指标类别", "指标分类", "考核板块", "考核大项", "大项", "一级指标名称"),
        ),
        max_length=LONGEST_NAME,
    ),
    ColumnSpec(
        "name",
        "二级指标",
        (
            *("二级", "二级项目", "指标", "指标名称", "考核指标", "考评指标", "考核要素", "子项目"),
            *("小项", "考核子项", "二级指标名称"),
        ),
        max_length=LONGEST_NAME,
    ),
    ColumnSpec("third", "三级指标", ("三级", "三级项目"), max_length=LONGEST_NAME),
    ColumnSpec(
        "text",
        "考核内容",
        (
            *("内容", "考核要点", "考评内容", "评分要点", "考核内容及要求", "考核内容和要求"),
            *("主要内容", "具体内容", "指标内容", "考核目标", "工作要求", "目标要求", "考核要求"),
        ),
        max_length=LONGEST_TEXT,
    ),
    ColumnSpec(
        "marks",
        "分值",
        ("标准分", "标准分值", "满分", "分数", "基准分", "基础分", "考核分值", "满分值"),
        is_required=True,
    ),
    ColumnSpec(
        "standard",
        "评分标准",
        (
            *("评分办法", "评分细则", "评分方法", "评分规则", "评分标准及办法", "考核评分标准"),
            *("计分办法", "计分标准", "计分方法", "考核标准", "考评标准", "评价标准", "打分标准"),
            "扣分标准",
        ),
        is_required=True,
        max_length=LONGEST_TEXT,
    ),
    ColumnSpec(
        "evidence",
        "考核方式",
        (
            *("考核方法", "考评方式", "考评方法", "考核形式", "检查方式", "评价方式", "查验方式"),
            *("考核依据", "评分依据", "佐证材料", "备查资料", "资料清单"),
        ),
        max_length=LONGEST_TEXT,
    ),
    # What is filled in when somebody is measured: of a scheme it says nothing.
    ColumnSpec(
        "self_score",
        "自评分",
        ("自评", "自评得分", "自查分", "自查得分", "自查自评", "单位自评"),
        is_ignored=True,
    ),
    ColumnSpec(
        "score",
        "考核得分",
        (
            *("得分", "考评得分", "考核分", "考评分", "审核得分", "评定得分", "核定分", "上级评定"),
            "党委评分",
        ),
        is_ignored=True,
    ),
    ColumnSpec(
        "reason",
        "扣分原因",
        ("扣分理由", "扣分说明", "扣分情况", "失分原因", "加扣分原因", "备注", "说明"),
        is_ignored=True,
    ),
)
TITLES = {spec.key: spec.title for spec in COLUMNS}
FILLED_LATER = ("self_score", "score", "reason")
