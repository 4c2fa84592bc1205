"""ZIP files from outside: bounded before anything is unpacked, and while it is."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from core.errors import DomainError

CHUNK = 1 << 16


class CannotOpenZip(DomainError):
    """The file is no ZIP, or holds more than is taken."""


@dataclass(frozen=True)
class Limits:
    """What a ZIP may hold: entries, bytes unpacked, and how many times larger than packed."""

    files: int = 1000
    bytes: int = 200 * 1024 * 1024
    ratio: int = 200


class Box:
    """An opened ZIP whose entries were checked; reading one counts what really comes out."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive, self._limits, self._left = archive, limits, limits.bytes

    def names(self) -> list[str]:
        """Return the names of the files inside, without folders."""
        return [entry.filename for entry in self._archive.infolist() if not entry.is_dir()]

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file's content piece by piece.

        :raises CannotOpenZip: more comes out than the ZIP declared or the limits allow, or it is damaged.
        """
        try:
            with self._archive.open(name) as file:
                while chunk := file.read(CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise CannotOpenZip(_too_large(self._limits))
                    yield chunk
        except KeyError:
            raise CannotOpenZip(f"压缩包里没有“{name}”。") from None
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
            raise CannotOpenZip("压缩包已损坏或加了密码，请重新打包后再上传。") from error

    def read(self, name: str) -> bytes:
        """Return a file's content; see `chunks`."""
        return b"".join(self.chunks(name))


@contextmanager
def open_zip(file: BinaryIO, *, limits: Limits | None = None) -> Iterator[Box]:
    """Open a ZIP after looking at its directory only.

    :raises CannotOpenZip: not a ZIP, too many files, too large, packed suspiciously tight, or with unsafe names.
    """
    limits = limits or Limits()
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise CannotOpenZip("这不是有效的压缩文件，或者已经损坏。请重新打包后再上传。") from error
    with archive:
        _check(archive, limits)
        yield Box(archive, limits)


def _check(archive: zipfile.ZipFile, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > limits.files:
        raise CannotOpenZip(f"压缩包里的文件超过 {limits.files} 个，请分成几个压缩包。")
    if len({entry.filename for entry in entries}) < len(entries):
        raise CannotOpenZip("压缩包里有重名的文件，请改名后重新打包。")
    if sum(entry.file_size for entry in entries) > limits.bytes:
        raise CannotOpenZip(_too_large(limits))
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            raise CannotOpenZip("压缩包里有不安全的文件路径，请重新打包。")
        if entry.file_size > CHUNK and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise CannotOpenZip("压缩包里有压缩比异常的文件，为安全起见不能打开。请重新打包后再上传。")


def _too_large(limits: Limits) -> str:
    return f"压缩包解开后超过 {limits.bytes // 1024 // 1024} MB，请分成几个压缩包。"
