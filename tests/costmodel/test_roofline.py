"""E1-E4 against figures published for open models and against sums done by hand."""

import math

import numpy as np
import pytest

from costmodel import roofline
from costmodel.inputs.serving import GroupedQueryAttention
from tests.costmodel.machines import CHIP, DENSE, MIXTURE, changed


def test_a_70b_model_with_8_kv_heads_keeps_327680_bytes_per_token_at_16_bits() -> None:
    assert DENSE.layers * roofline.cache_bytes_per_layer(DENSE, 2.0) == 327_680


def test_latent_attention_keeps_70272_bytes_per_token_at_16_bits() -> None:
    assert MIXTURE.layers * roofline.cache_bytes_per_layer(MIXTURE, 2.0) == 70_272


def test_sliding_layers_stop_growing_at_their_window() -> None:
    half = changed(
        DENSE,
        attention=GroupedQueryAttention(
            kv_heads=8, head_dimension=128, windowed_layers=40, window_tokens=128
        ),
    )
    per_token_gb = 40 * roofline.cache_bytes_per_layer(half, CHIP.cache_bytes) / 1e9
    assert roofline.cache_gb(CHIP, half, 128.0) == pytest.approx(roofline.cache_gb(CHIP, DENSE, 128.0))
    grown = roofline.cache_gb(CHIP, half, 1128.0) - roofline.cache_gb(CHIP, half, 128.0)
    assert grown == pytest.approx(1000 * per_token_gb)


def test_a_batch_of_32_touches_64_percent_of_256_experts_with_8_each() -> None:
    assert roofline.experts_touched_share(MIXTURE, 32) == pytest.approx(0.638, abs=0.001)
    assert roofline.experts_touched_share(DENSE, 32) == 1.0


def test_one_request_reads_the_active_experts_only() -> None:
    assert roofline.weights_read_gb(CHIP, MIXTURE, 1.0) == pytest.approx(671.0 * (0.03 + 0.97 * 8 / 256))


def test_smooth_maximum_is_the_larger_when_they_differ_and_19_percent_more_when_equal() -> None:
    assert roofline.smooth_maximum(1.0, 0.0) == 1.0
    assert roofline.smooth_maximum(0.0, 0.0) == 0.0
    assert roofline.smooth_maximum(2.0, 2.0) == pytest.approx(2.0 * 2**0.25)
    assert roofline.smooth_maximum(10.0, 1.0) == pytest.approx(10.0, rel=1e-4)


def test_a_decode_step_on_one_chip_is_the_sum_done_by_hand() -> None:
    computing = 16 * (2 * 70.6e9 + 4 * 64 * 128 * 80 * 1000) / (1000e12 * 0.5)
    reading = (70.6e9 + 16 * 1000 * 163_840) / (4e12 * 0.8)
    expected = (computing**4 + reading**4) ** 0.25 + 80 * 30e-6
    assert roofline.decode_step_s(CHIP, DENSE, 1, 16.0, 1000.0) == pytest.approx(expected, rel=1e-12)


def test_collectives_cost_nothing_on_one_chip_and_time_and_bytes_on_eight() -> None:
    assert roofline.collective_s(CHIP, DENSE, 1, 16.0) == 0.0
    bytes_moved = 2 * (7 / 8) * 16 * 8192 * 2
    assert roofline.collective_s(CHIP, DENSE, 8, 16.0) == pytest.approx(160 * (20e-6 + bytes_moved / 500e9))
    tokens_out = 16 / 8 * 8 * (7 / 8) * 7168 * 2
    assert roofline.collective_s(CHIP, MIXTURE, 8, 16.0) == pytest.approx(122 * (20e-6 + tokens_out / 500e9))


def test_more_chips_than_kv_heads_store_the_cache_again_only_in_a_dense_model() -> None:
    assert roofline.cache_copies(DENSE, 8) == 1.0
    assert roofline.cache_copies(DENSE, 16) == 2.0
    assert roofline.cache_copies(MIXTURE, 64) == 1.0


def test_the_largest_batch_fills_the_memory_left_by_the_weights() -> None:
    free_gb = 2 * (100 * 0.9 - 3.5) - 70.6
    assert roofline.largest_batch(CHIP, DENSE, 2, 1000.0) == pytest.approx(free_gb / (1000 * 163_840 / 1e9))
    assert roofline.largest_batch(CHIP, MIXTURE, 1, 1000.0) < 0


def test_prefill_without_a_cached_prefix_costs_two_flops_per_parameter_and_causal_attention() -> None:
    fresh, prefix = roofline.prefill_s(CHIP, DENSE, 1, 2000.0, 0.0)
    attention = 2 * 64 * 256 * 80 * 2000 * 1000
    assert prefix == 0.0
    assert fresh == pytest.approx((2 * 70.6e9 * 2000 + attention) / 0.5e15 + 80 * 30e-6)


def test_a_long_prompt_pays_the_fixed_times_once_for_each_pass() -> None:
    slow = changed(CHIP, layer_microseconds=1030.0)
    for tokens, passes in ((1000.0, 1.0), (8192.0, 1.0), (32768.0, 4.0)):
        extra = roofline.prefill_s(slow, DENSE, 1, tokens, 0.0)[0]
        extra -= roofline.prefill_s(CHIP, DENSE, 1, tokens, 0.0)[0]
        assert extra == pytest.approx(passes * 80 * 1e-3)


def test_a_cached_token_costs_a_small_part_of_a_new_one_and_its_rate_is_known_without_any() -> None:
    fresh, prefix = roofline.prefill_s(CHIP, DENSE, 4, 2000.0, 2000.0)
    assert 0.005 < prefix / fresh < 0.15
    rate = roofline.prefix_s_per_token(CHIP, DENSE, 4, 2000.0, 2000.0)
    assert rate * 2000.0 == pytest.approx(prefix)
    assert roofline.prefix_s_per_token(CHIP, DENSE, 4, 2000.0, 0.0) == pytest.approx(rate, rel=1e-6)


def test_draws_broadcast_and_match_one_at_a_time() -> None:
    active = np.array([30.0, 70.0, 110.0])
    together = roofline.decode_step_s(CHIP, changed(DENSE, active_parameters_b=active), 4, 32.0, 2000.0)
    for value, step in zip(active, together, strict=True):
        alone = roofline.decode_step_s(
            CHIP, changed(DENSE, active_parameters_b=float(value)), 4, 32.0, 2000.0
        )
        assert math.isclose(step, alone, rel_tol=1e-14)
