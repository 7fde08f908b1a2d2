"""Artifacts: files under a name, in versions that runs log and use."""
