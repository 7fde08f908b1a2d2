"""Artifacts: files under a name, which a run logs."""
