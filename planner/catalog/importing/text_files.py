"""CSV as people have it: comma, semicolon or tab between the fields, UTF-8, UTF-16 or Windows-1252."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planner.catalog.importing.grids import MOST_COLUMNS, Grid, GridRow, kept_rows, refuse, shown
from planner.catalog.importing.names import recognised

_SEPARATORS = {",": gettext_lazy("commas"), ";": gettext_lazy("semicolons"), "\t": gettext_lazy("tabs")}
_NAMES = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
}
_LOOKED_AT = 40
"""Rows looked at to find the separator."""
LONGEST_LINE = 200_000
"""Characters. Longer ones would only cost time: 21 columns of notes have fewer."""


def read_text(raw: bytes) -> Grid:
    """The file as a grid. Raises InvalidInput with a sentence."""
    text, encoding = _decoded(raw)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        refuse(_("Line %(line)d holds a NUL character: this is not a text file.") % {"line": line})
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_long_lines(text)
    first, _newline, rest = text.partition("\n")
    said = first.strip().strip('"')
    skipped = 0
    if said[:4].casefold() == "sep=" and said[4:] in _SEPARATORS:  # Excel's own way to say it
        separator, text, skipped = said[4:], rest, 1
    else:
        separator = _separator_of(text)
    note = _("Read as text in %(encoding)s with %(separator)s between the fields.")
    return Grid(
        rows=kept_rows(_rows(text, separator, skipped)),
        place="line",
        notes=[note % {"encoding": encoding, "separator": _SEPARATORS[separator]}],
        separator=separator,
    )


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: what the file says of itself, else UTF-8, else Windows-1252."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif raw.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif raw[1:200:2].count(0) > 20:
        encodings = ["utf-16-le"]
    elif raw[0:200:2].count(0) > 20:
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return raw.decode(encoding), _NAMES[encoding]
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
    return refuse(
        _("Line %(line)d holds bytes that are not text. Save the file as CSV UTF-8.") % {"line": line}
    )


def _refuse_long_lines(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            sentence = _("Line %(line)d has %(length)s characters. At most %(most)s are read in one line.")
            refuse(sentence % {"line": number, "length": f"{len(line):,}", "most": f"{LONGEST_LINE:,}"})


def _separator_of(text: str) -> str:
    """The one with which some row of the first ones names the most columns; of equals, the first."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text[:LONGEST_LINE], newline=""), delimiter=separator)
        try:
            counts = [len(recognised(row)) for row in islice(reader, _LOOKED_AT)]
        except csv.Error:
            continue
        if max(counts, default=0) > most:
            best, most = separator, max(counts)
    return best


def _rows(text: str, separator: str, skipped: int) -> Iterator[GridRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for fields in reader:
            if len(fields) > MOST_COLUMNS:
                refuse(
                    _("Line %(line)d has %(count)s fields. At most %(most)d columns are read.")
                    % {"line": begins + skipped, "count": f"{len(fields):,}", "most": MOST_COLUMNS}
                )
            yield GridRow(begins + skipped, tuple(field.strip() for field in fields))
            begins = reader.line_num + 1
    except csv.Error as error:
        refuse(_why(str(error), begins + skipped))


def _why(said: str, line: int) -> str:
    """The csv module's complaint in a sentence."""
    if "field limit" in said:
        sentence = _(
            "Line %(line)d holds a field of more than %(most)s characters. "
            "Perhaps a quotation mark is never closed there."
        )
        return sentence % {"line": line, "most": f"{csv.field_size_limit():,}"}
    if "unexpected end of data" in said:
        return _("In the row that begins in line %(line)d a quotation mark is never closed.") % {"line": line}
    if "expected after" in said:
        sentence = _(
            "In the row that begins in line %(line)d text follows a closing quotation mark. "
            "Write a quotation mark inside a field twice."
        )
        return sentence % {"line": line}
    return _("Line %(line)d cannot be read: %(said)s.") % {"line": line, "said": shown(said)}
