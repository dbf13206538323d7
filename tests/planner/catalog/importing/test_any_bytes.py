"""Whatever bytes somebody sends: rows, rejections or a sentence, never anything else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from planner.catalog.importing.files import ChosenFile, read_file
from planner.catalog.importing.plan import plan_of
from planner.core.errors import InvalidInput
from tests.planner.catalog.importing.making import SHEET, book, csv_text, row, zipped

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
BOOK = book(row(), row(value=2.5))
TEXT = csv_text(row(), row(value="1,5"), separator=";")


def tried(name: str, content: bytes) -> None:
    said: list[str] = []
    try:
        plan = plan_of(read_file(ChosenFile(name, content)))
        said = [rejection.message for rejection in plan.rejections] or [plan.digest]
    except InvalidInput as refusal:
        said = [problem.message for problem in refusal.problems]
    assert said
    assert all(said)


@pytest.mark.django_db
@given(name=some.sampled_from(["a.csv", "a.xlsx"]), content=some.binary())
def test_bytes_of_any_kind(name: str, content: bytes) -> None:
    tried(name, content)


@pytest.mark.django_db
@given(content=some.text())
@example("key,value\n\ud800".encode("utf-16", "surrogatepass").decode("latin-1"))
def test_text_of_any_kind(content: str) -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        tried("a.csv", content.encode(encoding, "ignore"))


@pytest.mark.django_db
@given(cells=some.lists(some.text(max_size=30), min_size=19, max_size=19))
def test_cells_of_any_kind(cells: list[str]) -> None:
    headings = list(row())
    tried("a.csv", csv_text(row(), dict(zip(headings, cells, strict=True))).encode(errors="ignore"))


@pytest.mark.django_db
@given(at=some.integers(0, len(TEXT) - 1), by=some.text(max_size=3))
def test_a_good_text_with_something_else_in_it(at: int, by: str) -> None:
    tried("a.csv", (TEXT[:at] + by + TEXT[at + len(by) :]).encode(errors="ignore"))


@pytest.mark.django_db
@given(at=some.integers(0, len(BOOK) - 1), by=some.binary(min_size=1, max_size=8))
def test_a_good_workbook_with_other_bytes_in_it(at: int, by: bytes) -> None:
    tried("a.xlsx", BOOK[:at] + by + BOOK[at + len(by) :])


@pytest.mark.django_db
@given(
    part=some.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]),
    at=some.floats(0, 1),
    by=some.text("<>/=\"'&;0123456789abcrstvn:! ", max_size=12),
)
def test_a_good_workbook_with_another_part(part: str, at: float, by: str) -> None:
    def edit(old: bytes) -> bytes:
        place = int(at * len(old))
        return old[:place] + by.encode() + old[place + len(by) :]

    tried("a.xlsx", zipped(BOOK, change={part: edit}))
