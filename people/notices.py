"""The notices people agree to, by version. A changed text is a new version: nobody agreed to it yet."""

from dataclasses import dataclass

from people.models import Consent, User


@dataclass(frozen=True)
class Notice:
    """One notice in its present version (个人信息保护法 17: 告知; 14: 同意)."""

    code: str
    version: str
    title: str
    sentences: tuple[str, ...]


REAL_NAME = Notice(
    code="real_name",
    version="2026-11",
    title="实名核验告知书",
    sentences=(
        "收什么：您的姓名和身份证号。",
        "为什么：办失业登记、领补贴前要确认是您本人，全省只建一份档案。",
        "怎么核：与公安的人口信息比对，或在服务站窗口验看身份证。每次比对都留记录。",
        "怎么存：身份证号加密保存在境内，页面上只显示一部分，工作人员看全号要写原因、留记录。",
        "不同意也可以：带身份证到服务站，由工作人员当面办理。",
    ),
)
NOTICES = {notice.code: notice for notice in (REAL_NAME,)}


def record_consent(*, user: User, notice: Notice) -> Consent:
    """Write down that somebody agreed to the present version; agreeing twice is agreeing once."""
    consent, _ = Consent.objects.get_or_create(
        user=user, notice=notice.code, version=notice.version, withdrawn_at=None, defaults={}
    )
    return consent
