"""Two ideas about the same data, and everything that tells them apart: settings, code, results.

Run it as ``python examples/two_ideas.py [FOLDER]``. In FOLDER (default: ``two-ideas``) it writes a small project of three
files, trains it, changes two of the files as somebody with another idea would, and trains again. `tracklog build` then shows
on the page Compare what came of it. Two modules are logged as artifacts, too, by kind and name. The data are scikit-learn's
breast cancer measurements.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TRAIN = '''"""Train on more and more of the data."""

import features
import model
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split

import tracklog

x, y = load_breast_cancer(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(x, y, random_state=0, stratify=y)
train_x, test_x = features.prepare(train_x, test_x)
run = tracklog.init(project="ideas", name=model.KIND, config={"model": {"kind": model.KIND}, "scaled": features.SCALED, "seed": 0})
for size in range(40, len(train_x), 20):
    fitted = model.build(seed=run.config.seed).fit(train_x[:size], train_y[:size])
    run.log({
        "rows": size,
        "test/accuracy": accuracy_score(test_y, fitted.predict(test_x)),
        "test/log_loss": log_loss(test_y, fitted.predict_proba(test_x)),
    })
# By kind and name: what a module was, and whether it is still what another run used, is told by its version.
for name, kind, file in (("features", "features_code", "features.py"), (model.KIND, "model_code", "model.py")):
    code = tracklog.Artifact(name, type=kind)
    code.add_file(file)
    run.log_artifact(code)
print(f"{model.KIND}: {run.summary['test/accuracy']:.3f} of the test rows are right")
run.finish()
'''

FEATURES = '''"""What the model sees of the measurements."""

from sklearn.preprocessing import StandardScaler

SCALED = True


def prepare(train, test):
    """Bring all measurements to one scale, learnt from the training rows."""
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)
'''

OTHER_FEATURES = '''"""What the model sees of the measurements."""

SCALED = False


def prepare(train, test):
    """Leave the measurements as they are: trees do not mind their scale."""
    return train, test
'''

MODEL = '''"""The classifier."""

from sklearn.linear_model import LogisticRegression

KIND = "logistic"


def build(seed):
    """Return a classifier that was not trained yet."""
    return LogisticRegression(max_iter=500, random_state=seed)
'''

OTHER_MODEL = '''"""The classifier."""

from sklearn.ensemble import RandomForestClassifier

KIND = "forest"


def build(seed):
    """Return a classifier that was not trained yet."""
    return RandomForestClassifier(n_estimators=60, random_state=seed)
'''


def main(folder: Path) -> None:
    """Write the project, train it, change it, train again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.py").write_text(TRAIN, encoding="utf-8")
    for features, model in ((FEATURES, MODEL), (OTHER_FEATURES, OTHER_MODEL)):
        (folder / "features.py").write_text(features, encoding="utf-8")
        (folder / "model.py").write_text(model, encoding="utf-8")
        environment = {"PYTHONDONTWRITEBYTECODE": "1"}  # the second idea is written within the same second
        subprocess.run(
            [sys.executable, str(folder / "train.py")], cwd=folder, check=True, env={**os.environ, **environment}
        )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "two-ideas").resolve())
