"""Molecules: files of structures, and what RDKit makes of a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import UsageError
from tracklog.media import source
from tracklog.media.base import Media
from tracklog.store import layout

if TYPE_CHECKING:
    from tracklog.media.base import MediaDoor

_READ_BY_RDKIT = {"pdb": "MolFromPDBFile", "mol": "MolFromMolFile", "sdf": "MolFromMolFile"}


class Molecule(Media):
    """A molecule in three dimensions.

    ``data_or_path``: the path of a file, an open file (its name gives the type), or text or bytes in memory (`StringIO`,
    `BytesIO`) with ``file_type``; types are those of `layout.MOLECULES`. The bytes are kept. Raises ValueError for other types.
    """

    LIST_TYPE = "molecule"

    def __init__(self, data_or_path: Any, caption: str | None = None, file_type: str | None = None) -> None:
        if not source.is_file(data_or_path):
            raise ValueError(
                f"Molecule takes a path, an open file or text in memory, not {type(data_or_path).__name__};"
                " RDKit's go through Molecule.from_rdkit"
            )
        self.caption = None if caption is None else str(caption)
        self.file = source.take(data_or_path, "a molecule", layout.MOLECULES, file_type)

    @classmethod
    def from_rdkit(
        cls,
        data_or_path: Any,
        caption: str | None = None,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Molecule:
        """Return a molecule of RDKit, or of a pdb, mol or sdf file that RDKit reads, as PDB.

        With ``convert_to_3d_and_optimize`` hydrogens are added and a shape is computed (ETKDG, then MMFF94 for at most
        so many iterations); without, it keeps the coordinates it came with, or is laid out flat. Raises UsageError without RDKit,
        ValueError for what RDKit cannot read.
        """
        import io

        chem, shapes = _rdkit()
        molecule = _read(data_or_path, chem) if source.is_file(data_or_path) else data_or_path
        if not isinstance(molecule, chem.rdchem.Mol):
            raise ValueError(f"{str(data_or_path)[:200]!r} is no molecule that RDKit reads")  # noqa: TRY004 - as unreadable files
        if convert_to_3d_and_optimize:
            molecule = chem.AddHs(molecule)
            if shapes.EmbedMolecule(molecule, randomSeed=42) == 0:
                shapes.MMFFOptimizeMolecule(molecule, maxIters=mmff_optimize_molecule_max_iterations)
        elif not molecule.GetNumConformers():
            shapes.Compute2DCoords(molecule)  # without places all atoms would lie on one
        return cls(io.StringIO(chem.MolToPDBBlock(molecule)), caption=caption, file_type="pdb")

    @classmethod
    def from_smiles(
        cls,
        data: str,
        caption: str | None = None,
        sanitize: bool = True,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Molecule:
        """Return the molecule of a SMILES formula; see `from_rdkit`. Raises ValueError where the formula is none."""
        chem, _ = _rdkit()
        molecule = chem.MolFromSmiles(data, sanitize=sanitize)
        if molecule is None:
            raise ValueError(f"{data!r} is no SMILES formula that RDKit can parse")
        return cls.from_rdkit(molecule, caption, convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations)

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``molecule-file`` with path, sha256, size and, where given, caption."""
        record: dict[str, object] = {"_type": "molecule-file", **self.file.put(door, "molecule")}
        return record if self.caption is None else record | {"caption": self.caption}


def _rdkit() -> tuple[Any, Any]:
    try:
        from rdkit import Chem
        from rdkit.Chem import AllChem
    except ImportError as error:
        raise UsageError("this needs RDKit: pip install tracklog[molecules]") from error
    return Chem, AllChem


def _read(path: Any, chem: Any) -> Any:
    name = str(path)
    reader = _READ_BY_RDKIT.get(name.rpartition(".")[2].lower())
    if reader is None:
        raise ValueError(f"RDKit reads {', '.join(_READ_BY_RDKIT)} here, not {name!r}")
    return getattr(chem, reader)(name)
