"""Half-years of the demo zone, assessed by the real acts."""
