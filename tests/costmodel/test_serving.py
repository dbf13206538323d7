"""E5 and E6: a request's chip-seconds add up, limits hold, and what cannot be served is refused in words."""

import numpy as np
import pytest

from costmodel.roofline import Layout
from costmodel.serving import ServingPoint, choose_serving_point, layouts, serve
from tests.costmodel.machines import CHIP, DENSE, MIXTURE, WORKLOAD, changed

POINT = ServingPoint(Layout(4), 64.0, "")


def test_input_cached_input_and_output_add_up_to_the_request() -> None:
    for model, cached in ((DENSE, 0.5), (DENSE, 0.0), (DENSE, 0.99), (MIXTURE, 0.3)):
        workload = changed(WORKLOAD, cached_share=cached)
        told = serve(CHIP, model, workload, ServingPoint(Layout(8), 16.0, ""))
        parts = (
            told.chip_seconds_per_1m_input * 4000 * (1 - cached)
            + told.chip_seconds_per_1m_cached_input * 4000 * cached
            + told.chip_seconds_per_1m_output * 500
        ) / 1e6
        assert parts == pytest.approx(1.0 / told.requests_per_chip_second, rel=1e-12)


def test_prefill_steals_from_decoding_in_a_shared_pool() -> None:
    told = serve(CHIP, DENSE, WORKLOAD, POINT)
    per_token = told.decode_step_s + 64 / 500 * told.prefill_s
    assert told.tokens_per_s_per_user == pytest.approx(1.0 / per_token)
    assert told.requests_per_chip_second == pytest.approx(64 / (500 * per_token) / 4)
    assert told.tokens_per_chip_second == pytest.approx(4500 * told.requests_per_chip_second)


def test_speed_error_multiplies_speed() -> None:
    plain = serve(CHIP, DENSE, WORKLOAD, POINT)
    twice = serve(changed(CHIP, speed_error=2.0), DENSE, WORKLOAD, POINT)
    assert twice.tokens_per_chip_second == pytest.approx(2 * plain.tokens_per_chip_second)
    assert twice.chip_seconds_per_1m_cached_input == pytest.approx(plain.chip_seconds_per_1m_cached_input / 2)
    assert twice.seconds_to_first_token == pytest.approx(plain.seconds_to_first_token / 2)


def test_draws_of_model_and_workload_broadcast() -> None:
    model = changed(DENSE, active_parameters_b=np.array([35.0, 70.0]))
    told = serve(CHIP, model, changed(WORKLOAD, cached_share=np.array([0.2, 0.6])), POINT)
    assert told.tokens_per_chip_second.shape == (2,)
    alone = serve(CHIP, changed(DENSE, active_parameters_b=70.0), changed(WORKLOAD, cached_share=0.6), POINT)
    assert told.tokens_per_chip_second[1] == pytest.approx(alone.tokens_per_chip_second)


def test_the_chosen_point_meets_both_limits_and_a_larger_batch_does_not_help() -> None:
    point = choose_serving_point(CHIP, DENSE, WORKLOAD)
    told = serve(CHIP, DENSE, WORKLOAD, point)
    assert told.tokens_per_s_per_user >= 30.0
    assert told.seconds_to_first_token <= 3.0
    larger = serve(CHIP, DENSE, WORKLOAD, ServingPoint(point.layout, point.batch * 1.2, ""))
    assert larger.tokens_per_s_per_user < 30.0
    assert "too slow for each user" in point.reason


def test_every_replica_size_that_meets_the_limits_is_slower_than_the_chosen_one() -> None:
    point = choose_serving_point(CHIP, DENSE, WORKLOAD)
    best = serve(CHIP, DENSE, WORKLOAD, point).tokens_per_chip_second
    for chips in (1, 2, 4, 8):
        for batch in range(1, 200, 3):
            told = serve(CHIP, DENSE, WORKLOAD, ServingPoint(Layout(chips), float(batch), ""))
            if told.tokens_per_s_per_user >= 30.0 and told.seconds_to_first_token <= 3.0:
                assert told.tokens_per_chip_second <= best * 1.04  # batches are tried 9% apart


def test_memory_can_be_the_limit() -> None:
    patient = changed(WORKLOAD, minimum_tokens_per_s_per_user=1.0, maximum_seconds_to_first_token=100.0)
    point = choose_serving_point(changed(CHIP, scale_up_chips=1), DENSE, patient)
    assert point.batch == 22.0  # (86.5 - 70.6) GB / (4250 tokens x 163,840 B)
    assert "memory holds no more" in point.reason


def test_a_model_that_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(
        ValueError, match=r"mixture does not fit on chip: its weights take 671 GB and 4 chips"
    ):
        choose_serving_point(changed(CHIP, scale_up_chips=4), MIXTURE, WORKLOAD)


def test_limits_that_cannot_be_met_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="chip cannot serve dense fast enough"):
        choose_serving_point(CHIP, DENSE, changed(WORKLOAD, minimum_tokens_per_s_per_user=5000.0))
    with pytest.raises(ValueError, match="first token within"):
        choose_serving_point(CHIP, DENSE, changed(WORKLOAD, maximum_seconds_to_first_token=0.01))


def test_weights_outside_the_experts_and_a_latent_cache_ask_for_groups_of_middle_size() -> None:
    """One chip a group repeats 125 GB of weights, one group repeats the cache: between them lies the best."""
    model = changed(MIXTURE, total_parameters_b=2500.0, experts=changed(MIXTURE.experts, routed_share=0.95))
    chip = changed(CHIP, memory_gb=200.0, memory_tb_per_s=8.0, scale_up_chips=64)
    layout = choose_serving_point(chip, model, WORKLOAD).layout
    assert layout.experts_apart
    assert layout.tensor > 1
    assert layout.data > 1


def test_layouts_are_powers_of_two_inside_the_scale_up_domain() -> None:
    assert [str(layout) for layout in layouts(5, DENSE)] == ["1 chip", "TP2", "TP4"]
    assert [str(layout) for layout in layouts(4, MIXTURE)] == [
        "1 chip",
        "TP2",
        "TP4",
        "EP2 x DP2",
        "EP2 x TP2",
        "EP4 x DP4",
        "EP4 x TP2 x DP2",
        "EP4 x TP4",
    ]
