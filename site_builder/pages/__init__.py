"""One module per kind of page: each turns what was built into a template's context. No I/O."""
