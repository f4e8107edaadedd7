"""Papers of ballots and of secretaries' reports."""
