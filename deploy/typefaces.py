"""Cut the book's typefaces anew from the packages they come in: `python deploy/typefaces.py`.

Needs npm and its registry. Each face is subset by HarfBuzz to the letters of its script: OpenType layout kept where the
script needs it, hinting dropped, outlines untouched. The licence of each is laid beside it. What is made replaces
what is in `storytailor/book/fonts/`; Andika and Caprasimo, which are as published, are left alone.
"""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import uharfbuzz as hb

FONTS = Path(__file__).parent.parent / "storytailor" / "book" / "fonts"
_LAYOUT_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG")

# Digits and marks stand among the letters of every script, and look best drawn with them.
_MARKS = [*range(0x20, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F), 0xA0, 0xAB, 0xB0, 0xB7, 0xBB, 0xD7,
          0x200C, 0x200D, *range(0x2010, 0x2016), *range(0x2018, 0x2020), 0x2026, 0x202F, 0x2039, 0x203A,
          0x25CC]  # fmt: skip
_NOTO = "@expo-google-fonts/noto-"
_LICENCES = ("/LICENSE_FONT", "/LICENSE")
_DANDA = [0x964, 0x965]
_GIVEN_NAMES = "喆堃婳祎翀玚珝晫昳梽浥湉潆炆烜珅琤瑀甡翯赟钘铄闿韫颀骎龑"  # beyond GB 2312, and often chosen
_CJK_MARKS = [*range(0x2014, 0x2027), *range(0x3000, 0x3040), *range(0xFF01, 0xFFEF), 0x30FB, 0x30FC]
_KANA = [*range(0x3041, 0x3100), *range(0x31F0, 0x3200)]


@dataclass(frozen=True)
class Cut:
    """A face to be made: its name here, package and version, weight, and the letters that are kept."""

    name: str
    package: str
    version: str
    letters: Iterable[int]
    file: str = "_400Regular.ttf"  # the end of its name
    has_layout: bool = True


def _blocks(*ranges: tuple[int, int]) -> list[int]:
    return [*_MARKS, *(code for first, last in ranges for code in range(first, last + 1))]


@cache
def _charset(encoding: str) -> frozenset[int]:
    """What an old standard counts as the characters in use."""

    def codes() -> Iterator[int]:
        for code in range(0x80, 0x10000):
            try:
                encoded = chr(code).encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(encoded) == 2:  # of EUC-JP the first two levels
                yield code

    return frozenset(codes())


def _traditional() -> set[int]:
    """Big5: its common level whole, of the rare one what no other face has."""
    common = {code for code in _charset("big5") if chr(code).encode("big5")[0] <= 0xC6}
    return common | (_charset("big5") - _charset("gb2312") - _charset("euc_jp")) | set(range(0x3105, 0x3130))


def cuts() -> list[Cut]:
    """The faces. An alphabet's is cut in two weights, the bold one for titles."""
    alphabets = [
        ("NotoSans", "sans", "0.4.2", _blocks((0x300, 0x36F), (0x370, 0x3FF), (0x1F00, 0x1FFF))),
        ("NotoSansArmenian", "sans-armenian", "0.4.2", _blocks((0x530, 0x58F), (0xFB13, 0xFB17))),
        ("NotoSansGeorgian", "sans-georgian", "0.4.3", _blocks((0x10A0, 0x10FF), (0x1C90, 0x1CBF))),
        ("NotoSansHebrew", "sans-hebrew", "0.4.1", _blocks((0x590, 0x5FF), (0xFB1D, 0xFB4F))),
        ("NotoNaskhArabic", "naskh-arabic", "0.4.5",
         _blocks((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFD3E, 0xFD3F), (0xFDF2, 0xFDFD))),
        ("NotoSansDevanagari", "sans-devanagari", "0.4.1",
         _blocks((0x900, 0x97F), (0x1CD0, 0x1CFA), (0xA8E0, 0xA8FF))),
        ("NotoSansBengali", "sans-bengali", "0.4.4", [*_DANDA, *_blocks((0x980, 0x9FF))]),
        ("NotoSansTamil", "sans-tamil", "0.4.3", [*_DANDA, *_blocks((0xB80, 0xBFF))]),
        ("NotoSansThai", "sans-thai", "0.4.2", _blocks((0xE00, 0xE7F))),
        ("NotoSansEthiopic", "sans-ethiopic", "0.4.2",
         _blocks((0x1200, 0x139F))),
    ]  # fmt: skip
    marks = [*_MARKS, *_CJK_MARKS]
    japanese = [*marks, *_KANA, *_charset("euc_jp")]
    ideographs = [
        (
            "NotoSansJP",
            "sans-jp",
            [code for code in japanese if code > 0x2000 or code in _MARKS],
        ),
        (
            "NotoSansSC",
            "sans-sc",
            [*marks, *(code for code in _charset("gb2312") if code > 0x2E80)],
        ),
        (
            "NotoSansTC",
            "sans-tc",
            [*marks, *(code for code in _traditional() if code > 0x2E80)],
        ),
        ("NotoSansKR", "sans-kr", [*marks, *range(0x3131, 0x318F), *range(0xAC00, 0xD7A4)]),
    ]
    return [
        *(
            Cut(f"{name}-Regular", f"{_NOTO}{package}", version, letters)
            for name, package, version, letters in alphabets
        ),
        *(
            Cut(f"{name}-Bold", f"{_NOTO}{package}", version, letters, "_700Bold.ttf")
            for name, package, version, letters in alphabets
        ),
        *(
            Cut(f"{name}-Regular", f"{_NOTO}{package}", "0.4.3", letters, has_layout=False)
            for name, package, letters in ideographs
        ),
        Cut(
            "DejaVuSans-Symbols",
            "dejavu-fonts-ttf",
            "2.37.3",
            range(0x2070, 0x2C00),
            "/DejaVuSans.ttf",
            has_layout=False,
        ),
    ]


def main() -> None:
    """Make them all, and say how large each is."""
    with TemporaryDirectory() as folder:
        for cut in cuts():
            package = _package(cut.package, cut.version, Path(folder))
            published = next(data for name, data in package.items() if name.endswith(cut.file))
            made = _subset(published, cut)
            (FONTS / f"{cut.name}.ttf").write_bytes(made)
            licence = next(package[name] for end in _LICENCES for name in package if name.endswith(end))
            (FONTS / f"{cut.name.partition('-')[0]}-LICENSE.txt").write_bytes(licence)
            print(f"{cut.name:<28}{len(made):>10,} bytes")


def _package(name: str, version: str, folder: Path) -> dict[str, bytes]:
    """The fonts of a package, which holds them as TrueType, and their licence, by name."""
    archive = folder / f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True)
    with tarfile.open(fileobj=BytesIO(archive.read_bytes())) as files:
        wanted = [member for member in files if member.name.endswith((".ttf", *_LICENCES))]
        return {member.name: opened.read() for member in wanted if (opened := files.extractfile(member))}


def _subset(published: bytes, cut: Cut) -> bytes:
    face = hb.Face(hb.Blob(published))
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING
    wanted.sets(hb.SubsetInputSets.UNICODE).update(set(cut.letters) & set(face.unicodes))
    if not cut.has_layout:
        tags = (int.from_bytes(tag.encode(), "big") for tag in _LAYOUT_TABLES)
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(tags)
    return bytes(hb.subset(face, wanted).blob.data)


if __name__ == "__main__":
    main()
