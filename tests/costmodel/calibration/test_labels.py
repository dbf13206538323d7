"""Labels of published deployments: what they mean, and how those that contradict themselves are read."""

import pytest

from costmodel.calibration.deployments import (
    COPIES,
    CORES,
    COUNTED_TWICE,
    DATA_SQUARED,
    EXPERTS_WIDER,
    MORE_CHIPS,
    NODES,
    NOT_UNDERSTOOD,
    has_wrong_degree,
    read_parallelism,
)
from costmodel.roofline import Layout


@pytest.mark.parametrize(
    ("label", "chips", "layout"),
    [
        ("tp8", 8, Layout(8)),
        ("dep4", 4, Layout(1, 4, True)),
        ("tp8 pp1 attn_dp1 moe_tp8 ep1", 8, Layout(8)),
        ("tp4 pp1 attn_dp1 moe_tp1 ep4", 4, Layout(4, 1, True)),
        ("tp1 pp1 attn_dp8 moe_tp1 ep8", 8, Layout(1, 8, True)),
        # A blank number of attention groups is one.
        ("tp2 pp1 attn_dp moe_tp2 ep1", 2, Layout(2)),
        ("tp4 pp1 attn_dp moe_tp2 ep2", 4, Layout(4, 1, True)),
        (" TP4 ", 4, Layout(4)),
    ],
)
def test_a_plain_label_is_read_as_it_stands(label: str, chips: int, layout: Layout) -> None:
    reading = read_parallelism(label, chips)
    assert reading.layout == layout
    assert reading.note == ""
    assert reading.chips == chips
    assert not reading.split


def test_a_blank_label_says_nothing_about_the_layout() -> None:
    assert read_parallelism("", 8).layout is None


@pytest.mark.parametrize(
    ("label", "chips", "layout", "note"),
    [
        # Two cores of a chip are one chip: the label counts cores, the chip count is believed.
        ("tp32 NeuronCores", 16, Layout(16), CORES),
        ("tp64 logical cores", 16, Layout(16), CORES),
        ("2 nodes InfiniBand", 16, Layout(16), NODES),
        ("hello", 8, Layout(8), NOT_UNDERSTOOD),
        ("tp2", 8, Layout(2), COPIES),
        ("tp64", 8, Layout(64), MORE_CHIPS),
    ],
)
def test_a_label_that_does_not_say_all_says_how_it_was_read(
    label: str, chips: int, layout: Layout, note: str
) -> None:
    reading = read_parallelism(label, chips)
    assert (reading.layout, reading.note) == (layout, note)


@pytest.mark.parametrize("label", ["tp0", "dep0", "tp0 pp1 attn_dp0 moe_tp0 ep0", "tp2048", "tp" + "9" * 400])
def test_a_degree_nobody_runs_is_noticed(label: str) -> None:
    assert has_wrong_degree(label)
    assert not has_wrong_degree("tp8 pp1 attn_dp1 moe_tp1 ep8")


@pytest.mark.parametrize(
    ("label", "chips", "layout", "note"),
    [
        ("tp64 pp1 attn_dp1 moe_tp8 ep8", 64, Layout(8, 1, True), COUNTED_TWICE),
        ("tp16 pp1 attn_dp1 moe_tp4 ep4", 16, Layout(4, 1, True), COUNTED_TWICE),
        ("tp1 pp1 attn_dp64 moe_tp8 ep8", 64, Layout(1, 8, True), COUNTED_TWICE),
        ("tp4 pp1 attn_dp4 moe_tp1 ep16", 16, Layout(1, 4, True), DATA_SQUARED),
        ("tp2 pp1 attn_dp2 moe_tp1 ep4", 4, Layout(1, 2, True), DATA_SQUARED),
        ("tp1 pp1 attn_dp moe_tp2 ep1", 1, Layout(2), EXPERTS_WIDER),
        ("tp2 pp1 attn_dp moe_tp4 ep1", 2, Layout(4), EXPERTS_WIDER),
    ],
)
def test_a_label_that_contradicts_itself_is_read_anew_and_says_so(
    label: str, chips: int, layout: Layout, note: str
) -> None:
    reading = read_parallelism(label, chips)
    assert (reading.layout, reading.note) == (layout, note)
    assert reading.chips != chips  # the contradiction


def test_split_pools_keep_prefill_and_decode_apart() -> None:
    plain = read_parallelism("1 prefill x tp2, 3 decode x tp2", 8)
    assert plain.split
    assert (plain.prefillers, plain.prefill_chips) == (1, 2)
    assert (plain.decoders, plain.layout) == (3, Layout(2))
    assert plain.chips == 8


def test_split_pools_of_different_layouts_add_up_to_the_chip_count() -> None:
    wide = read_parallelism("prefill 1x(tp1 dp4 ep4) decode 5x(tp8 dp1 ep8)", 44)
    assert (wide.prefillers, wide.prefill_chips, wide.decoders) == (1, 4, 5)
    assert wide.layout == Layout(8, 1, True)
    assert wide.chips == 44
