from django.core.management.base import BaseCommand

from core import styles


class Command(BaseCommand):
    """Puts static/css/portal.css together from its parts; run it after changing one of them."""

    help = "Write static/css/portal.css from tokens, base, frame and the components' files."

    def handle(self, *args: object, **options: object) -> None:
        target = styles.folder() / "portal.css"
        target.write_text(styles.built())
        self.stdout.write(f"{target.name}: {len(styles.sources())} files")
