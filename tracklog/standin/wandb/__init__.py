"""tracklog under the name `wandb`: see `tracklog.standin`."""

import sys
from pathlib import Path

try:
    import tracklog
except ImportError:  # a child that does not have the path of its parent
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    import tracklog

from tracklog.aliases import stand_in

__version__ = "0.31.0"

stand_in(__name__, tracklog)
