"""What the audit trail calls the acts on themes."""

VERBS: dict[str, str] = {
    "themes.theme.create": "拟定季度主题",
    "themes.theme.edit": "修改季度主题",
    "themes.theme.drop": "季度主题不办",
    "themes.theme.arrange": "改季度主题的日子",
    "themes.theme.publish": "发布季度主题",
    "themes.theme.rescope": "改季度主题的范围",
    "themes.theme.take_in": "季度主题的支部有增减",
    "themes.theme.conclude": "季度主题作结论",
    "themes.theme.export": "导出季度主题情况",
    "themes.finder.ask": "重算主题发现",
    "themes.finder.export": "导出主题发现",
    "themes.remark.say": "为季度主题说一句话",
}

FIELDS: dict[str, str] = {
    "title": "主题",
    "quarter": "季度",
    "basis": "依据",
    "origin": "从哪里看出来的",
    "classes": "支部类型",
    "step_kind": "要办一次的事",
    "places": "增减的支部",
    "text": "一句话",
    "conclusion": "结论",
    "format": "格式",
}
