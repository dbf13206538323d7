"""What a benchmark would measure, against sums done by hand: times, who waits, what memory holds, who sets the pace."""

import numpy as np
import pytest

from costmodel import roofline
from costmodel.calibration import benchmarks
from costmodel.calibration.questions import Question
from costmodel.calibration.times import Times, times
from costmodel.inputs.efficiency import Efficiency
from tests.costmodel.deployments import ASKED, PLAIN_EFFICIENCY, asking, like
from tests.costmodel.machines import PLAIN, changed

CONTEXT = 1000.0 + 500.0 / 2.0


def with_structure(**changes: float) -> Efficiency:
    return changed(PLAIN_EFFICIENCY, structure=changed(PLAIN, **changes))


UNDISTURBED = with_structure(interference=0.0, own_prefill=0.0)


def at(asked: Question, efficiency: Efficiency = PLAIN_EFFICIENCY) -> Times:
    return times(asked, efficiency)


def replica_of(asked: Question, efficiency: Efficiency = PLAIN_EFFICIENCY) -> roofline.Replica:
    return changed(asked.held, efficiency=efficiency)


def test_one_request_alone_waits_for_weights_cache_layers_and_collectives() -> None:
    found = at(like(concurrency=1.0), UNDISTURBED)
    weights_ms = 70.6 / 8 / (4000 * 0.8) * 1e3
    cache_ms = CONTEXT * 80 * 2 * 8 * 128 / 1e9 / 8 / (4000 * 0.8) * 1e3
    layers_ms, collectives_ms = 80 * 0.030, 80 * 2 * 0.020
    by_hand = weights_ms + cache_ms + layers_ms + collectives_ms
    assert 1e3 * found.s_per_token[0] == pytest.approx(by_hand, rel=0.01)
    assert found.running[0] == pytest.approx(1.0)


def test_one_request_alone_gives_the_reciprocal_of_its_time_over_the_chips() -> None:
    found = at(like(concurrency=1.0), UNDISTURBED)
    assert found.output_per_chip_second[0] == pytest.approx(1.0 / found.s_per_token[0] / 8.0)


def test_requests_that_wait_for_their_first_token_do_not_decode() -> None:
    """Little's law: of the open requests, decode as many as their share of the time they stay."""
    asked = like(concurrency=64.0, input_tokens=8000.0, output_tokens=20.0)
    slow = with_structure(own_prefill=20.0)
    found = at(asked, slow)
    decoding_s = 20.0 * found.s_per_token[0]
    waiting_s = 20.0 * float(np.max(sum(roofline.prefill_s(replica_of(asked, slow), 8000.0, 0.0))))
    assert found.running[0] == pytest.approx(64.0 * decoding_s / (decoding_s + waiting_s), rel=0.05)
    assert found.running[0] < 50.0


def test_the_prefill_of_others_holds_each_token_up_by_the_share_that_interferes() -> None:
    asked = like(concurrency=32.0)
    calm, disturbed = (
        at(asked, with_structure(interference=one, own_prefill=0.0)).s_per_token[0] for one in (0.0, 0.5)
    )
    prefill_s = float(np.max(sum(roofline.prefill_s(replica_of(asked), 1000.0, 0.0))))
    assert disturbed - calm == pytest.approx(0.5 * 32.0 / 500.0 * prefill_s)


def test_memory_caps_how_many_requests_decode_at_once() -> None:
    held_gb = CONTEXT * 80 * 2 * 8 * 128 / 1e9
    fits = (100.0 * 0.9 - 3.5 - 70.6) / held_gb
    some, many = (
        at(like(parallelism="tp1", chips=1, concurrency=one), UNDISTURBED) for one in (fits, 10_000.0)
    )
    assert many.running[0] == pytest.approx(fits)
    assert many.s_per_token[0] == pytest.approx(some.s_per_token[0])
    assert many.output_per_chip_second[0] == pytest.approx(some.output_per_chip_second[0])


def test_a_deployment_that_ran_is_given_nearly_all_memory_where_our_reserve_leaves_no_room() -> None:
    tight = like(parallelism="tp1", chips=1, concurrency=8.0, input_tokens=30_000.0)
    assert roofline.largest_batch(tight.held, 30_250.0)[0] < 4.0
    assert at(tight, UNDISTURBED).running[0] > 4.0


