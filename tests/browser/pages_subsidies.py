from people.models import User
from subsidies import claims, publicity
from tests.browser.pages import PageCase
from tests.subsidies.world import ACCOUNT, World


def _world() -> World:
    from django.utils import timezone

    return World(on=timezone.localdate())


def _list() -> tuple[str, User | None]:
    world = _world()
    claim = world.submitted()
    return "/subsidies/", claim.person.account


def _programme() -> tuple[str, User | None]:
    return "/subsidies/flexible_insurance/", None


def _check() -> tuple[str, User | None]:
    return "/subsidies/flexible_insurance/check/", _world().citizen()


def _step(step: str) -> tuple[str, User | None]:
    world = _world()
    user = world.citizen(male=False)
    claim = claims.start_claim(person=user.person, programme=world.programme, by=user, on=world.on)
    if step != "work":
        claims.save_account(claim_id=claim.pk, bank_name="盛京银行", account=ACCOUNT, by=user)
        claims.save_work(
            claim_id=claim.pk, work="跑外卖", since=world.months()[0], retirement_age=50, by=user, on=world.on
        )
    return f"/subsidies/claims/{claim.public_id}/{step}/", user


def _own() -> tuple[str, User | None]:
    return "/subsidies/claims/", _world().submitted().person.account


def _status(kind: str) -> tuple[str, User | None]:
    world = _world()
    claim = getattr(world, kind)()
    return f"/subsidies/claims/{claim.public_id}/", claim.person.account


def _receipt() -> tuple[str, User | None]:
    claim = _world().accepted()
    return f"/subsidies/claims/{claim.public_id}/receipt/", claim.person.account


def _publicity_list() -> tuple[str, User | None]:
    world = _world()
    world.posted(world.ready())
    return "/subsidies/publicity/", None


def _publicity() -> tuple[str, User | None]:
    world = _world()
    return f"/subsidies/publicity/{world.posted(world.ready()).public_id}/", None


def _queue(kind: str, officer: str) -> tuple[str, User | None]:
    world = _world()
    getattr(world, kind)()
    return "/work/claims/", getattr(world, officer)


def _open_rule() -> tuple[str, User | None]:
    """A claim with a rule that data fails and one that nobody answered."""
    world = _world()
    world.files["police", "deaths"].delete()
    user = world.citizen()
    world.say(("market_regulation", "registrations"), user.person, state="存续", since=world.on, name="演示小吃店")
    claim = world.accepted(user)
    return f"/work/claims/{claim.public_id}/", world.reviewer


def _publicity_desk() -> tuple[str, User | None]:
    world = _world()
    world.ready()
    return "/work/claims/publicity/", world.second


def _publicity_case() -> tuple[str, User | None]:
    world = _world()
    batch = world.posted(world.ready())
    content = "此人 7 月起在某公司上班，有单位缴社保。"
    publicity.record_objection(batch=batch, line=batch.lines.get(), content=content, on=world.on)
    return f"/work/claims/publicity/{batch.public_id}/", world.second


def _payments() -> tuple[str, User | None]:
    world = _world()
    world.batch()
    world.approved()
    return "/work/claims/payments/", world.payer


def _batch() -> tuple[str, User | None]:
    world = _world()
    return f"/work/claims/payments/{world.sent().public_id}/", world.payer


PAGES = [
    PageCase("subsidies", _list),
    PageCase("subsidy programme", _programme),
    PageCase("subsidy check", _check),
    PageCase("claim: work", lambda: _step("work")),
    PageCase("claim: months", lambda: _step("months")),
    PageCase("claim: account", lambda: _step("account")),
    PageCase("claim: papers", lambda: _step("papers")),
    PageCase("claim: confirm", lambda: _step("confirm")),
    PageCase("own claims", _own),
    PageCase("claim status, handed in", lambda: _status("submitted")),
    PageCase("claim status, approved", lambda: _status("approved")),
    PageCase("claim receipt", _receipt),
    PageCase("publicity list", _publicity_list),
    PageCase("publicity", _publicity),
    PageCase("claims queue: intake", lambda: _queue("submitted", "intake")),
    PageCase("claims queue: review", lambda: _queue("accepted", "reviewer")),
    PageCase("claims queue: open and failed rules", _open_rule),
    PageCase("claims queue: approval", lambda: _queue("publicised", "approver")),
    PageCase("claims queue: empty", lambda: ("/work/claims/", _world().approver)),
    PageCase("publicity desk", _publicity_desk),
    PageCase("publicity case", _publicity_case),
    PageCase("payments", _payments),
    PageCase("payment batch", _batch),
]
