"""From when the usual plans are to hold."""

from django import forms

from schedules.rounds.forms.base import OverCapForm


class UsualPlansForm(OverCapForm):
    """From this month on, or for the whole year; why, where a month comes to more than the cap."""

    since = forms.ChoiceField(
        label="从什么时候起",
        choices=[("month", "从本月（本季、本年）起"), ("year", "今年 1 月起，以前的月份也列出")],
        initial="month",
        widget=forms.RadioSelect,
        help_text="已登记的立即计入。选今年 1 月起，没有登记的月份会列为未开，各支部要补记。",
    )
    field_order = ("since", "over_reason")
