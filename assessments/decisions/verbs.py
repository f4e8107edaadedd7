"""What the audit trail calls acts on decisions."""

VERBS = {
    "decisions.decision.take": "记录审定会议",
}
FIELDS = {
    "met_on": "会议日期",
    "minutes_number": "纪要文号",
}
