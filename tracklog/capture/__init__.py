"""What surrounds a training and is recorded beside it: console, system metrics, git, packages, host."""
