"""Take over postings from files of other sources."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from core.commands import AuditedCommand
from jobs.import_files import CannotImport
from jobs.import_lists import reject_file
from jobs.imports import CannotEndGone, Outcome, import_file


class Command(AuditedCommand):
    help = (
        "导入岗位（CSV、XLSX、JSON）。可重复执行：没有变化的不动，变化的更新。"
        "每一行要么导入，要么写进“未导入清单”并说明原因；一行有错不影响其他行。"
    )
    channel = "import"
    requires_system_checks = ()
    """Routes and settings are checked where the portal is started: two seconds that a nightly import need not spend."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="岗位文件")
        parser.add_argument("--source", default="", help="来源名称（最多 40 字）。表里没有 source_site 列时要写")
        parser.add_argument("--rejects", type=Path, default=None, help="未导入清单写到哪里（CSV）")

        parser.add_argument("--full", action="store_true", help="文件是来源的全部岗位：以前有、现在没有的，今天到期")

    def handle(self, *, files: list[Path], source: str, rejects: Path | None, full: bool, **options: Any) -> None:
        if len(source) > 40:
            raise CommandError("来源名称最多 40 字，请缩短 --source。")
        on = timezone.localdate()
        path = (
            rejects or Path(settings.PRIVATE_ROOT) / "imports" / f"rejects-{timezone.localtime():%Y%m%d-%H%M%S-%f}.csv"
        )
        outcomes, refused = [], []
        with reject_file(path) as listed:
            for file in files:
                try:
                    outcome = import_file(
                        path=file, source=source, rejects=listed, on=on, progress=self._progress, full=full
                    )
                except (CannotImport, CannotEndGone) as error:
                    refused.append(error.message)
                    self.stderr.write(error.message)
                    continue
                outcomes.append(outcome)
                self.stdout.write(f"\r{_told(outcome)}")
        self._sum_up(outcomes, path)
        if refused:
            raise CommandError(f"有 {len(refused)} 个文件没有导入，原因见上。其他文件不受影响。")

    def _progress(self, outcome: Outcome) -> None:
        if sys.stdout.isatty():
            self.stdout.write(f"\r已处理 {outcome.rows} 行", ending="")
            self.stdout.flush()

    def _sum_up(self, outcomes: list[Outcome], rejects: Path) -> None:
        rows, seconds = sum(o.rows for o in outcomes), sum(o.seconds for o in outcomes)
        rejected = sum(o.rejected for o in outcomes)
        if len(outcomes) > 1:
            speed = rows / seconds if seconds else 0
            self.stdout.write(f"共 {rows} 行：导入 {rows - rejected}，未导入 {rejected}，每秒 {speed:.0f} 行")
        if rejected:
            self.stdout.write(f"未导入清单：{rejects}")


def _told(outcome: Outcome) -> str:
    lines = [
        f"{outcome.file.name}：{outcome.rows} 行，新增 {outcome.added}，更新 {outcome.changed}，"
        f"没有变化 {outcome.unchanged}，已下架或结束不改 {outcome.kept}，未导入 {outcome.rejected}，"
        f"用时 {outcome.seconds:.1f} 秒"
    ]
    more = {"转人工核验": outcome.held, "与别的来源重复、已合并": outcome.merged, "来源不再列出、已到期": outcome.gone}
    lines += [f"    {count} 个岗位{what}" for what, count in more.items() if count]
    lines += [f"    {count} 行：{reason}" for reason, count in outcome.reasons.most_common(10)]
    return "\n".join(lines)
