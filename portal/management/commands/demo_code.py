"""Show the six digits that a demo account's authenticator would show now."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from people import second_factor
from people.models import User


class Command(BaseCommand):
    help = "显示演示账号现在的 6 位数字。正式环境会拒绝。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="登录名，例如 demo_caseworker")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("只有本机的演示环境能这样看验证码，正式环境不允许。")
        user = User.objects.filter(username=options["account"], is_demo=True).first()
        if user is None:
            raise CommandError(f"没有演示账号 {options['account']}。账号表在 .portal/demo-accounts.json。")
        try:
            self.stdout.write(second_factor.current_code(user))
        except Authenticator.DoesNotExist as error:
            raise CommandError("这个账号没有绑定验证器：它用短信验证码或密码登录。") from error
