"""Documents of decisions."""
