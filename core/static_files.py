"""Static files of an installation that collects them by itself."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class DemoStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """As in production: each name carries a hash of the content, so that browsers keep the file
    for good. `manage.py serve` collects before it starts; a process that nobody collected for
    calls the files what they are called in the source."""

    def stored_name(self, name: str) -> str:
        """The name with its hash, else the name."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
