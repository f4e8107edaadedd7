"""Choices of rectification. Values are stable and never reused."""

from django.db.models import TextChoices


class Stage(TextChoices):
    """How far the list of one organisation is. What becomes of it afterwards its item says."""

    PROPOSED = "proposed", "待下发"
    ISSUED = "issued", "已下发"


class Closing(TextChoices):
    """How a finding is found to be put right."""

    MADE_UP = "made_up", "补办后随数据销号"
    MONTHS = "months", "连续两个月达标后随数据销号"
    PERSON = "person", "报结后由另一人核验"
