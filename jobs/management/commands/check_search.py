from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.commands import AuditedCommand
from jobs.indexing import index_postings, out_of_step


class Command(AuditedCommand):
    """Prove that the search says what the postings say; with --mend, write anew what does not."""

    help = "核对检索表和岗位是否一致；--mend 把不一致的重写一遍。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="把不一致的重写一遍")

    def handle(self, *args: Any, **options: Any) -> None:
        found = out_of_step()
        if not found:
            self.stdout.write("检索和岗位一致。")
        elif options["mend"]:
            index_postings(found)
            self.stdout.write(f"{len(found):,} 个岗位的检索内容已重写。")
        else:
            raise CommandError(f"{len(found):,} 个岗位的检索内容不一致，加 --mend 可以重写。前几个：{found[:10]}")
