"""More memory, speed or patience never hurts; money scales; parts always add up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.chip_hour import owned_chip_hour
from costmodel.cost_table import price_tokens
from costmodel.roofline import Layout
from costmodel.serving import ServingPoint, choose_serving_point, serve
from tests.costmodel.machines import CHIP, DENSE, FLEET, LOT, MIXTURE, WORKLOAD, changed
from tests.costmodel.steady import STEADY

MODELS = st.sampled_from([DENSE, MIXTURE])
CHIPS = st.sampled_from([1, 2, 4, 8])
TOKENS = st.floats(1.0, 50_000.0)
SHARES = st.floats(0.0, 0.99)


def best_speed(chip: object, workload: object = WORKLOAD) -> float:
    """Tokens per chip-second at the chosen point; 0 when none is allowed."""
    try:
        point = choose_serving_point(chip, DENSE, workload)
    except ValueError:
        return 0.0
    return float(serve(chip, DENSE, workload, point).tokens_per_chip_second)


@settings(STEADY)
@given(MODELS, CHIPS, st.floats(1.0, 4000.0), TOKENS, TOKENS, SHARES)
def test_the_parts_of_a_request_always_add_up(model, chips, batch, given_tokens, written, cached) -> None:
    workload = changed(WORKLOAD, input_tokens=given_tokens, output_tokens=written, cached_share=cached)
    told = serve(CHIP, model, workload, ServingPoint(Layout(chips), batch, ""))
    parts = told.chip_seconds_per_1m_input * given_tokens * (1 - cached)
    parts += told.chip_seconds_per_1m_cached_input * given_tokens * cached
    parts += told.chip_seconds_per_1m_output * written
    # A cached part below a millionth of a token is rounded, never lost in a visible amount.
    assert abs(parts / 1e6 * told.requests_per_chip_second - 1.0) < 1e-9


@settings(STEADY)
@given(MODELS, CHIPS, st.floats(1.0, 2000.0), st.floats(1.0, 1.5))
def test_a_larger_batch_takes_longer_a_step_and_serves_more(model, chips, batch, factor) -> None:
    few = serve(CHIP, model, WORKLOAD, ServingPoint(Layout(chips), batch, ""))
    many = serve(CHIP, model, WORKLOAD, ServingPoint(Layout(chips), batch * factor, ""))
    assert many.decode_step_s >= few.decode_step_s * (1 - 1e-12)
    assert many.tokens_per_s_per_user <= few.tokens_per_s_per_user * (1 + 1e-12)
    assert many.tokens_per_chip_second >= few.tokens_per_chip_second * (1 - 1e-12)


@settings(STEADY)
@given(CHIPS, st.floats(1.0, 500.0), SHARES, st.floats(0.0, 0.5))
def test_a_larger_cached_share_never_makes_a_request_dearer(chips, batch, cached, less) -> None:
    point = ServingPoint(Layout(chips), batch, "")
    more = serve(CHIP, DENSE, changed(WORKLOAD, cached_share=cached), point)
    fewer = serve(CHIP, DENSE, changed(WORKLOAD, cached_share=cached * less), point)
    assert more.requests_per_chip_second >= fewer.requests_per_chip_second * (1 - 1e-9)


@settings(STEADY, max_examples=25)
@given(
    st.sampled_from(["dense_tflops", "memory_gb", "memory_tb_per_s", "link_gb_per_s", "speed_error"]),
    st.floats(1.0, 3.0),
)
def test_a_better_chip_never_serves_less(field, factor) -> None:
    better = changed(CHIP, **{field: getattr(CHIP, field) * factor})
    assert best_speed(better) >= best_speed(CHIP) * (1 - 1e-12)


@settings(STEADY, max_examples=25)
@given(st.floats(5.0, 80.0), st.floats(0.1, 1.0))
def test_a_looser_limit_never_serves_less(tokens_per_second, factor) -> None:
    strict = changed(WORKLOAD, minimum_tokens_per_s_per_user=tokens_per_second)
    loose = changed(WORKLOAD, minimum_tokens_per_s_per_user=tokens_per_second * factor)
    assert best_speed(CHIP, loose) >= best_speed(CHIP, strict)


@settings(STEADY)
@given(st.floats(1e-3, 10.0), st.floats(0.01, 1.0), CHIPS)
def test_money_times_k_gives_prices_times_k(k, utilisation, chips) -> None:
    told = serve(CHIP, DENSE, WORKLOAD, ServingPoint(Layout(chips), 16.0, ""))
    hour = owned_chip_hour(LOT, FLEET, CHIP, 0.1).total_usd
    lot = changed(
        LOT,
        it_capex_usd_per_chip=LOT.it_capex_usd_per_chip * k,
        site_capex_usd_per_kw=LOT.site_capex_usd_per_kw * k,
        operations_usd_per_chip_hour=LOT.operations_usd_per_chip_hour * k,
    )
    fleet = changed(FLEET, power_usd_per_kwh=FLEET.power_usd_per_kwh * k)
    scaled = owned_chip_hour(lot, fleet, CHIP, 0.1).total_usd
    one = price_tokens(told, hour, utilisation).usd_per_1m_output
    assert abs(price_tokens(told, scaled, utilisation).usd_per_1m_output / (one * k) - 1) < 1e-12
