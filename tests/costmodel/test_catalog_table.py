"""The catalog-wide table: each cell is the serving point of its chip and model, and says every step that led there."""

import math
from dataclasses import replace

import pytest

from costmodel import roofline
from costmodel.calibration.calibration import GLOBALS, STRUCTURAL, Calibration
from costmodel.calibration.chips import calibrated
from costmodel.catalog_table import Cell, compute, front
from costmodel.inputs.serving import GroupedQueryAttention
from costmodel.inputs.table import CatalogTable, ChipCard, ModelCard, OperatingPoint
from costmodel.serving import choose_serving_point, serve
from tests.costmodel.machines import CHIP, DENSE, MIXTURE, PLAIN, WORKLOAD, changed

CARD = ChipCard(
    key="chip",
    label="The Chip",
    vendor="NVIDIA",
    family="Chips",
    tflops={"bf16": 500.0, "fp8": 1000.0, "fp4": None},
    memory_gb=100.0,
    memory_tb_per_s=4.0,
    link_gb_per_s=500.0,
    scale_up_chips=8,
)
MODEL = ModelCard(served=DENSE, label="The Model", max_context_tokens=8192.0)
POINT = OperatingPoint(
    key="standard",
    label="Standard",
    input_tokens=4000.0,
    cached_share=0.5,
    output_tokens=500.0,
    minimum_tokens_per_s_per_user=30.0,
    maximum_seconds_to_first_token=3.0,
)
# The chip of the other tests, as if it had been measured.
OWN = {"memory": 0.8, "compute": 0.5, "layer_microseconds": 30.0, "collective_microseconds": 20.0}
WIDTHS = {"known": 0.2, "any software": 0.3, "new chip": 0.4, "new vendor": 0.6, "new model": 0.2}
CALIBRATION = Calibration(
    globals=OWN | {name: max(getattr(PLAIN, name), 1e-12) for name in STRUCTURAL},
    deviations={},
    offsets={"model": {"The Model": 0.0}},
    half_widths={level: {"throughput": width} for level, width in WIDTHS.items()},
    measured={"The Chip": 100},
    specifications={},
    vendors={"NVIDIA": 100},
    fitted={},
)
assert set(CALIBRATION.globals) == set(GLOBALS)


def cell(card: ChipCard = CARD, model: ModelCard = MODEL, point: OperatingPoint = POINT) -> Cell:
    question = CatalogTable(chips=(card,), models=(model,), points=(point,))
    (found,) = compute(question, CALIBRATION, traced=True)
    return found


def step(found: Cell, key: str) -> float:
    return float(next(one["value"] for one in found.trace if one["key"] == key))


def test_a_cell_is_the_serving_point_of_its_chip_and_model() -> None:
    reached = CALIBRATION.efficiency({})
    chip = changed(
        CHIP,
        attention_tflops=500.0,
        memory_efficiency=float(reached.memory),
        compute_efficiency=float(reached.compute),
    )
    point = choose_serving_point(chip, DENSE, WORKLOAD)
    told, found = serve(chip, DENSE, WORKLOAD, point), cell()
    assert (found.chips_per_replica, found.batch) == (point.chips_per_replica, point.batch)
    assert found.chip_seconds_per_1m["output"] == pytest.approx(told.chip_seconds_per_1m_output)
    assert found.output_tokens_per_chip_second == pytest.approx(500.0 * told.requests_per_chip_second)


def test_input_cached_input_and_output_add_up_to_the_chip_seconds_of_a_request() -> None:
    found = cell()
    seconds = found.chip_seconds_per_1m
    request = (2000.0 * seconds["input"] + 2000.0 * seconds["cached_input"] + 500.0 * seconds["output"]) / 1e6
    assert request == pytest.approx(500.0 / found.output_tokens_per_chip_second, rel=1e-12)


def test_there_is_a_cell_for_every_chip_model_and_point_in_their_order() -> None:
    chips = (CARD, replace(CARD, key="other"))
    points = (POINT, replace(POINT, key="fast"))
    found = compute(CatalogTable(chips=chips, models=(MODEL,), points=points), CALIBRATION)
    assert [(one.chip, one.point) for one in found] == [
        ("chip", "standard"),
        ("chip", "fast"),
        ("other", "standard"),
        ("other", "fast"),
    ]


def test_the_band_is_the_cost_at_the_ends_of_the_speed_each_at_its_own_serving_point() -> None:
    found = cell()
    assert found.status == "calibrated"
    chip = calibrated(CALIBRATION, CARD, "fp8", "The Model", False)
    assert chip.half_width == pytest.approx(0.3)

    def requests(speed: float) -> float:
        one = changed(chip.chip, speed_error=speed)
        point = choose_serving_point(one, DENSE, WORKLOAD)
        return float(serve(one, DENSE, WORKLOAD, point).requests_per_chip_second)

    assert found.low_factor == pytest.approx(requests(1.0) / requests(math.exp(0.3)))
    assert found.high_factor == pytest.approx(requests(1.0) / requests(math.exp(-0.3)))


def test_the_less_is_known_of_a_chip_the_wider_is_its_band() -> None:
    told = [cell(), cell(replace(CARD, label="A Sister")), cell(replace(CARD, label="Far", vendor="Nobody"))]
    assert [one.status for one in told] == ["calibrated", "transferred", "specification_only"]
    assert [one.high_factor for one in told] == sorted(one.high_factor for one in told)
    assert told[0].high_factor < told[2].high_factor
    sister = calibrated(CALIBRATION, replace(CARD, label="A Sister"), "fp8", "The Model", False)
    assert sister.half_width == pytest.approx(math.sqrt(0.3**2 + 0.4**2 - 0.2**2))


