"""Molecules and things in three dimensions keep what they were made of."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rdkit import Chem

from tests.tracklog.media.conftest import Door
from tracklog import Molecule, Object3D, box3d
from tracklog.media.foreign import as_media

if TYPE_CHECKING:
    from pathlib import Path

WATER = "3\nwater\n"
clouds = st.sampled_from([3, 4, 6]).flatmap(
    lambda columns: arrays.arrays(
        st.sampled_from([np.dtype(kind) for kind in ("f4", "f8", "i4", "u1")]),
        st.tuples(st.integers(1, 30), st.just(columns)),
    )
)


def written(thing: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    door = Door()
    return dict(thing.to_record(door)), door.files


@given(clouds)
def test_points_come_back_in_their_precision(points: Any) -> None:
    record, files = written(Object3D(points))
    back = np.load(io.BytesIO(files[record["path"]]), allow_pickle=False)
    assert (record["_type"], back.dtype) == ("object3D-file", points.dtype)
    np.testing.assert_array_equal(back, points)


def test_points_are_taken_as_they_are_now() -> None:
    points = torch.zeros(4, 3)
    cloud = Object3D.from_numpy(points)
    points += 1
    assert cloud.points is not None
    assert cloud.points.sum() == 0


def test_a_scene() -> None:
    box = box3d(center=(1, 2, 3), size=(2, 4, 6), orientation=(1, 0, 0, 0), color=(321, -4, 9), label="car", score=0.5)
    assert box["corners"][0] == [0, 0, 0]
    assert box["corners"][7] == [2, 4, 6]
    arrow = {"start": [0, 0, 0], "end": np.ones(3), "color": [1, 2, 3]}
    scene = Object3D(
        {"type": "lidar/beta", "points": [[1, 2, 3], [4, 5, 6]], "boxes": np.array([box]), "vectors": [arrow]}
    )
    record, files = written(scene)
    kept = orjson.loads(files[record["path"]])
    assert kept["boxes"] == [{**box, "color": [255, 0, 9]}]
    assert kept["vectors"] == [{"start": [0, 0, 0], "end": [1, 1, 1], "color": [1, 2, 3]}]
    assert np.load(io.BytesIO(files[record["points"]["path"]])).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert Object3D.from_point_cloud([[0, 0, 0]], [box], None).scene["boxes"][0]["label"] == "car"


def test_a_turned_box() -> None:
    half = np.sqrt(0.5)
    box = box3d(center=(0, 0, 0), size=(4, 2, 2), orientation=(half, 0, 0, half), color=(0, 0, 0))
    corners = np.array(box["corners"])
    np.testing.assert_allclose(np.ptp(corners, axis=0), [2, 4, 2], atol=1e-12)
    with pytest.raises(ValueError, match="quaternion"):
        box3d(center=(0, 0, 0), size=(1, 1, 1), orientation=(0, 0, 0, 0), color=(0, 0, 0))


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (np.zeros((3, 5)), ValueError, "n x 3, n x 4"),
        (np.zeros(3), ValueError, "n x 3"),
        (["a"], TypeError, "numbers"),
        ({"type": "other", "points": []}, ValueError, "'lidar/beta', not 'other'"),
        ({"points": [], "boxes": [{"corners": [[0, 0, 0]]}]}, ValueError, "8 corners, this one 1"),
        ({"points": [], "boxes": [{"label": "car"}]}, ValueError, "a box needs 'corners'; this one has 'label'"),
        ({"points": [], "vectors": [{"start": [0], "end": [0, 0, 0]}]}, ValueError, "three finite numbers, not .0.0."),
        ({"points": [], "vectors": [{"start": [np.nan] * 3, "end": [0, 0, 0]}]}, ValueError, "three finite numbers"),
        (__file__, ValueError, "not 'py'"),
    ],
)
def test_refusals(data: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Object3D(data)


@pytest.mark.parametrize("name", ["a.obj", "a.glb", "a.gltf", "a.stl", "a.babylon", "a.pts.json"])
def test_files_keep_their_bytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    with path.open() as text, path.open("rb") as binary:
        for source in (path, str(path), text, binary):
            record, files = written(Object3D(source))
            assert files[record["path"]] == b"anything"
            assert record["path"].endswith(name[1:])
    assert written(Object3D.from_file(io.StringIO("v 0 0 0"), file_type="obj"))[0]["path"].endswith(".obj")


@pytest.mark.parametrize("kind", ["pdb", "pqr", "mmcif", "mcif", "cif", "sdf", "sd", "gro", "mol2", "mmtf"])
def test_molecules_of_every_type(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"water.{kind}"
    path.write_text(WATER)
    with path.open() as text, path.open("rb") as binary:
        for source in (path, str(path), text, binary):
            record, files = written(Molecule(source, caption="w"))
            assert (record["_type"], record["caption"]) == ("molecule-file", "w")
            assert files[record["path"]].decode() == WATER
    assert written(Molecule(io.StringIO(WATER), file_type=kind))[0]["path"].endswith(f".{kind}")


def test_molecules_refuse() -> None:
    with pytest.raises(ValueError, match="file_type="):
        Molecule(io.StringIO(WATER))
    with pytest.raises(ValueError, match="not 'txt'"):
        Molecule(io.StringIO(WATER), file_type="txt")
    with pytest.raises(ValueError, match="from_rdkit"):
        Molecule(3)
    with pytest.raises(ValueError, match="no SMILES formula"):
        Molecule.from_smiles("C1(")


def test_rdkit(tmp_path: Path) -> None:
    caffeine = Chem.MolFromSmiles("CN1C=NC2=C1C(=O)N(C(=O)N2C)C")
    logged = as_media(caffeine)
    assert isinstance(logged, Molecule)
    atoms = Chem.MolFromPDBBlock(logged.file.read().decode(), removeHs=False)
    assert atoms.GetNumAtoms() == 24
    spread = np.ptp(atoms.GetConformer().GetPositions(), axis=0)
    assert (spread > 1).all()
    assert logged.file.read() == Molecule.from_smiles("CN1C=NC2=C1C(=O)N(C(=O)N2C)C").file.read()
    flat = Molecule.from_rdkit(caffeine, convert_to_3d_and_optimize=False)
    assert Chem.MolFromPDBBlock(flat.file.read().decode()).GetNumAtoms() == 14
    path = tmp_path / "a.mol"
    path.write_text(Chem.MolToMolBlock(caffeine))
    assert Molecule.from_rdkit(str(path)).file.extension == "pdb"
    with pytest.raises(ValueError, match="RDKit reads"):
        Molecule.from_rdkit("a.xyz")
