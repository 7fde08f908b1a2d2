"""Sweeps without a controller: agents take trials from a folder. `definition`, `parameters` and `search` say which."""
