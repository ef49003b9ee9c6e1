"""Import contracts of our own: rooms are entered by the door, and nothing points upward by name."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

DOORS = {"actions", "queries", "events", "models", "roles"}  # roles: the slot for permissions


class DoorsContract(Contract):
    """From another room only `actions`, `queries`, `events` and `models` may be imported.

    `open_rooms` (the ground and the face) may be entered anywhere; `guests` (the project) may enter
    any room anywhere, and so may tests.
    """

    root = fields.StringField()
    open_rooms = fields.ListField(subfield=fields.StringField())
    guests = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        wrong = []
        for importer in sorted(graph.modules):
            room, inner = self._split(importer)
            if not room or room in self.guests or "tests" in inner:  # type: ignore[operator]
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                other, door = self._split(imported)
                if not other or other == room or other in self.open_rooms:  # type: ignore[operator]
                    continue
                if not door or door[0] not in DOORS:
                    wrong.append((importer, imported))
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def _split(self, module: str) -> tuple[str, list[str]]:
        """`huying.cases.models` → (`cases`, [`models`]); ("", []) outside the root."""
        parts = module.split(".")
        if parts[0] != str(self.root) or len(parts) < 2:
            return "", []
        return parts[1], parts[2:]

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["wrong"]:
            output.print_error(
                f"{importer} enters {imported}; use that room's actions, queries, events or models."
            )
