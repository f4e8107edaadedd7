"""Self-assessments of the demo zone, written by the real acts."""
