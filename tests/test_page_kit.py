"""Guards of the page kit: the style sheet is that of its parts, small, and fit for old browsers."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from core import styles

TEMPLATES = Path(settings.BASE_DIR) / "templates"


# --- the style sheet -------------------------------------------------------------------------


def test_the_style_sheet_is_up_to_date() -> None:
    written = (styles.folder() / "portal.css").read_text()
    assert written == styles.built(), "Run manage.py build_css"


def test_build_css_writes_the_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "components").mkdir()
    for name in styles.FIRST:
        (tmp_path / name).write_text(f"/* {name} */\n.{name[:-4]} {{ top: 0; }}\n\n")
    (tmp_path / "components" / "b.css").write_text(".b { top: 0; } /* b\n */\n")
    (tmp_path / "components" / "a.css").write_text(".a { top: 0; }\n")
    monkeypatch.setattr(styles, "folder", lambda: tmp_path)
    call_command("build_css")
    lines = (tmp_path / "portal.css").read_text().splitlines()[1:]
    assert [line.split()[0] for line in lines] == [".tokens", ".base", ".frame", ".a", ".b"]
    assert "5 files" in capsys.readouterr().out


NEWER_THAN_CHROMIUM_86 = re.compile(
    r":(?:has|is|where)\(|@layer|@container|(?<![\w-])inset\s*:|aspect-ratio|oklch|color-mix|^\s*&",
    re.MULTILINE,
)


def test_styles_work_in_old_browsers() -> None:
    own = [path for path in styles.folder().rglob("*.css") if path.name != "portal.css"]
    for path in own:
        rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert not NEWER_THAN_CHROMIUM_86.search(rules), path.name
        assert path.read_text().startswith("/* "), f"{path.name} does not say what it is of"


def test_a_first_load_is_small() -> None:
    static = Path(settings.BASE_DIR) / "static"
    names = re.findall(
        r"% static '([^']+)' %", (TEMPLATES / "components" / "head.html").read_text()
    )
    sizes = {name: len(gzip.compress((static / name).read_bytes())) for name in names}
    assert len(sizes) <= 5
    assert sum(sizes.values()) < 90_000, sizes
