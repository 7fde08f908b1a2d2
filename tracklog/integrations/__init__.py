"""What joins frameworks to a run: a module for each, loaded when it is asked for."""
