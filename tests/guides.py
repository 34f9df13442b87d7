"""The guides read as instructions: which blocks are edits and of which file, which are commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_EDIT = re.compile(r"<!-- put: (?P<file>\S+), (?P<where>.+?) -->\n```\w*\n(?P<text>.*?)```\n", re.DOTALL)
_RUN = re.compile(r"<!-- (?P<kind>run|serve)(?:: (?P<note>.+?))? -->\n```sh\n(?P<text>.*?)```\n", re.DOTALL)


@dataclass(frozen=True)
class Edit:
    """A block that stands in a guide to be pasted: into which file, and where in it."""

    file: str
    where: str
    text: str

    def make(self, root: Path) -> None:
        """Makes the edit below `root`; a place that is not there, or there twice, is an error."""
        path = root / self.file
        if self.where == "new":
            assert not path.exists(), f"{self.file} is there already"
            path.write_text(self.text, encoding="utf-8")
            return
        before = path.read_text(encoding="utf-8")
        path.write_text(self._into(before), encoding="utf-8")

    def _into(self, before: str) -> str:
        way, _, place = self.where.partition(": ")
        if self.where == "at the end":
            return before + self.text
        if self.where.startswith("last in "):
            opens = before.index(f"\n{self.where.removeprefix('last in ')}: ")
            at = before.index("\n)\n", opens) + 1
            return before[:at] + self.text + before[at:]
        assert before.count(place) == 1, f"{place!r} stands {before.count(place)} times in {self.file}"
        if way == "instead of":
            return before.replace(place, self.text.rstrip("\n"))
        at = before.index(place) if way == "before" else before.index("\n", before.index(place)) + 1
        return before[:at] + self.text + before[at:]


def edits(guide: str) -> list[Edit]:
    """The edits of a guide, in its order."""
    return [Edit(m["file"], m["where"], m["text"]) for m in _EDIT.finditer((ROOT / guide).read_text(encoding="utf-8"))]


def commands(guide: str) -> Iterator[tuple[str, str]]:
    """The commands of a guide's marked blocks, one by one, each with its block's note."""
    for match in _RUN.finditer((ROOT / guide).read_text(encoding="utf-8")):
        for line in match["text"].replace("\\\n", " ").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip(), match["note"] or match["kind"]
