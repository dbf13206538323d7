"""Whether a ZIP archive may be opened as a workbook: everything is checked before anything is parsed."""

import io
import re
import stat
import zipfile
import zlib

from django.utils.translation import gettext as _

from planner.catalog.importing.grids import refuse, shown

MOST_PARTS = 1_000
MOST_UNPACKED = 20_000_000
"""Bytes of all parts together. A full import of 2,000 rows unpacks to some 3 MB."""
HIGHEST_RATIO = 100
_RATIO_COUNTS_FROM = 100_000
"""Bytes: a small part of spaces may well pack a hundredfold and harms nobody."""
MOST_TAGS = 400_000
"""Of all sheets and the table of texts together: each becomes an object of some 100 bytes for a while."""
MOST_OTHER_TAGS = 20_000
"""Of any other part: styles are slow to read, and no honest workbook has so many."""
_MANY_TAGS = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml\Z", re.IGNORECASE)
_NEVER_READ = re.compile(r"xl/(drawings|charts|media|theme|printerSettings|pivotCache|pivotTables|tables)/")
_ARCHIVE = re.compile(r"\.(zip|xlsx|xlsm|xlsb|ods|jar|gz|7z|rar|tar)\Z", re.IGNORECASE)
_MACRO = re.compile(r"(vbaProject\.bin|/macrosheets/.*)\Z", re.IGNORECASE)


def checked_archive(raw: bytes) -> zipfile.ZipFile:
    """The archive, which holds a workbook and nothing that harms. Raises InvalidInput with a sentence."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        refuse(_("The file is damaged: it begins like a workbook, but is not whole. Save it anew as .xlsx."))
    if len(parts) > MOST_PARTS:
        sentence = _("The workbook consists of %(count)s parts. At most %(most)s are read.")
        refuse(sentence % {"count": f"{len(parts):,}", "most": f"{MOST_PARTS:,}"})
    _refuse_odd_parts(parts)
    _refuse_bomb(parts)
    _refuse_other_kinds({part.filename for part in parts})
    _refuse_heavy_xml(archive, parts)
    return archive


def _refuse_odd_parts(parts: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.filename
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
            refuse(_("The workbook holds a part outside itself, “%(name)s”.") % {"name": shown(name)})
        if stat.S_ISLNK(part.external_attr >> 16):
            refuse(_("The workbook holds a link instead of a part, “%(name)s”.") % {"name": shown(name)})
        if part.flag_bits & 1:
            refuse(_("The workbook is protected by a password. Save it without one."))
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            refuse(_("The workbook is packed in an unusual way. Save it anew as .xlsx."))
        if name in seen:
            refuse(_("The workbook holds the part “%(name)s” twice.") % {"name": shown(name)})
        if _ARCHIVE.search(name):
            refuse(
                _("The workbook holds another archive, “%(name)s”. Remove it and save anew.")
                % {"name": shown(name)}
            )
        seen.add(name)


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    """By the sizes the archive declares: Python's reader never unpacks more than these."""
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        sentence = _("The workbook unpacks to %(size)s MB. At most %(most)s MB are read.")
        refuse(sentence % {"size": f"{unpacked / 1e6:,.0f}", "most": f"{MOST_UNPACKED / 1e6:,.0f}"})
    for part in parts:
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > _RATIO_COUNTS_FROM and ratio > HIGHEST_RATIO:
            sentence = _(
                "A part of the workbook, “%(name)s”, unpacks to %(ratio)s times its size. "
                "At most %(most)d times are read."
            )
            refuse(sentence % {"name": shown(part.filename), "ratio": f"{ratio:,.0f}", "most": HIGHEST_RATIO})


def _refuse_other_kinds(names: set[str]) -> None:
    if any(_MACRO.search(name) for name in names):
        refuse(_("The workbook holds macros. Save it as a workbook without macros (.xlsx)."))
    if "xl/workbook.bin" in names:
        refuse(_("This is a binary workbook (.xlsb). Save it as .xlsx."))
    if "mimetype" in names and "content.xml" in names:
        refuse(_("This is an OpenDocument file (.ods). Save it as .xlsx or CSV."))
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        refuse(_("This is a ZIP archive, but not a workbook. Choose an .xlsx or a .csv file."))


def _refuse_heavy_xml(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Counts tags in the bytes, which is quick, before a parser turns each into an object, which is not."""
    tags = 0
    for part in parts:
        name = part.filename
        if _NEVER_READ.match(name) or not name.lower().endswith((".xml", ".rels")):
            continue
        content = _unpacked(archive, part)
        if name == "[Content_Types].xml" and b"macroEnabled" in content:
            refuse(_("The workbook holds macros. Save it as a workbook without macros (.xlsx)."))
        marks = content.count(b"<") + content.count(b"=") // 4
        if _MANY_TAGS.match(name):
            tags += marks
        elif marks > MOST_OTHER_TAGS:
            sentence = _("A part of the workbook, “%(name)s”, is too long: more than %(most)s marks.")
            refuse(sentence % {"name": shown(name), "most": f"{MOST_OTHER_TAGS:,}"})
    if tags > MOST_TAGS:
        refuse(_("The workbook holds too many cells. Copy the sheet to import into a workbook of its own."))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        refuse(_("The file is damaged: “%(name)s” cannot be unpacked.") % {"name": shown(part.filename)})
