"""Plans, duties, the calendar, and the monthly report."""
