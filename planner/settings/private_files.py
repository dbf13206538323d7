"""The var folder of an embedded installation is its owner's alone."""

import stat
from pathlib import Path


def keep_private(var_dir: Path, *files: Path) -> None:
    """Makes the folder, open to nobody else, and shuts these files in it too; those that are not there are left out.

    A folder that was there before and holds no key of ours may be somebody else's, such as /tmp: it stays as it is.
    """
    if not var_dir.exists():
        var_dir.mkdir(parents=True, mode=0o700)
    elif not (var_dir / "secret_key").exists() or var_dir.stat().st_mode & stat.S_ISVTX:
        return
    try:
        var_dir.chmod(0o700)
        for file in files:
            if file.exists():
                file.chmod(0o600)
    except PermissionError:
        pass  # another account's folder, which lets us in: theirs to open and to shut
