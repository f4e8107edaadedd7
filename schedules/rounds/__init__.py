"""Plans, duties, the calendar, and the reports that fulfil them."""
