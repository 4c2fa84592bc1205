from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.commands import AuditedCommand
from jobs import indexing, talent_index


class Command(AuditedCommand):
    """Prove that the search says what postings and open résumés say; with --mend, write anew what does not."""

    help = "核对检索表和岗位、公开简历是否一致；--mend 把不一致的重写一遍。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="把不一致的重写一遍")

    def handle(self, *args: Any, **options: Any) -> None:
        postings, resumes = indexing.out_of_step(), talent_index.out_of_step()
        if not postings and not resumes:
            self.stdout.write("检索和岗位、公开简历一致。")
        elif options["mend"]:
            indexing.index_postings(postings)
            talent_index.index_resumes(resumes)
            self.stdout.write(f"{len(postings):,} 个岗位、{len(resumes):,} 份简历的检索内容已重写。")
        else:
            raise CommandError(
                f"{len(postings):,} 个岗位、{len(resumes):,} 份简历的检索内容不一致，加 --mend 可以重写。"
                f"前几个岗位：{postings[:10]}"
            )
