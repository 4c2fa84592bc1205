"""Say what the posting checker finds in files of real postings."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from jobs.check_report import check_files, page
from jobs.import_files import CannotImport


class Command(BaseCommand):
    help = "对岗位文件逐行运行核验规则，写出每条规则的数量和例子。不导入，不改任何数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="岗位文件")
        parser.add_argument("--write", type=Path, default=None, metavar="PAGE", help="写到这个文件，保留“看过”一列")

    def handle(self, *, files: list[Path], write: Path | None, **options: Any) -> None:
        on = timezone.localdate()
        try:
            report = check_files(files, on=on)
        except CannotImport as error:
            raise CommandError(error.message) from error
        before = write.read_text(encoding="utf-8") if write and write.exists() else ""
        text = page(report, on=on, before=before)
        if write:
            write.write_text(text, encoding="utf-8")
            self.stdout.write(f"{report.total} 个岗位，{report.kept_back} 个不直接公开。写在 {write}。")
        else:
            self.stdout.write(text)
