"""A small valid table document to start from; every figure in it is that of the seed of the catalog."""

from typing import Any


def table_template() -> dict[str, Any]:
    """Two chips, two models, two operating points, a rented and an owned hour."""
    return {
        "schema_version": 1,
        "chips": [
            _chip("h100", "H100", "NVIDIA", {"bf16": 989.0, "fp8": 1979.0}, 80.0, 3.35, 450.0, 8),
            _chip("trainium2", "Trainium2", "AWS", {"bf16": 669.0, "fp8": 1300.0}, 96.0, 2.9, 512.0, 16),
        ],
        "models": [_dense(), _with_experts()],
        "operating_points": [_point("standard", 8192.0, 30.0, 10.0), _point("batch", 1024.0, 10.0, 60.0)],
        "prices": [
            {
                "key": "h100-list",
                "chip": "h100",
                "kind": "list",
                "currency": "USD",
                "usd_per_chip_hour": 2.95,
            },
            {
                "key": "h100-owned",
                "chip": "h100",
                "kind": "owners_cost",
                "currency": "USD",
                "owned": _owned(),
            },
            {
                "key": "trainium2-list",
                "chip": "trainium2",
                "kind": "list",
                "currency": "USD",
                "usd_per_chip_hour": 2.23505,
            },
        ],
        "utilisation": 0.6,
    }


def _chip(
    key: str,
    label: str,
    vendor: str,
    rates: dict[str, float],
    memory: float,
    bandwidth: float,
    link: float,
    domain: int,
) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "vendor": vendor,
        "family": label,
        "dense_tflops": rates,
        "memory_gb": memory,
        "memory_tb_per_s": bandwidth,
        "link_gb_per_s": link,
        "scale_up_chips": domain,
    }


def _dense() -> dict[str, Any]:
    return {
        "key": "llama-3-1-70b",
        "label": "Llama-3.1-70B",
        "maker": "Meta",
        "max_context_tokens": 131072.0,
        "active_parameters_b": 70.6,
        "total_parameters_b": 70.6,
        "layers": 80,
        "hidden_size": 8192,
        "attention_heads": 64,
        "head_dimension": 128,
        "attention": {"kind": "grouped_query", "kv_heads": 8, "head_dimension": 128},
    }


def _with_experts() -> dict[str, Any]:
    return {
        "key": "gpt-oss-120b",
        "label": "gpt-oss-120b",
        "maker": "OpenAI",
        "max_context_tokens": 131072.0,
        "active_parameters_b": 5.1,
        "total_parameters_b": 116.8,
        "layers": 36,
        "hidden_size": 2880,
        "attention_heads": 64,
        "head_dimension": 64,
        "attention": {
            "kind": "grouped_query",
            "kv_heads": 8,
            "head_dimension": 64,
            "windowed_layers": 18,
            "window_tokens": 128,
        },
        "experts": {"count": 128, "per_token": 4, "routed_share": 0.98},
    }


def _point(key: str, prompt: float, speed: float, wait: float) -> dict[str, Any]:
    return {
        "key": key,
        "label": key,
        "input_tokens": prompt,
        "cached_share": 0.0,
        "output_tokens": 1024.0,
        "minimum_tokens_per_s_per_user": speed,
        "maximum_seconds_to_first_token": wait,
    }


def _owned() -> dict[str, Any]:
    return {
        "it_capex_usd_per_chip": 40625.0,
        "it_life_quarters": 20,
        "colocation_usd_per_kw_month": 137.5,
        "provisioned_kw": 1.73,
        "mean_power_share": 0.6,
        "power_usage_effectiveness": 1.0,
        "power_usd_per_kwh": 0.0806,
        "availability": 0.97,
        "annual_rate": 0.1,
    }
