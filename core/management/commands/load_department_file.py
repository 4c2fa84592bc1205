"""Load files that other departments have sent."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser

from core import department_files
from core.commands import AuditedCommand


class Command(AuditedCommand):
    help = "Load department files (CSV or XLSX): those named, or all that wait under CONNECTOR_DIR."
    channel = "import"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        failed = 0
        for path in files or department_files.waiting_files():
            try:
                self._report(path, department_files.load(path))
            except FileNotFoundError:
                failed += 1
                self.stderr.write(f"{path}：没有这个文件。")
            except department_files.CannotLoadFile as error:
                failed += 1
                self.stderr.write(error.message)
        if failed:
            raise CommandError(f"{failed} 个文件没有载入，原因见上。")

    def _report(self, path: Path, loaded: department_files.Loaded) -> None:
        if loaded.file is None:
            self.stdout.write(f"{path}：以前载入过，跳过。")
            return
        rejects = f"，退回 {loaded.rejected} 行（见 {loaded.rejects}）" if loaded.rejects else ""
        self.stdout.write(f"{path}：载入 {loaded.rows} 行{rejects}。")
