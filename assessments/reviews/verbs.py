"""What the audit trail calls acts on reviews. Marks stand in it without what was given."""

VERBS = {
    "reviews.review.prepare": "准备考核复核",
    "reviews.review.arrange": "安排考核组",
    "reviews.review.begin": "开始考核组复核",
    "reviews.seat.give": "考核组评分",
    "reviews.seat.assign": "移交复核",
    "reviews.seat.recuse": "复核中回避",
    "reviews.item.finish": "复核评分汇总",
    "reviews.item.ask": "请第三人评",
    "reviews.item.reopen": "重新复核",
    "reviews.example.save": "出样题",
    "reviews.example.remove": "删去样题",
    "reviews.example.mark": "评样题",
}
FIELDS = {
    "teams": "考核组",
    "indicator": "指标",
    "person": "考核人",
}
