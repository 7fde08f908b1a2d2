"""What must be fast, measured: ``python -m tests.bench``; see the README beside this."""
