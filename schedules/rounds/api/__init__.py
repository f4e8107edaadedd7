"""Plans, duties, monthly reports with their files, and rates, over the queries and actions of
the pages."""
