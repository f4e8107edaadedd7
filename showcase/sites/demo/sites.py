"""Placeholder."""


def build(seeding):
    return {}
