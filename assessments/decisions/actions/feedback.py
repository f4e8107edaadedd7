"""What follows from the decision: each of those assessed is told its own result, once."""

from collections.abc import Iterator

from django.urls import reverse

from assessments.cycles.models import Cycle, Score
from core import notifications, periods
from core.notifications import Message
from core.templatetags.words import date_zh
from schedules.rounds.queries.calendar import load

from ..queries.people import answering
from ..queries.windows import window_of

HUNDREDTHS = 2


def tell(cycle: Cycle) -> int:
    """Puts total, grade and the last day for objections into the inboxes of whoever answers for each
    of those assessed; nothing of anybody else's. Returns how many were told. Part of the act that
    decides. Eight queries, however many are assessed."""
    scores = list(
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .exclude(total=None)
        .select_related("assessed")
        .defer("facts", "result")
        .order_by("assessed__path")
    )
    window = window_of(cycle, load())
    if window is None:
        return 0
    people = answering({score.assessed.organization_id for score in scores})
    label = periods.label(cycle.period)

    def messages() -> Iterator[Message]:
        for score in scores:
            one = score.assessed
            grade = f"，等次“{score.grade}”" if score.grade else ""
            for user in people.get(one.organization_id, ()):
                yield Message(
                    user_id=user,
                    key=f"decisions.feedback:{cycle.pk}:{one.pk}:{user}",
                    title=f"{label}考核结果：{score.total:.{HUNDREDTHS}f} 分{grade}",
                    body=(
                        f"{one.name}{label}考核得分 {score.total:.{HUNDREDTHS}f}{grade}。"
                        f"对结果有异议的，{date_zh(window.last)}以前在得分说明页提出。"
                    ),
                    url=reverse("cycles:score", args=[one.uid]),
                    about=f"assessed:{one.pk}",
                )

    return notifications.tell(messages())
