"""The facts the product starts with."""

from datetime import date

import pytest

from planner.catalog import actions, queries
from planner.catalog.models import CatalogEntry, CatalogRelease, Kind, PriceKind

CITED = {
    "chip.h100.bf16_dense_tflops": (989, "TFLOPS"),
    "chip.h200.fp8_dense_tflops": (1979, "TFLOPS"),
    "chip.gb200.fp4_dense_tflops": (10000, "TFLOPS"),
    "chip.gb300.hbm_gb": (288, "GB"),
    "chip.trainium2.hbm_bandwidth_tb_s": (2.9, "TB/s"),
    "chip.trainium3.scaleup_bandwidth_gb_s": (1100, "GB/s"),
    "chip.trainium3.scaleup_domain_chips": (64, "chips"),
    "chip.trainium3.tdp_w": (1000, "W"),
    "chip.gb200.provisioned_kw": (2.1, "kW"),
    "offer.semianalysis.h100.rental_3y": (1.30, "USD per chip-hour"),
    "offer.semianalysis.h200.rental_3y": (1.60, "USD per chip-hour"),
    "offer.semianalysis.b200.rental_3y": (2.90, "USD per chip-hour"),
    "offer.semianalysis.gb200.rental_3y": (3.30, "USD per chip-hour"),
    "capex.gigawatt.nvidia": (35, "USD B per GW"),
    "capex.gigawatt.asic_saving": (19, "% of total capex"),
    "capex.gb200-nvl72.rack_compute": (3_400_000, "USD per rack of 72 chips"),
    "capex.gb200-nvl72.rack_infrastructure": (2_500_000, "USD per rack of 72 chips"),
    "site.server_life": (5, "years"),
    "site.colocation_rent": (1.65, "USD M per MW-year"),
    "market.h100.rental_index": (2.35, "USD per chip-hour"),
}
SPECIFIED = ("trainium2", "trainium3", "gb200", "gb300", "h100", "h200")


def test_loading_it_twice_adds_nothing_the_second_time(db: None) -> None:
    first = actions.load_seed()
    rows, releases = CatalogEntry.objects.count(), CatalogRelease.objects.count()
    assert first == rows > 700
    assert actions.load_seed() == 0
    assert (CatalogEntry.objects.count(), CatalogRelease.objects.count()) == (rows, releases) == (rows, 1)


def test_loading_it_again_leaves_what_a_keeper_changed(seeded: CatalogRelease) -> None:
    entry = CatalogEntry.objects.get(key="site.server_life")
    entry.value = 6
    entry.save()
    actions.load_seed()
    assert CatalogEntry.objects.get(key="site.server_life").value == 6


def test_every_row_obeys_the_rules_of_an_entry(seeded: CatalogRelease) -> None:
    for entry in CatalogEntry.objects.all():
        entry.clean_fields()
        entry.clean()


def test_every_row_has_unit_source_address_and_confidence(seeded: CatalogRelease) -> None:
    for field in ("unit", "source_title", "source_address", "confidence", "label"):
        assert not CatalogEntry.objects.filter(**{field: ""}).exists(), field


def test_every_row_was_known_before_it_was_released(seeded: CatalogRelease) -> None:
    assert not CatalogEntry.objects.filter(known_since__gt=seeded.as_of).exists()
    assert not CatalogEntry.objects.filter(source_date__gt=seeded.as_of).exists()


def test_every_row_has_one_line_of_history(seeded: CatalogRelease) -> None:
    assert CatalogEntry.history.count() == CatalogEntry.objects.count()


@pytest.mark.parametrize(("kind", "how_many"), [(Kind.CHIP, 28), (Kind.MODEL, 28)])
def test_it_holds_the_chips_and_models_of_the_plan(seeded: CatalogRelease, kind: Kind, how_many: int) -> None:
    assert CatalogEntry.objects.filter(kind=kind).values("subject").distinct().count() == how_many