def test_a_model_that_does_not_fit_is_unsupported_and_the_reason_names_chip_and_model() -> None:
    found = cell(model=ModelCard(served=replace(MIXTURE, total_parameters_b=2000.0), label="Giant"))
    assert found.status == "unsupported"
    assert "Giant" in found.reason
    assert "The Chip" in found.reason
    assert found.trace == []


def test_a_request_beyond_the_context_is_unsupported_and_the_reason_says_both_lengths() -> None:
    found = cell(point=replace(POINT, input_tokens=8000.0))
    assert found.status == "unsupported"
    assert "8,192" in found.reason
    assert "8,500" in found.reason


def test_a_chip_without_the_precision_of_the_model_is_unsupported() -> None:
    found = cell(model=replace(MODEL, precision="fp4"))
    assert found.status == "unsupported"
    assert found.reason == "The Chip has no compute rate in FP4."


def test_fp8_is_taken_where_there_is_a_rate_for_it_and_bf16_elsewhere() -> None:
    assert cell().precision == "fp8"
    older = cell(replace(CARD, tflops={"bf16": 500.0, "fp8": None}))
    assert older.precision == "bf16"
    assert step(older, "weights") == pytest.approx(2 * step(cell(), "weights"))


def test_the_trace_foots_to_the_cell() -> None:
    found = cell()
    assert step(found, "seconds_output") == pytest.approx(found.chip_seconds_per_1m["output"])
    decode = step(found, "decode_step") * 1e-3
    expected = 1e6 * found.chips_per_replica * decode / found.batch
    assert found.chip_seconds_per_1m["output"] == pytest.approx(expected)
    weights = roofline.smooth_maximum(step(found, "read_weights"), step(found, "compute_weights"))
    cache = roofline.smooth_maximum(step(found, "read_cache"), step(found, "attend_cache"))
    assert (step(found, "weights_time"), step(found, "cache_time")) == pytest.approx((weights, cache))
    expected_ms = weights + cache + step(found, "exchanges") + step(found, "fixed_times")
    assert step(found, "decode_step") == pytest.approx(expected_ms / step(found, "speed_error"))


def test_a_table_has_no_traces_unless_they_are_asked_for() -> None:
    (found,) = compute(CatalogTable(chips=(CARD,), models=(MODEL,), points=(POINT,)), CALIBRATION)
    assert found.trace == []
    assert found.chip_seconds_per_1m == cell().chip_seconds_per_1m


def test_a_full_memory_is_what_binds_a_chip_that_could_serve_more_at_a_time() -> None:
    slow = replace(POINT, minimum_tokens_per_s_per_user=0.2, maximum_seconds_to_first_token=5000.0)
    small = replace(CARD, memory_gb=96.0, scale_up_chips=1)
    assert cell(small, point=slow).bound_by == "memory capacity"


def test_little_bandwidth_binds_a_chip_with_room() -> None:
    assert cell(replace(CARD, memory_tb_per_s=0.5, scale_up_chips=64)).bound_by == "memory bandwidth"


def test_layers_without_a_growing_cache_take_none() -> None:
    linear = replace(
        DENSE,
        attention=GroupedQueryAttention(kv_heads=8, head_dimension=128, linear_layers=60),
    )
    assert step(cell(model=replace(MODEL, served=linear)), "cache") == pytest.approx(
        step(cell(), "cache") / 4
    )


class TestTheFront:
    def test_no_point_beats_one_on_the_front_in_both_speeds(self) -> None:
        found = front(CARD, MODEL, POINT, CALIBRATION)
        pairs = [(one["tokens_per_s_per_user"], one["output_tokens_per_chip_second"]) for one in found]
        for one, (user, chip) in zip(found, pairs, strict=True):
            beaten = any(u >= user and c >= chip and (u, c) != (user, chip) for u, c in pairs)
            assert one["on_front"] is not beaten

    def test_the_point_of_the_cell_is_chosen_and_is_the_fastest_within_the_limits(self) -> None:
        (chosen,) = [one for one in front(CARD, MODEL, POINT, CALIBRATION) if one["chosen"]]
        assert chosen["batch"] == cell().batch
        assert chosen["output_tokens_per_chip_second"] == pytest.approx(cell().output_tokens_per_chip_second)

    def test_limits_nobody_meets_leave_the_front_without_a_chosen_point(self) -> None:
        found = front(CARD, MODEL, replace(POINT, minimum_tokens_per_s_per_user=9000.0), CALIBRATION)
        assert found
        assert not any(one["chosen"] for one in found)

    def test_a_model_that_does_not_fit_has_no_front(self) -> None:
        giant = ModelCard(served=replace(MIXTURE, total_parameters_b=2000.0), label="Giant")
        with pytest.raises(ValueError, match="does not fit"):
            front(CARD, giant, POINT, CALIBRATION)


class TestCards:
    @pytest.mark.parametrize("field", ["memory_gb", "memory_tb_per_s", "link_gb_per_s", "scale_up_chips"])
    def test_a_chip_without_memory_or_links_is_refused_by_its_name(self, field: str) -> None:
        with pytest.raises(ValueError, match=r"The Chip: its .* is 0"):
            replace(CARD, **{field: 0})

    def test_a_chip_without_any_rate_is_refused_by_its_name(self) -> None:
        with pytest.raises(ValueError, match="The Chip has no compute rate"):
            replace(CARD, tflops={"bf16": None})

    def test_a_layout_says_how_the_model_is_spread(self) -> None:
        assert cell().layout == f"TP{cell().chips_per_replica}"
        mixture = cell(replace(CARD, memory_gb=200.0), ModelCard(served=MIXTURE, label="Mixture"))
        assert mixture.layout in ("EP8 x DP8", "EP8 x TP8", "TP8")
