"""A self-assessment on paper."""
