"""`python -m tracklog`: the command line."""

from tracklog.cli import main

if __name__ == "__main__":
    main(prog_name="tracklog")
