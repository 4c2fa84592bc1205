"""Take an old ledger over from a file, by hand: tried first, written only with --write."""

from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import CommandError
from django.utils import timezone

from core.commands import AuditedCommand
from core.errors import DomainError
from people.models import Region, User
from unemployment import ledger, uploads
from unemployment.models import Ledger


class Command(AuditedCommand):
    help = "导入过去的失业登记台账（XLSX 或 CSV）。不写 --write 只试运行，什么也不写；中断了用 --resume 接着做。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="", help="台账文件")
        parser.add_argument("--region", default="", help="台账所在地区的代码，如 210106")
        parser.add_argument("--by", default="", help="经办人的登录名")
        parser.add_argument("--write", action="store_true", help="真的导入")
        parser.add_argument("--resume", action="store_true", help="接着做没有完成的导入")
        parser.add_argument("--outcomes", default="", help="把逐行结果写到这个文件（XLSX）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["resume"]:
            for ledger_id in uploads.waiting(Ledger):
                self._run(ledger_id, options["outcomes"])
            return
        region = Region.objects.open().filter(code=options["region"]).first()
        path = Path(options["file"] or ".")
        if region is None or not path.is_file():
            raise CommandError("请写台账文件和它所在地区的代码，例如 import_ledger 台账.xlsx --region 210106。")
        today = timezone.localdate()
        try:
            if not options["write"]:
                self._say(ledger.try_out(BytesIO(path.read_bytes()), region=region, on=today))
                return
            by = User.objects.filter(username=options["by"]).first()
            if by is None:
                raise CommandError("请用 --by 写经办人的登录名。")
            by.activate_roles()
            made = ledger.receive(upload=_upload(path), region=region, by=by, on=today)
            ledger.start(ledger_id=made.pk, version=made.version, by=by)
        except DomainError as error:
            raise CommandError(error.message) from error
        self._run(made.pk, options["outcomes"])

    def _run(self, ledger_id: int, outcomes: str) -> None:
        ledger.run(ledger_id=ledger_id)
        made = Ledger.objects.get(pk=ledger_id)
        self.stdout.write(
            f"{made.get_status_display()}：登记有效 {made.registered}，历史记录 {made.history}，以前导入过 {made.unchanged}，"
            f"已有登记没有覆盖 {made.duplicate}，没有导入 {made.rejected}。{made.problem}"
        )
        if outcomes:
            Path(outcomes).write_bytes(uploads.outcome_file(made).read())

    def _say(self, trial: dict[str, Any]) -> None:
        self.stdout.write(f"试运行：共 {trial['total']} 行。" + "，".join(f"{name} {n}" for name, n in trial["counts"]))
        if trial["unknown"]:
            self.stdout.write(f"不认识、不会导入的列：{'、'.join(trial['unknown'])}")
        for number, name, mask, outcome, note in trial["problems"]:
            self.stdout.write(f"第 {number} 行 {name} {mask} {outcome}：{note}")


def _upload(path: Path) -> Any:
    return ContentFile(path.read_bytes(), name=path.name)
