"""Demo rows of ballots and secretaries' reports."""
