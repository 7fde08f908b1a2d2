"""`Api`: recorded runs from Python, read from their folders and edited by appending to them."""

from tracklog.public_api.api import Api
from tracklog.public_api.files import File, Files
from tracklog.public_api.project import Project
from tracklog.public_api.run import Run, User
from tracklog.public_api.runs import Runs
from tracklog.public_api.sweep import Sweep

__all__ = ["Api", "File", "Files", "Project", "Run", "Runs", "Sweep", "User"]
