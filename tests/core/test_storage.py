import stat
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from core.storage import PrivateFileStorage, private, private_path


def test_keeps_files_for_the_portal_alone_and_without_a_url(tmp_path):
    storage = PrivateFileStorage(location=str(tmp_path))
    name = storage.save("ab/cd/file.pdf", ContentFile(b"x"))
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "ab").stat().st_mode) == 0o700
    with pytest.raises(ValueError, match="URL"):
        storage.url(name)
    assert storage.save("ab/cd/file.pdf", ContentFile(b"y")) != name


def test_lies_outside_everything_that_is_served():
    from portal.settings import base

    for served in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS):
        assert not str(base.PRIVATE_ROOT).startswith(str(served))
    assert private().exists("nothing") is False


def test_names_files_by_id_and_keeps_no_personal_name():
    row = SimpleNamespace(public_id=uuid4())
    path = private_path(row, "王小明 身份证.PDF")
    assert path.endswith(f"{row.public_id.hex}.pdf")
    assert "王" not in path
    assert private_path(SimpleNamespace(), "x.tar.verylong").count(".") == 0
    assert ".." not in private_path(row, "../../etc/passwd")
