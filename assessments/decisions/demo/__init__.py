"""What the demo zone shows of decisions."""
