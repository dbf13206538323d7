"""Three rows to start a file of measurements from: every column, and what may be left blank."""

import csv
import io

from planner.runs.serving_checks.rows import ASKED, MEASURED

_ROWS = (
    {
        "row_id": "a load on one chip",
        "chip": "H100",
        "n_chips": "1",
        "model": "Llama-3.1-8B",
        "precision": "fp8",
        "input_len": "1024",
        "output_len": "1024",
        "batch_or_concurrency": "16",
        "load_kind": "concurrency",
        "parallelism": "tp1",
        "framework": "vllm",
        "notes": "tpot_ms: milliseconds between tokens of one user, once measured",
    },
    {
        "row_id": "experts over a node",
        "chip": "MI300X",
        "n_chips": "8",
        "model": "DeepSeek-R1",
        "precision": "fp8",
        "input_len": "8192",
        "output_len": "1024",
        "batch_or_concurrency": "64",
        "load_kind": "concurrency",
        "parallelism": "tp8",
        "framework": "sglang",
        "notes": "output_tok_s_per_chip: output tokens a second, over all chips",
    },
    {
        "row_id": "best point, lengths of the data set",
        "chip": "H200",
        "n_chips": "8",
        "model": "Llama-3.1-70B",
        "precision": "fp8",
        "load_kind": "offline_max",
        "source_id": "mlperf-v5.1",
        "notes": "blank lengths and concurrency: the benchmark's own, at its best point",
    },
)


def text() -> str:
    """The file; what is measured is left blank, for no example may pass for a measurement."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*ASKED, *MEASURED], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_ROWS)
    return out.getvalue()
