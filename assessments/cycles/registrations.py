"""Fills the registries of core with what this app has to say. Imported once, by the app config."""
