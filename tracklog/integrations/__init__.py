"""Frameworks that log through tracklog: a module each, imported when it is first asked for."""
