import io
import struct
import zipfile

import pytest

from core.zipbox import CannotOpenZip, Limits, open_zip


def pack(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return file


def test_reads_what_is_inside():
    with open_zip(pack(**{"folder__": "", "folder__a.txt": "甲", "b.txt": "乙"})) as box:
        assert box.names() == ["folder/a.txt", "b.txt"]
        assert box.read("folder/a.txt").decode() == "甲"
        with pytest.raises(CannotOpenZip, match="没有"):
            box.read("c.txt")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\x00" * 40])
def test_refuses_what_is_no_zip(content):
    with pytest.raises(CannotOpenZip, match="不是有效的压缩文件"), open_zip(io.BytesIO(content)):
        pass


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../../b", "C:evil", "..\\evil"])
def test_refuses_names_that_lead_outside(name):
    with pytest.raises(CannotOpenZip, match="不安全"), open_zip(pack(**{name: "x"})):
        pass


@pytest.mark.parametrize(
    ("limits", "says"),
    [(Limits(files=1), "超过 1 个"), (Limits(bytes=100_000), "解开后超过"), (Limits(ratio=10), "压缩比")],
)
def test_refuses_more_than_the_limits(limits, says):
    with pytest.raises(CannotOpenZip, match=says), open_zip(pack(a="x" * 200_000, b="y"), limits=limits):
        pass


def test_counts_what_really_comes_out():
    file = pack(a=b"x" * 300_000)
    raw = bytearray(file.getvalue())
    # Declare ten bytes in the directory: a forger's way past the first check.
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    with open_zip(io.BytesIO(bytes(raw)), limits=Limits(bytes=100_000)) as box, pytest.raises(CannotOpenZip):
        box.read("a")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refuses_two_files_of_one_name():
    file = pack(a="1")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("a", "2")
    with pytest.raises(CannotOpenZip, match="重名"), open_zip(file):
        pass
