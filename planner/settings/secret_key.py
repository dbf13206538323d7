"""The key of an embedded installation: made once, kept in the var folder, readable by its owner alone."""

import os
import secrets
from pathlib import Path


def secret_key_of(var_dir: Path) -> str:
    """The key stored in `var_dir`, made at the first call. Two processes starting at once agree on one key."""
    var_dir.mkdir(parents=True, exist_ok=True)
    file = var_dir / "secret_key"
    if not file.exists():
        fresh = var_dir / f"secret_key.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(64))
        try:
            # link() refuses to replace: whoever comes second reads the first one's key.
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text().strip()
