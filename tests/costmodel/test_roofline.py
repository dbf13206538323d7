"""E1-E4 against figures published for open models and against sums done by hand."""

import math

import numpy as np
import pytest

from costmodel import roofline
from costmodel.inputs.serving import GroupedQueryAttention
from costmodel.roofline import Layout, replica
from tests.costmodel.machines import CHIP, DENSE, MIXTURE, PLAIN, changed

ONE, FOUR, EIGHT = Layout(1), Layout(4), Layout(8)
APART = Layout(1, 8, True)


def with_structure(**changes: float) -> object:
    """The chip with some numbers of its structure changed."""
    return changed(CHIP, structure=changed(PLAIN, **changes))


def test_a_70b_model_with_8_kv_heads_keeps_327680_bytes_per_token_at_16_bits() -> None:
    assert DENSE.layers * roofline.cache_bytes_per_layer(DENSE, 2.0) == 327_680


def test_latent_attention_keeps_70272_bytes_per_token_at_16_bits() -> None:
    assert MIXTURE.layers * roofline.cache_bytes_per_layer(MIXTURE, 2.0) == 70_272


def test_sliding_layers_stop_growing_at_their_window() -> None:
    attention = GroupedQueryAttention(kv_heads=8, head_dimension=128, windowed_layers=40, window_tokens=128)
    half, whole = replica(CHIP, changed(DENSE, attention=attention), ONE), replica(CHIP, DENSE, ONE)
    assert roofline.cache_gb(half, 128.0) == pytest.approx(roofline.cache_gb(whole, 128.0))
    grown = roofline.cache_gb(half, 1128.0) - roofline.cache_gb(half, 128.0)
    assert grown == pytest.approx(1000 * 40 * 2 * 8 * 128 / 1e9)


def test_linear_layers_keep_a_state_that_does_not_grow_and_no_cache() -> None:
    attention = GroupedQueryAttention(
        kv_heads=8, head_dimension=128, linear_layers=60, linear_state_values=1e6
    )
    held = replica(CHIP, changed(DENSE, attention=attention), ONE)
    assert roofline.cache_gb(held, 0.0) == pytest.approx(60 * 1e6 * 2 / 1e9)
    assert roofline.cache_gb(held, 1000.0) - roofline.cache_gb(held, 0.0) == pytest.approx(
        1000 * 20 * 2 * 8 * 128 / 1e9
    )


def test_a_batch_of_32_touches_64_percent_of_256_experts_with_8_each() -> None:
    assert roofline.experts_touched_share(replica(CHIP, MIXTURE, ONE), 32) == pytest.approx(0.638, abs=0.001)
    assert roofline.experts_touched_share(replica(CHIP, DENSE, ONE), 32) == 0.0
    reused = replica(with_structure(expert_reuse=0.5), MIXTURE, ONE)
    assert roofline.experts_touched_share(reused, 64) == pytest.approx(0.638, abs=0.001)


def test_one_request_reads_the_active_experts_only() -> None:
    read, _cache = roofline.reading_s(replica(CHIP, MIXTURE, ONE), 1.0, 1000.0)
    assert read == pytest.approx(671.0 * (0.03 + 0.97 * 8 / 256) / (4e3 * 0.8))


def test_the_busiest_chip_counts_where_experts_are_whole_on_a_chip() -> None:
    chip = with_structure(expert_imbalance=1.5)
    cut, apart = replica(chip, MIXTURE, EIGHT), replica(chip, MIXTURE, Layout(8, 1, True))
    few, many = roofline.reading_s(cut, 8.0, 1.0)[0], roofline.reading_s(apart, 8.0, 1.0)[0]
    experts = 0.97 * 671.0 * roofline.experts_touched_share(cut, 8.0) / 8 / (4e3 * 0.8)
    assert many - few == pytest.approx(0.5 * experts)


def test_smooth_maximum_is_the_larger_when_they_differ_and_19_percent_more_when_equal() -> None:
    assert roofline.smooth_maximum(1.0, 0.0) == 1.0
    assert roofline.smooth_maximum(0.0, 0.0) == 0.0
    assert roofline.smooth_maximum(2.0, 2.0) == pytest.approx(2.0 * 2**0.25)
    assert roofline.smooth_maximum(10.0, 1.0) == pytest.approx(10.0, rel=1e-4)


def test_a_decode_step_on_one_chip_is_the_sum_done_by_hand() -> None:
    with_weights, reading = 16 * 2 * 70.6e9 / 0.5e15, 70.6e9 / 3.2e12
    attending, cache = 16 * 4 * 64 * 128 * 80 * 1000 / 0.5e15, 16 * 1000 * 163_840 / 3.2e12
    expected = (with_weights**4 + reading**4) ** 0.25 + (attending**4 + cache**4) ** 0.25 + 80 * 30e-6
    assert roofline.decode_step_s(replica(CHIP, DENSE, ONE), 16.0, 1000.0) == pytest.approx(
        expected, rel=1e-12
    )


def test_fixed_times_are_multiples_of_the_time_per_layer() -> None:
    chip = with_structure(step=2.0, request=0.5, expert_layer=0.25)
    assert roofline.fixed_s(replica(chip, DENSE, ONE), 16.0) == pytest.approx(30e-6 * (80 + 2 + 8))
    assert roofline.fixed_s(replica(chip, MIXTURE, APART), 16.0) == pytest.approx(
        30e-6 * (61 + 61 * 0.25 + 2 + 1)
    )


