"""调度会 and 现场调研: the month's meeting built from its exceptions, its decisions, visits drawn by chance."""
