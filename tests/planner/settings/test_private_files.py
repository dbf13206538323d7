"""Nobody else on the machine reads what an embedded installation keeps."""

from pathlib import Path

from planner.settings.private_files import keep_private


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    keep_private(tmp_path / "a" / "var")

    assert _mode(tmp_path / "a" / "var") == 0o700


def test_an_open_folder_of_ours_is_shut_with_its_database(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "secret_key").touch()
    database = tmp_path / "genka.sqlite3"
    database.touch(0o644)

    keep_private(tmp_path, database, tmp_path / "not-there")

    assert (_mode(tmp_path), _mode(database)) == (0o700, 0o600)


def test_a_folder_that_may_be_somebody_elses_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keep_private(tmp_path)
    assert _mode(tmp_path) == 0o755

    (tmp_path / "secret_key").touch()
    tmp_path.chmod(0o1777)
    keep_private(tmp_path)
    assert _mode(tmp_path) == 0o1777