def test_a_static_batch_pays_for_every_prompt_whatever_interferes_elsewhere() -> None:
    asked = like(load_kind="static_batch", concurrency=32.0)
    prefill_s = float(np.max(sum(roofline.prefill_s(replica_of(asked), 1000.0, 0.0))))
    step_s = float(roofline.decode_step_s(replica_of(asked), 32.0, CONTEXT)[0])
    by_hand = 32.0 * 500.0 / (500.0 * step_s + 32.0 * prefill_s + prefill_s) / 8.0
    for share in (0.1, 0.9):
        found = at(asked, with_structure(interference=share))
        assert found.output_per_chip_second[0] == pytest.approx(by_hand)


POOLS = "1 prefill x tp2, 3 decode x tp2"


def test_of_two_pools_the_slower_one_sets_the_pace() -> None:
    long_answers = like(parallelism=POOLS, input_tokens=10.0, output_tokens=2000.0, concurrency=48.0)
    held = replica_of(long_answers)
    prefill_s = float(np.max(sum(roofline.prefill_s(held, 10.0, 0.0))))
    cycle_s = 2000.0 * float(roofline.decode_step_s(held, 16.0, 10.0 + 1000.0)[0]) + prefill_s
    found = at(long_answers).output_per_chip_second[0]
    assert found == pytest.approx(48.0 * 2000.0 / cycle_s / 8.0, rel=1e-3)

    long_prompts = like(parallelism=POOLS, input_tokens=20_000.0, output_tokens=10.0, concurrency=300.0)
    prefill_s = float(np.max(sum(roofline.prefill_s(replica_of(long_prompts), 20_000.0, 0.0))))
    found = at(long_prompts).output_per_chip_second[0]
    assert found == pytest.approx(10.0 / prefill_s / 8.0, rel=0.02)


def test_in_split_pools_nobody_is_held_up_by_the_prompts_of_others() -> None:
    calm, disturbed = (at(like(parallelism=POOLS), with_structure(interference=one)) for one in (0.0, 1.0))
    assert calm.s_per_token[0] == disturbed.s_per_token[0]
    assert calm.output_per_chip_second[0] == disturbed.output_per_chip_second[0]


@pytest.mark.parametrize("kind", ["offline_max", "server_slo"])
def test_a_blank_concurrency_of_a_saturated_load_is_as_many_as_memory_holds(kind: str) -> None:
    blank = at(like(load_kind=kind, concurrency=None, parallelism="tp1", chips=1), UNDISTURBED)
    most = at(like(load_kind=kind, concurrency=10_000.0, parallelism="tp1", chips=1), UNDISTURBED)
    assert blank.running[0] == most.running[0] > 50.0


def test_a_blank_concurrency_elsewhere_is_one_request() -> None:
    assert at(like(concurrency=None)).s_per_token[0] == at(like(concurrency=1.0)).s_per_token[0]


def test_a_limit_of_a_benchmark_bounds_the_time_per_token_of_a_blank_concurrency() -> None:
    asked = changed(ASKED, load_kind="server_slo", concurrency=None)
    free = at(asking(asked), UNDISTURBED)
    limit = float(free.s_per_token[0]) / 2.0
    bound = at(asking(changed(asked, limit_s_per_token=limit)), UNDISTURBED)
    assert bound.s_per_token[0] == pytest.approx(limit, rel=0.01)
    assert bound.running[0] < free.running[0]
    stated = at(asking(changed(asked, limit_s_per_token=limit, concurrency=2000.0)), UNDISTURBED)
    assert stated.s_per_token[0] > limit  # what is stated is believed


def test_without_a_stated_layout_the_best_of_those_allowed_is_taken() -> None:
    asked = changed(ASKED, load_kind="offline_max", concurrency=None)
    blank = at(asking(changed(asked, parallelism="")))
    each = [
        at(asking(changed(asked, parallelism=f"tp{size}", chips=size))).output_per_chip_second[0]
        for size in (1, 2, 4, 8)
    ]
    assert blank.output_per_chip_second[0] == pytest.approx(max(each))


def test_blank_lengths_are_those_of_the_benchmark() -> None:
    assert benchmarks.NOMINAL_TOKENS == (1024.0, 1024.0)
    blank, nominal = (at(like(input_tokens=one, output_tokens=one)).s_per_token[0] for one in (None, 1024.0))
    assert blank == nominal
