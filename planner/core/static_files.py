"""Static files under names that hold their digest, ES module imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types
    """Rewrites `import ... from "./x.js"` too, which Django leaves out by default: a module would load an old file."""

    support_js_module_import_aggregation = True
