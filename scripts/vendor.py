#!/usr/bin/env python3
"""Bring the parts by others that the pages use into the repository.

    scripts/vendor.py            everything
    scripts/vendor.py icons      only the sprite, after a name was added to icons.txt

Needs npm, but nothing that runs or tests the product does: the copied files are committed.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "src/ansvar/ui"
VENDOR = UI / "static/vendor"
ICONS = "@tabler/icons"
SPRITE = "static/vendor/icons.svg"


@dataclass(frozen=True)
class Part:
    """A package at one version, and which of its files go where."""

    name: str
    version: str
    use: str
    files: dict[str, Path]
    licence_file: str = "LICENSE"


PARTS = [
    Part(
        "htmx.org",
        "4.0.1",
        "swaps fragments of pages",
        {"dist/htmx.min.js": VENDOR / "htmx.min.js"},
    ),
    Part(
        "@fontsource-variable/inter",
        "5.3.0",
        "the typeface Inter, variable weight",
        {
            f"files/inter-{subset}-wght-normal.woff2": VENDOR / f"inter-{subset}.woff2"
            for subset in ("latin", "latin-ext", "cyrillic")
        },
    ),
    Part(ICONS, "3.51.0", "outlines of the icons named in ui/icons.txt, as one sprite", {}),
    Part(
        "axe-core",
        "4.14.1",
        "accessibility checks in tests; not part of the product",
        {
            "axe.min.js": ROOT / "tests/support/axe.min.js",
            "LICENSE": ROOT / "tests/support/axe.LICENSE.txt",
        },
    ),
]


def unpack(part: Part, into: Path) -> Path:
    """Fetch the package with npm and return the folder of its files."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to fetch the parts; the copied files are already committed.")
    packed = subprocess.run(
        [npm, "pack", "--json", f"{part.name}@{part.version}"],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    described = json.loads(packed.stdout)
    # Some versions of npm answer with a list, others with a mapping by package name.
    first = described[0] if isinstance(described, list) else next(iter(described.values()))
    folder = into / re.sub(r"\W+", "-", part.name)
    with tarfile.open(into / first["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def sprite(icons: Path) -> str:
    """Return one SVG holding a symbol for each name in icons.txt."""
    symbols = []
    for name in sorted(set((UI / "icons.txt").read_text().split())):
        drawing = icons / "icons/outline" / f"{name}.svg"
        if not drawing.exists():
            sys.exit(f"There is no outline icon called {name!r}.")
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", drawing.read_text(), flags=re.DOTALL)
        shapes = re.sub(r"\s*\n\s*", "", inner)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def licences(unpacked: dict[str, Path]) -> str:
    """Return the list of parts with version, licence and the licence's text."""
    lines = [
        "# Parts by others in these pages",
        "",
        "Written by `scripts/vendor.py`; change it there.",
        "",
        "| part | version | licence | for |",
        "|---|---|---|---|",
    ]
    texts = []
    for part in PARTS:
        package = unpacked[part.name]
        licence = json.loads((package / "package.json").read_text())["license"]
        lines.append(f"| {part.name} | {part.version} | {licence} | {part.use} |")
        if part.name != "axe-core":  # its licence lies beside it, in tests/support
            text = (package / part.licence_file).read_text().strip()
            texts += ["", f"## {part.name}", "", "```", text, "```"]
    return "\n".join([*lines, *texts]) + "\n"


def main(only: str) -> None:
    """Copy the files, write the sprite and the list of licences."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        wanted = [part for part in PARTS if not only or part.name == ICONS]
        unpacked = {part.name: unpack(part, Path(name)) for part in wanted}
        (UI / SPRITE).write_text(sprite(unpacked[ICONS]))
        if only:
            return
        for part in PARTS:
            for source, target in part.files.items():
                shutil.copyfile(unpacked[part.name] / source, target)
        (VENDOR / "LICENSES.md").write_text(licences(unpacked))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
