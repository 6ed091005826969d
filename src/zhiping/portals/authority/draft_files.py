"""Reading an uploaded draft (草案): a zip of a policy folder, or single files of it, and nothing else.

What is uploaded is only ever read as text and parsed as YAML. The steps:

1. bound everything before it is unpacked: files, bytes packed, bytes unpacked;
2. let in plain `.yaml` files at the places where a policy folder has them, under names that cannot lead
   elsewhere;
3. refuse what could blow up in the parser: repetition by reference, deep nesting.

Every file that is not let in is named with the reason; one is enough to refuse the whole draft.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Protocol

import yaml

from zhiping.kernel.resources import policy_folder
from zhiping.portals.policy_problems import NOT_TEXT

LIMIT_BYTES = 4 * 1024 * 1024
"""What one upload may weigh, and what all of its files may weigh once unpacked."""
LIMIT_FILES = 300
LIMIT_DEPTH = 40
"""How deep YAML may be nested; the deepest rule of the folder needs a dozen."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.yaml"
_PLACES = re.compile(rf"(?:facts\.yaml|documents/{_NAME}|parameters/{_NAME}|rules/[a-z_]{{1,40}}/{_NAME})\Z")
_FOLDERS = ("documents", "parameters", "rules")

REASONS: Mapping[str, str] = {
    "too_large": "上传的文件合计超过 {limit} MB。请只放草案改动的文件。",
    "too_many": "压缩包中的文件超过 {limit} 个。请只放草案改动的文件。",
    "not_a_zip": "“{name}”不是可以读取的 ZIP 压缩包。请重新打包后上传。",
    "nothing_inside": "“{name}”里没有任何文件。请把改动的 .yaml 文件放进去重新打包。",
    "not_text": "“{name}”第 {line} 行不是 UTF-8 文字：{fix}",
    "no_content": "“{name}”是空的。请写全内容，或不要上传它；空文件不会停止原来的规定。",
    "encrypted": "“{name}”已加密，无法读取。请不加密码重新打包。",
    "not_plain": "“{name}”不是普通文件（链接或特殊文件）。请从压缩包中去掉。",
    "bad_path": (
        "“{name}”不在草案可以放文件的位置。"
        "可以放：facts.yaml、documents/、parameters/、rules/应用/ 下的 .yaml 文件。"
    ),
    "not_yaml": "“{name}”不是 .yaml 文件。草案只接收 YAML 文件或装有它们的 ZIP 压缩包。",
    "no_place": (
        "“{name}”看不出应放在政策库的哪个文件夹：政策库没有同名文件，内容也不像文件、参数、事实或规则。"
        "请打成 ZIP 压缩包，保留文件夹结构。"
    ),
    "twice": "“{name}”出现了两次。请只保留一份。",
    "reference": "“{name}”第 {line} 行使用了 YAML 引用（& 或 *）。请把内容写全。",
    "too_deep": "“{name}”第 {line} 行嵌套超过 {limit} 层。请检查缩进。",
    "empty": "没有读到任何草案文件。请上传 ZIP 压缩包，或 .yaml 文件。",
}


class Upload(Protocol):
    """What is needed of an uploaded file."""

    @property
    def name(self) -> str | None: ...  # noqa: D102 (fields of a protocol)
    @property
    def size(self) -> int | None: ...  # noqa: D102
    def read(self) -> bytes: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The files of a draft by their place in a policy folder, and what is wrong with the upload."""

    files: Mapping[str, bytes]
    problems: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the files below a folder; every path was checked on reading."""
        for name, content in self.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