@pytest.mark.parametrize("kind", Kind.values)
def test_it_holds_entries_of_every_kind(seeded: CatalogRelease, kind: str) -> None:
    assert CatalogEntry.objects.filter(kind=kind).exists()


@pytest.mark.parametrize("price_kind", PriceKind.values)
def test_it_holds_offers_of_every_price_kind(seeded: CatalogRelease, price_kind: str) -> None:
    assert CatalogEntry.objects.filter(kind=Kind.OFFER, price_kind=price_kind).exists()


def test_an_owners_cost_is_never_called_a_list_price(seeded: CatalogRelease) -> None:
    owned = CatalogEntry.objects.filter(key__contains="owners_cost", kind=Kind.OFFER)
    assert set(owned.values_list("price_kind", flat=True)) == {PriceKind.OWNERS_COST}
    listed = CatalogEntry.objects.filter(kind=Kind.OFFER, price_kind=PriceKind.LIST)
    assert not listed.filter(label__icontains="spot").exists()
    assert not listed.filter(provider="SemiAnalysis").exists()


def test_what_one_account_paid_is_a_capacity_block_that_says_so(seeded: CatalogRelease) -> None:
    paid = CatalogEntry.objects.get(key="offer.aws.p5-48xlarge.h100.capacity_block_paid.us-east-2")
    assert (paid.value, paid.price_kind, paid.confidence) == (1.83, PriceKind.CAPACITY_BLOCK, "B")
    assert "One customer" in paid.notes


def test_negotiated_contract_prices_are_not_in_it(seeded: CatalogRelease) -> None:
    for word in ("OpenAI-", "Oracle contract", "implied", "SpaceX", "Cerebras", "Anthropic-"):
        assert not CatalogEntry.objects.filter(label__icontains=word).exists(), word


@pytest.mark.parametrize(("key", "fact"), CITED.items())
def test_the_release_holds_what_the_templates_cite(
    seeded: CatalogRelease, key: str, fact: tuple[float, str]
) -> None:
    found = queries.entry(seeded, key)
    assert found is not None
    assert (found.value, found.unit) == fact


@pytest.mark.parametrize("chip", SPECIFIED)
def test_the_chips_of_the_worked_example_are_specified(seeded: CatalogRelease, chip: str) -> None:
    wanted = (
        "bf16_dense_tflops",
        "fp8_dense_tflops",
        "hbm_gb",
        "hbm_bandwidth_tb_s",
        "scaleup_bandwidth_gb_s",
        "scaleup_domain_chips",
        "tdp_w",
        "provisioned_kw",
    )
    for name in wanted:
        assert queries.entry(seeded, f"chip.{chip}.{name}") is not None, name


def test_a_chip_that_has_no_fp4_has_no_entry_for_it(seeded: CatalogRelease) -> None:
    assert queries.entry(seeded, "chip.h100.fp4_dense_tflops") is None
    assert queries.entry(seeded, "chip.trainium2.fp4_dense_tflops") is None


def test_seeded_entries_have_the_same_ids_on_every_installation(seeded: CatalogRelease) -> None:
    assert (seeded.number, seeded.name, seeded.as_of) == (1, "2026-11", date(2026, 11, 24))
    again = queries.entry(seeded, "chip.h100.tdp_w")
    assert again is not None
    assert str(again.uuid) == "6cd7848b-008a-56d5-9570-3f8e3d59a979"


def test_what_a_price_was_believed_to_be_before_it_rose_is_still_told(seeded: CatalogRelease) -> None:
    """Its end was not known before the next price was."""
    march = {"valid_on": date(2026, 3, 1), "known_on": date(2026, 3, 1)}
    key = "offer.lambda.gpu-8x-b200-sxm6.b200.list.us"
    assert [row.value for row in queries.in_force(**march).filter(key=key)] == [4.99]
    today = {"valid_on": date(2026, 11, 24), "known_on": date(2026, 11, 24)}
    assert [row.value for row in queries.in_force(**today).filter(key=key)] == [6.69]
