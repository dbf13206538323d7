"""`manage.py cost_table`: rows on stdout, or one plain sentence per problem and nothing written."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from planner.runs.cost_table.documents import table_document
from planner.runs.cost_table.template import table_template
from planner.runs.engine import catalog_table
from tests.planner.scenarios.small_document import small_document


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("cost_table", *arguments, stdout=out)
    return out.getvalue()


def rows_of(document: Any, folder: Path) -> list[dict[str, Any]]:
    file = folder / "table.json"
    file.write_text(json.dumps(document))
    found: list[dict[str, Any]] = json.loads(printed(str(file), "--json"))["rows"]
    return found


def refused(document: Any, folder: Path) -> str:
    """The sentences of a refusal; nothing may have been written to stdout."""
    file, out = folder / "table.json", io.StringIO()
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    with pytest.raises(SystemExit) as ended:
        call_command("cost_table", str(file), "--json", stdout=out)
    assert out.getvalue() == ""
    assert isinstance(ended.value.code, str)  # text: Python prints it on stderr and ends with status 1
    return ended.value.code


def changed(path: str, value: Any) -> dict[str, Any]:
    """The template with one value changed; `path` is "chips.0.memory_gb"; None takes it away."""
    document: Any = copy.deepcopy(table_template())
    here, names = document, path.split(".")
    for name in names[:-1]:
        here = here[int(name)] if name.isdigit() else here[name]
    if value is None:
        del here[names[-1]]
    else:
        here[int(names[-1]) if names[-1].isdigit() else names[-1]] = value
    found: dict[str, Any] = document
    return found


def test_the_template_is_a_table(tmp_path: Path) -> None:
    found = rows_of(json.loads(printed("--template")), tmp_path)
    assert len(found) == 3 * 2 * 2
    assert {row["chip"]: row["status"] for row in found} == {"h100": "calibrated", "trainium2": "transferred"}


def test_every_served_row_names_its_layout_in_json_and_in_text(tmp_path: Path) -> None:
    served = [*rows_of(table_template(), tmp_path), *rows_of(small_document(), tmp_path)]
    assert all(row["layout"] for row in served)
    file = tmp_path / "table.json"
    file.write_text(json.dumps(small_document()))
    lines = printed(str(file)).splitlines()
    assert lines[0].split()[5] == "Layout"
    for line, row in zip(lines[1:], rows_of(small_document(), tmp_path), strict=False):
        assert f"  {row['layout']}  " in line


def test_every_row_adds_up(tmp_path: Path) -> None:
    for row in rows_of(table_template(), tmp_path):
        assert sum(row["chip_hour_parts"].values()) == pytest.approx(row["chip_hour_usd"], rel=1e-12)
        assert sum(row["request_parts"].values()) == pytest.approx(row["request_usd"], rel=1e-12)
        assert row["low_usd_per_1m_output"] < row["usd_per_1m_output"] < row["high_usd_per_1m_output"]


def test_price_and_utilisation_enter_as_equation_e8_says(tmp_path: Path) -> None:
    for row in rows_of(table_template(), tmp_path):
        seconds = next(step["value"] for step in row["trace"] if step["key"] == "seconds_output")
        assert row["usd_per_1m_output"] == pytest.approx(
            seconds * row["chip_hour_usd"] / 3600.0 / row["utilisation"]
        )


def test_half_the_use_of_paid_hours_doubles_every_price(tmp_path: Path) -> None:
    full, half = (rows_of(changed("utilisation", share), tmp_path) for share in (1.0, 0.5))
    for one, other in zip(full, half, strict=True):
        assert other["usd_per_1m_input"] == pytest.approx(2 * one["usd_per_1m_input"])
        assert other["request_usd"] == pytest.approx(2 * one["request_usd"])


def test_an_owned_hour_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    owned = next(row for row in rows_of(table_template(), tmp_path) if row["price"] == "h100-owned")
    # 40,625 over five years at 10%: a quarterly rate of 2.4114% gives 0.063611 of it a quarter.
    assert owned["chip_hour_parts"]["it_capital_usd"] == pytest.approx(
        40625.0 * 0.0636113 / (2190.0 * 0.97), rel=1e-4
    )
    assert owned["chip_hour_parts"]["colocation_usd"] == pytest.approx(137.5 * 1.73 * 3 / (2190.0 * 0.97))
    assert owned["chip_hour_parts"]["power_usd"] == pytest.approx(1.73 * 0.6 * 0.0806 / 0.97)


def test_a_model_that_fits_no_replica_is_a_row_that_says_so(tmp_path: Path) -> None:
    document = changed("models.1.total_parameters_b", 50_000.0)
    found = {(row["price"], row["model"]): row for row in rows_of(document, tmp_path)}
    row = found["h100-list", "gpt-oss-120b"]
    assert row["status"] == "unsupported"
    assert "gpt-oss-120b does not fit on H100" in row["reason"]
    assert row["usd_per_1m_output"] is None
    assert found["h100-list", "llama-3-1-70b"]["status"] == "calibrated"


def test_a_table_in_which_nothing_is_served_is_refused_with_the_reasons(tmp_path: Path) -> None:
    document = changed("models", [{**table_template()["models"][1], "total_parameters_b": 50_000.0}])
    said = refused(document, tmp_path)
    assert "does not fit on H100" in said
    assert "does not fit on Trainium2" in said


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("chips.0.memory_tb_per_s", 0.0, "chips[h100].memory_tb_per_s: Memory bandwidth is 0."),
        ("chips.0.link_gb_per_s", 0.0, "chips[h100].link_gb_per_s: Link bandwidth is 0."),
        ("chips.0.memory_gb", 0.0, "chips[h100].memory_gb: Memory is 0."),
        ("chips.0.dense_tflops", {}, "No compute rate is given."),
        ("chips.0.dense_tflops", {"fp4": 9000.0}, "H100 has no compute rate in FP8 or BF16, in which"),
        ("models.0.precision", "fp4", "H100 has no compute rate in FP4, in which Llama-3.1-70B"),
        ("models.0.precision", "int2", "Precision is “int2”. It must be one of: bf16, fp8, fp4"),
        (
            "models.0.max_context_tokens",
            9000.0,
            "9,216 tokens, but Llama-3.1-70B holds 9,000 tokens of context.",
        ),
        ("models.0.layers", None, "models[llama-3-1-70b].layers: Layers is missing."),
        (
            "models.1.experts.per_token",
            129,
            "models[gpt-oss-120b].experts.per_token: Experts per token is 129. It must be at most the 128",
        ),
        (
            "models.1.experts.layers",
            37,
            "models[gpt-oss-120b].experts.layers: Layers with experts is 37. The model has 36 layers.",
        ),
        (
            "models.1.attention.windowed_layers",
            37,
            "models[gpt-oss-120b].attention.windowed_layers: Windowed and linear layers are 37 together.",
        ),
        (
            "models.1.attention.window_tokens",
            0,
            "models[gpt-oss-120b].attention.window_tokens: Window is 0 tokens. It must be at least 1",
        ),
        (
            "models.0.attention.linear_layers",
            8,
            "models[llama-3-1-70b].attention.linear_state_values: State of a linear layer is 0.",
        ),
        (
            "models.0.embedding_parameters_b",
            71.0,
            "models[llama-3-1-70b].embedding_parameters_b: Embedding parameters is 71. It must be below",
        ),
        (
            "models.0.active_parameters_b",
            80.0,
            "models[llama-3-1-70b].active_parameters_b: Active parameters is 80. It must be at most",
        ),
        ("prices.0.usd_per_chip_hour", -1.0, "prices[h100-list].usd_per_chip_hour: Price is -1."),
        (
            "prices.0.usd_per_chip_hour",
            None,
            "Price h100-list has neither a price of a chip-hour nor owned parts.",
        ),
        ("prices.0.usd_per_chip_hour", "2.95", "Price is “2.95”. It must be a number."),
        ("prices.0.currency", "EUR", "Price h100-list is in EUR. A chip-hour must be in USD."),
        ("prices.0.chip", "h900", "Price h100-list is for the chip “h900”, which is not in chips."),
        ("prices.0.kind", ["list", "spot"], "Price kind is a list. It must be one of:"),
        ("prices.0.kind", "cheap", "Price kind is “cheap”. It must be one of:"),
        (
            "prices.1.usd_per_chip_hour",
            2.0,
            "Price h100-owned mixes kinds: it has a rented price and owned parts.",
        ),
        ("prices.1.kind", "list", "Price h100-owned mixes kinds: owned parts make an owner's cost"),
        ("prices.1.owned.it_capex_usd_per_chip", -5.0, "prices[h100-owned].owned.it_capex_usd_per_chip:"),
        ("prices.1.key", "h100-list", "The key “h100-list” is used twice."),
        ("prices", [], "Prices: the list is empty."),
        ("operating_points.0.cached_share", 1.0, "Cached share of prompt is 100%."),
        ("utilisation", 0.0, "utilisation: Use of paid hours is 0%. It must be between 1% and 100%."),
        ("schema_version", 2, "Schema version is 2. It must be one of: 1."),
        ("colour", "blue", "“colour” is not a field here."),
    ],
)
def test_what_is_wrong_is_one_sentence_that_names_it(
    path: str, value: Any, says: str, tmp_path: Path
) -> None:
    said = refused(changed(path, value), tmp_path)
    assert says in said
    assert "Traceback" not in said


def repeated(part: dict[str, Any], times: int) -> list[dict[str, Any]]:
    """The part so many times, each under a key of its own."""
    return [{**part, "key": f"p{number}"} for number in range(times)]


def test_a_table_of_too_many_rows_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    whole = table_template()
    parts = {name: repeated(whole[name][0], 20) for name in ("models", "operating_points")}
    said = refused({**whole, **parts, "prices": repeated(whole["prices"][0], 51)}, tmp_path)
    assert said == (
        "prices: 51 prices x 20 models x 20 operating points make 20,400 rows."
        " A table may have at most 20,000. Leave some out, or split the table."
    )
    assert table_document({**whole, **parts, "prices": repeated(whole["prices"][0], 50)})


def test_chips_without_a_price_are_not_computed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    computed: list[str] = []
    honest = catalog_table.cells

    def watched(chips: Any, *rest: Any) -> Any:
        computed.extend(chip.key for chip in chips)
        return honest(chips, *rest)

    monkeypatch.setattr(catalog_table, "cells", watched)
    rows_of(changed("prices", table_template()["prices"][:2]), tmp_path)
    assert computed == ["h100"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"prices": NaN}', "null", "3"])
def test_what_is_no_document_is_refused_in_words(text: str, tmp_path: Path) -> None:
    assert refused(text, tmp_path)


def test_a_file_that_is_not_there_and_none_at_all_are_refused() -> None:
    for arguments, says in ((["/no/such.json"], "There is no file"), ([], "Name a file")):
        with pytest.raises(SystemExit) as ended:
            call_command("cost_table", *arguments)
        assert says in str(ended.value.code)


def test_without_json_it_is_a_table_of_text(tmp_path: Path) -> None:
    file = tmp_path / "table.json"
    file.write_text(json.dumps(changed("models.1.total_parameters_b", 50_000.0)))
    lines = printed(str(file)).splitlines()
    assert lines[0].split()[:3] == ["Chip", "Model", "Point"]
    assert any("gpt-oss-120b does not fit on H100" in line for line in lines)


class TestAScenario:
    def test_its_table_has_the_same_rows_as_its_result(self, tmp_path: Path) -> None:
        from planner.runs import computing, engine

        document = small_document()
        found = rows_of(document, tmp_path)
        result = computing.result_of_inputs(engine.inputs_of_json(document), draws=500, seed=1, workers=1)
        told = [row["usd_per_1m_output"] for row in result["cost_table"]]
        assert [row["usd_per_1m_output"] for row in found] == pytest.approx(told)
        assert [row["layout"] for row in found] == [row["layout"] for row in result["cost_table"]]

    def test_every_row_adds_up(self, tmp_path: Path) -> None:
        for row in rows_of(small_document(), tmp_path):
            assert sum(row["chip_hour_parts"].values()) == pytest.approx(row["chip_hour_usd"], rel=1e-12)
            assert sum(row["request_parts"].values()) == pytest.approx(row["request_usd"], rel=1e-12)
            assert row["price_kind"] in ("owners_cost", "contract", "on_demand")

    def test_a_chip_that_cannot_serve_the_model_is_refused_in_words(self, tmp_path: Path) -> None:
        document = small_document(**{"model.total_parameters_b": 100_000.0})
        assert "does not fit on" in refused(document, tmp_path)
