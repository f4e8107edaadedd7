"""Forms of decisions, publications and objections."""