def test_collectives_cost_nothing_on_one_chip_and_time_and_bytes_on_eight() -> None:
    assert roofline.collective_s(replica(CHIP, DENSE, ONE), 16.0) == 0.0
    moved = 2 * (7 / 8) * 16 * 8192 * 2 / 500e9
    assert roofline.collective_s(replica(CHIP, DENSE, EIGHT), 16.0) == pytest.approx(160 * (20e-6 + moved))
    sent = 16 / 8 * 8 * (7 / 8) * 7168 * 1.5 / 500e9
    assert roofline.collective_s(replica(CHIP, MIXTURE, APART), 16.0) == pytest.approx(
        61 * 20e-6 + 122 * sent
    )


def test_a_replica_over_two_domains_waits_longer_for_each_collective() -> None:
    near, far = changed(CHIP, scale_up_chips=16), with_structure(beyond_domain=5.0)
    inside = roofline.collective_s(replica(near, DENSE, Layout(16)), 0.0)
    assert roofline.collective_s(replica(far, DENSE, Layout(16)), 0.0) == pytest.approx(5.0 * inside)


def test_more_chips_than_heads_of_the_cache_store_it_again() -> None:
    assert roofline.cache_copies(DENSE, EIGHT) == 1.0
    assert roofline.cache_copies(DENSE, Layout(16)) == 2.0
    assert roofline.cache_copies(MIXTURE, EIGHT) == 8.0
    assert roofline.cache_copies(MIXTURE, APART) == 1.0


def test_the_largest_batch_fills_the_memory_left_by_the_weights() -> None:
    free_gb = 2 * (100 * 0.9 - 3.5) - 70.6
    assert roofline.largest_batch(replica(CHIP, DENSE, Layout(2)), 1000.0) == pytest.approx(
        free_gb / (1000 * 163_840 / 1e9)
    )
    assert roofline.largest_batch(replica(CHIP, MIXTURE, ONE), 1000.0) < 0


def test_four_bit_experts_take_half_a_byte_and_what_lies_outside_them_takes_its_own_bytes() -> None:
    chip = changed(CHIP, weight_bytes=0.5, dense_weight_bytes=2.0)
    held = replica(chip, changed(MIXTURE, embedding_parameters_b=1.0), ONE)
    assert roofline.weights_gb_per_chip(held) == pytest.approx(
        671 * 0.97 * 0.5 + (671 * 0.03 - 1) * 2 + 1 * 2
    )


def test_prefill_without_a_cached_prefix_costs_two_flops_per_parameter_and_causal_attention() -> None:
    fresh, prefix = roofline.prefill_s(replica(CHIP, DENSE, ONE), 2000.0, 0.0)
    attention = 2 * 64 * 256 * 80 * 2000 * 1000
    assert prefix == 0.0
    assert fresh == pytest.approx((2 * 70.6e9 * 2000 + attention) / 0.5e15)


def test_a_cached_token_costs_a_small_part_of_a_new_one_and_its_rate_is_known_without_any() -> None:
    held = replica(CHIP, DENSE, FOUR)
    fresh, prefix = roofline.prefill_s(held, 2000.0, 2000.0)
    assert 0.005 < prefix / fresh < 0.15
    rate = roofline.prefix_s_per_token(held, 2000.0, 2000.0)
    assert rate * 2000.0 == pytest.approx(prefix)
    assert roofline.prefix_s_per_token(held, 2000.0, 0.0) == pytest.approx(rate, rel=1e-6)


def test_a_checked_draft_computes_more_and_reads_the_cache_once() -> None:
    held = replica(CHIP, DENSE, ONE)
    plain, checked = roofline.reading_s(held, 8.0, 1000.0), roofline.reading_s(held, 8.0, 1000.0, 4.0)
    assert checked == pytest.approx(plain)
    assert roofline.computing_s(held, 8.0, 1000.0, 4.0)[0] == pytest.approx(
        4 * roofline.computing_s(held, 8.0, 1000.0)[0]
    )


def test_layouts_are_written_as_people_write_them() -> None:
    assert [str(layout) for layout in (ONE, EIGHT, APART, Layout(2, 4, True))] == [
        "1 chip",
        "TP8",
        "EP8 x DP8",
        "EP8 x TP2 x DP4",
    ]


def test_draws_broadcast_and_match_one_at_a_time() -> None:
    active = np.array([30.0, 70.0, 110.0])
    together = roofline.decode_step_s(
        replica(CHIP, changed(DENSE, active_parameters_b=active), FOUR), 32.0, 2000.0
    )
    for value, step in zip(active, together, strict=True):
        alone = changed(DENSE, active_parameters_b=float(value))
        assert math.isclose(
            step, roofline.decode_step_s(replica(CHIP, alone, FOUR), 32.0, 2000.0), rel_tol=1e-14
        )


def test_stacked_replicas_are_the_replicas_side_by_side() -> None:
    alone = [replica(CHIP, DENSE, FOUR), replica(with_structure(step=3.0), MIXTURE, APART)]
    together = roofline.decode_step_s(roofline.stacked(alone), 32.0, 2000.0)
    assert together == pytest.approx([roofline.decode_step_s(one, 32.0, 2000.0) for one in alone], rel=1e-14)
