"""Files that are looked at while others take them away. A link whose file is gone stands for one that was
listed and is no more when it is looked at."""

from pathlib import Path

from core.folders import files_in, written_before
from core.views.health import _newest

OWN, GONE = "a" * 32, "b" * 32


def test_who_is_gone_by_the_second_look_is_left_out(tmp_path: Path) -> None:
    (tmp_path / f"{OWN}.part").write_bytes(b"x")
    (tmp_path / "of-somebody-else").write_bytes(b"x")
    (tmp_path / GONE).symlink_to(tmp_path / "nothing")
    assert {path.name for path, _ in files_in(tmp_path)} == {f"{OWN}.part", "of-somebody-else"}
    late = (tmp_path / f"{OWN}.part").stat().st_mtime + 1
    assert [path.name for path in written_before(tmp_path, late)] == [f"{OWN}.part"]
    assert written_before(tmp_path, late - 2) == []


def test_a_backup_that_is_cleared_away_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_bytes(b"x")
    (tmp_path / "older.tar").symlink_to(tmp_path / "nothing")
    assert _newest(tmp_path) is not None
    assert _newest(tmp_path / "nowhere") is None
