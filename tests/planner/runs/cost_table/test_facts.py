"""What the release says about chips and models, and what is said instead of a guess."""

from dataclasses import replace
from typing import Any

import pytest

from planner.catalog import actions, queries
from planner.catalog.models import CatalogEntry
from planner.runs.cost_table import facts as reading
from planner.runs.cost_table.facts import Facts
from planner.runs.cost_table.owning import owned_hours, why_not_owned
from planner.runs.cost_table.prices import kind_of, prices_of


def released_without(*keys: str) -> Facts:
    """The facts of a release in which some entries are missing."""
    actions.load_seed()
    release = queries.current_release()
    assert release is not None
    kept = [entry for entry in queries.entries_of(release) if entry.key not in keys]
    chips = reading._subjects(kept, "chip", reading._chip)
    models = reading._subjects(kept, "model", reading._model)
    return replace(reading.facts_of(release), chips=chips, models=models)


def test_every_chip_and_model_of_the_seed_can_be_computed(facts: Facts) -> None:
    assert [one.label for one in (*facts.chips, *facts.models) if not one.document] == ["A100-40GB", "TPU-v4"]
    assert len(facts.models) == CatalogEntry.objects.filter(kind="model").values("subject").distinct().count()


def test_chips_with_prices_and_no_specification_are_named(facts: Facts) -> None:
    said = [one.missing for one in facts.chips if one.missing]
    assert said[0] == "A100-40GB has prices, but the release holds no specification of it."


def test_latent_attention_windows_linear_layers_and_experts_are_read(facts: Facts) -> None:
    documents = {one.label: one.document for one in facts.models}
    assert documents["DeepSeek-V3"].attention.latent_rank == 512
    assert documents["gpt-oss-120b"].attention.windowed_layers == 18
    assert documents["gpt-oss-120b"].attention.window_tokens == 128
    assert documents["Qwen3.5-397B-A17B"].attention.linear_layers == 45
    assert documents["Qwen3.5-397B-A17B"].attention.linear_state_values == 4096 * 256
    assert documents["Qwen3.5-397B-A17B"].attention.windowed_layers == 0
    assert documents["DeepSeek-V3"].experts.layers == 58
    assert documents["DeepSeek-V3"].embedding_parameters_b == pytest.approx(129_280 * 7168 / 1e9)
    assert documents["Llama-3.1-70B"].experts is None
    # 256 experts of 3 x 7168 x 2048 weights in 58 layers, of 671 B.
    routed = 256 * 3 * 7168 * 2048 * 58 / 671e9
    assert documents["DeepSeek-V3"].experts.routed_share == pytest.approx(routed)


def test_what_is_missing_is_said_and_the_chip_left_out(db: None) -> None:
    found = released_without("chip.h100.hbm_bandwidth_tb_s", "model.deepseek-v3.experts_per_token")
    h100, deepseek = found.chip("h100"), found.model("deepseek-v3")
    assert h100 is not None
    assert deepseek is not None
    assert h100.document is None
    assert h100.missing == "H100 is left out: the release holds no memory bandwidth."
    assert deepseek.missing == "DeepSeek-V3 is left out: the release holds no experts per token."


def test_a_model_whose_entries_contradict_each_other_is_left_out_with_the_sentence() -> None:
    entries: Any = {
        entry.key.rpartition(".")[2]: entry
        for entry in actions.seeded_entries()
        if entry.key.startswith("model.deepseek-v3.")
    }
    assert reading._model("deepseek-v3", entries).document is not None
    entries["experts_per_token"].value = 300.0
    found = reading._model("deepseek-v3", entries)
    assert found.document is None
    assert found.missing == (
        "DeepSeek-V3 is left out: Experts per token is 300. It must be at most the 256 experts there are."
    )


def test_an_owners_cost_is_built_where_entries_are_enough_and_else_says_what_is_missing(facts: Facts) -> None:
    built = {one.chip: one for one in owned_hours(facts)}
    assert set(built) == {"GB200", "H100"}
    for one in built.values():
        assert sum(usd for _name, usd in one.parts) == pytest.approx(one.total_usd, rel=1e-12)
    assert "site_capital_usd" in dict(built["GB200"].parts)
    assert "colocation_usd" in dict(built["H100"].parts)
    gaudi = facts.chip("gaudi3")
    assert gaudi is not None
    assert why_not_owned(facts, gaudi).endswith("does not hold the power provisioned per chip.")


def test_prices_are_kept_apart_by_kind_the_lowest_first(facts: Facts) -> None:
    prices = prices_of(facts)
    listed = [hour.usd for hour in prices.hours("H100", "list")]
    assert listed == sorted(listed)
    assert len(listed) > 3
    for chip in facts.chips:
        for kind in prices.kinds_of(chip.label):
            for hour in prices.hours(chip.label, kind):
                assert hour.kind == kind
                assert hour.owned or (hour.entry and kind_of(hour.entry) == kind)


def test_a_rental_that_may_be_taken_back_is_a_spot_price(facts: Facts) -> None:
    prices = prices_of(facts)
    assert [hour.entry.key for hour in prices.hours("H200", "spot") if hour.entry] == [
        "offer.nebius.gpu-h200-sxm-8gpu.h200.rental_spot.eu"
    ]
    assert all("spot" not in hour.label.lower() for hour in prices.hours("H200", "rental"))


def test_of_several_offers_the_picked_one_is_taken(facts: Facts) -> None:
    hours = prices_of(facts).hours("H100", "list")
    for pick, expected in (("lowest", hours[0]), ("middle", hours[len(hours) // 2]), ("highest", hours[-1])):
        assert prices_of(facts, pick=pick).hour("H100", "list") == expected
