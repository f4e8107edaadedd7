"""What the clock does: names are forgotten, posts of those who left end."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import posts, wishes


@scheduler.daily("neighbours.forget", label="删除办结半年的微心愿里居民的姓名", hour=2, minute=40)
def forget(planned_for: dt.datetime) -> None:
    """Deletes names of residents whose wishes have been over for half a year."""
    while wishes.forget(by=system()):
        pass


@scheduler.daily("neighbours.end_posts", label="结束已离开支部的党员的带岗带责", hour=2, minute=50)
def end_posts(planned_for: dt.datetime) -> None:
    """Ends posts of members who have moved or left."""
    while posts.end_of_those_who_left(by=system()):
        pass