class _RefusedError(Exception):
    """One file cannot be let in."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(REASONS[code].format(**facts))


def read_draft(uploads: Iterable[Upload]) -> Draft:
    """Read what was uploaded; problems are told, all that are found."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    given = list(uploads)
    # 1
    if sum(one.size or 0 for one in given) > LIMIT_BYTES:
        return Draft(files={}, problems=(_sentence("too_large", limit=LIMIT_BYTES // 1024**2),))
    for upload in given:
        for name, content in _contents(upload, problems):
            _take(files, name, content, problems)
    if sum(map(len, files.values())) > LIMIT_BYTES:
        problems.append(_sentence("too_large", limit=LIMIT_BYTES // 1024**2))
    if not files and not problems:
        problems.append(_sentence("empty"))
    return Draft(files=files, problems=tuple(problems))


def _sentence(code: str, **facts: object) -> str:
    return REASONS[code].format(**facts)


def _take(files: dict[str, bytes], name: str, content: bytes, problems: list[str]) -> None:
    # 2
    if not _PLACES.match(name):
        problems.append(_sentence("bad_path", name=_shown(name)))
        return
    if name in files:
        problems.append(_sentence("twice", name=name))
        return
    try:
        _refuse_unreadable(name, content)
        _refuse_explosive(name, content)
    except _RefusedError as refused:
        problems.append(str(refused))
        return
    files[name] = content


def _contents(upload: Upload, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield place and content of everything in one upload."""
    name, content = PurePosixPath((upload.name or "").replace("\\", "/")).name, upload.read()
    try:
        yield from _opened(name, content)
    except _RefusedError as refused:
        problems.append(str(refused))


def _opened(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"PK\x03\x04"):
        yield from _unpacked(name, content)
    elif content.startswith(b"PK\x05\x06"):
        raise _RefusedError("nothing_inside", name=_shown(name))
    elif name.lower().endswith(".zip"):
        raise _RefusedError("not_a_zip", name=_shown(name))
    elif not name.endswith(".yaml"):
        raise _RefusedError("not_yaml", name=_shown(name))
    else:
        yield _place_of(name, content), content


# zip files ---------------------------------------------------------------------------------------


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive; not more is ever unpacked than is allowed, whatever its head says."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [_named(one) for one in archive.infolist() if not one.is_dir()]
            members = [one for one in members if not _is_litter(one.filename)]
            if len(members) > LIMIT_FILES:
                raise _RefusedError("too_many", limit=LIMIT_FILES)
            common = _common_folder([one.filename for one in members])
            left = LIMIT_BYTES
            for member in members:
                text = _member(archive, member, left)
                left -= len(text)
                yield member.filename.removeprefix(common), text
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as broken:
        raise _RefusedError("not_a_zip", name=_shown(name)) from broken


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    if member.flag_bits & 0x1:
        raise _RefusedError("encrypted", name=_shown(member.filename))
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotImplementedError(member.compress_type)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise _RefusedError("not_plain", name=_shown(member.filename))
    with archive.open(member) as file:
        text = file.read(left + 1)
    if len(text) > left:
        raise _RefusedError("too_large", limit=LIMIT_BYTES // 1024**2)
    return text


def _named(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Give a member its Chinese name back, which older packing programs write in GBK without saying so."""
    if not member.flag_bits & 0x800:  # not marked as UTF-8: read as if it were of an old PC
        try:
            member.filename = member.orig_filename.encode("cp437").decode("gb18030")
        except UnicodeError:
            return member  # neither: shown as it was read
    return member


def _is_litter(name: str) -> bool:
    """Tell whether a packing program put the file there on its own."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    }


def _common_folder(names: list[str]) -> str:
    """Return the one folder in which all files lie, when it is none of a policy folder's own."""
    tops = {name.split("/", 1)[0] for name in names}
    if len(tops) == 1 and all("/" in name for name in names):
        (top,) = tops
        if top not in _FOLDERS:
            return f"{top}/"
    return ""


# single files ------------------------------------------------------------------------------------


def _place_of(name: str, content: bytes) -> str:
    """Return where in a policy folder a single file belongs: where its namesake lies, else by its content."""
    if name == "facts.yaml":
        return name
    namesakes = [
        path.relative_to(policy_folder()).as_posix()
        for top in _FOLDERS
        for path in (policy_folder() / top).rglob("*.yaml")
        if path.name == name
    ]
    if len(namesakes) == 1:
        return namesakes[0]
    keys = set(re.findall(rb"^([a-z_]+):", content, re.MULTILINE))
    for key, folder in (
        (b"parameters", "parameters"),
        (b"issuers", "documents"),
        (b"asks_of", "rules/draft"),
    ):
        if key in keys:
            return f"{folder}/{name}"
    raise _RefusedError("no_place", name=_shown(name))


# 3: what is no text, and YAML that explodes ----------------------------------------------------


def _refuse_unreadable(name: str, content: bytes) -> None:
    if not content.strip():
        raise _RefusedError("no_content", name=name)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _RefusedError("not_text", name=name, line=line, fix=NOT_TEXT) from error


def _refuse_explosive(name: str, content: bytes) -> None:
    """Walk the flat events of a file; what cannot be parsed is left to the loader, which says where."""
    depth = 0
    try:
        for event in yaml.parse(content, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _RefusedError("reference", name=name, line=line)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > LIMIT_DEPTH:
                raise _RefusedError("too_deep", name=name, line=line, limit=LIMIT_DEPTH)
    except yaml.YAMLError:
        return


def _shown(name: str) -> str:
    """Return a name as it may be shown: short, and without signs that do not print."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:120]
