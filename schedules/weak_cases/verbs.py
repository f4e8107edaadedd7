"""What the audit trail calls the acts on weak organisations that are put right."""

VERBS: dict[str, str] = {
    "weak_cases.criterion.create": "增加软弱涣散认定标准",
    "weak_cases.criterion.edit": "修改软弱涣散认定标准",
    "weak_cases.case.open": "提出软弱涣散对象",
    "weak_cases.case.decide": "认定软弱涣散党组织",
    "weak_cases.case.decline": "不予认定软弱涣散",
    "weak_cases.case.plan": "定整顿方案",
    "weak_cases.case.accept": "整顿验收通过",
    "weak_cases.case.send_back": "整顿验收没有通过",
    "weak_cases.case.last": "整顿后回访稳住",
    "weak_cases.case.relapse": "整顿后回访反弹",
    "weak_cases.case.merge": "整顿随单位合并",
}

FIELDS: dict[str, str] = {
    "name": "标准",
    "basis": "依据",
    "in_force_from": "起用日期",
    "in_force_to": "停用日期",
    "criteria": "符合的标准",
    "reason": "理由",
    "leader_name": "包联领导",
    "measures": "措施",
    "open_items": "没有销号的督办",
    "override_reason": "破例理由",
    "organization": "单位",
}
