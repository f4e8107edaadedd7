"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""
