"""What the audit trail calls the acts on wishes, posts and partnerships."""

VERBS: dict[str, str] = {
    "neighbours.wish.publish": "发布微心愿",
    "neighbours.wish.claim": "认领微心愿",
    "neighbours.wish.give_back": "退回认领的微心愿",
    "neighbours.wish.fulfil": "实现微心愿",
    "neighbours.wish.withdraw": "撤回微心愿",
    "neighbours.wish.follow": "微心愿随组织并入",
    "neighbours.wish.forget": "删除微心愿里居民的姓名",
    "neighbours.post.take": "登记带岗带责",
    "neighbours.post.end": "结束带岗带责",
    "neighbours.post.follow": "带岗带责随组织并入",
    "neighbours.partnership.create": "登记双报到和共建",
    "neighbours.partnership.note": "记双报到和共建经过",
    "neighbours.partnership.end": "结束双报到和共建",
    "neighbours.partnership.follow": "双报到和共建随组织并入",
}

FIELDS: dict[str, str] = {
    "claimant": "认领组织",
    "until": "到哪一天",
    "wishes": "微心愿数",
    "partner": "共建单位",
}
