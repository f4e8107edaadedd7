"""Schemes of the demo zone, in the words of published ones."""
