from django.db import models


class Mark(models.Model):
    """Something that a stored figure counts has changed here since the figure was written. Marks
    are only added; whoever writes the figures removes exactly those he read, so that a newer one
    always outlives him. The app adds the place; see `core.derived`."""

    at = models.DateTimeField()

    class Meta:
        abstract = True


class Ledger(models.Model):
    """The lock under which figures are written, and how the last comparison with a full recount
    ended. One row, or one for each of what the app's own foreign key names."""

    compared_at = models.DateTimeField("上次核对", null=True)
    differences = models.PositiveIntegerField("上次差异", default=0)

    class Meta:
        abstract = True


class FilledLedger(Ledger):
    """Knows whether everything was counted once: the first refresh does, marks or not. For
    figures that come to installations which have long had what they count."""

    filled_at = models.DateTimeField("首次统计", null=True)

    class Meta:
        abstract = True


class DatedLedger(Ledger):
    """Keeps the moment that figures were last written as of."""

    # Never set back: each writing of figures has a moment of its own, whatever the clock does.
    as_of = models.DateTimeField("数据截至", null=True)

    class Meta:
        abstract = True
