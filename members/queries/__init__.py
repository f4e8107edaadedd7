"""Reads that span models or count."""
