"""Reviews of the demo zone, by the real acts."""
