"""Files of measurements for tests, a row at a time."""

import csv
import io

# One InferenceX run: github ai-dynamo/aiconfigurator, aic-core/src/aiconfigurator_core/systems/silicon_sample.csv,
# 2026_04_06_llama_3_1_70b_h200_sxm_vllm_fp8_agg_1024x1024_c4_tp1.
LINE = {
    "row_id": "a",
    "chip": "H200",
    "n_chips": "1",
    "model": "Llama-3.1-70B",
    "precision": "fp8",
    "input_len": "1024",
    "output_len": "1024",
    "batch_or_concurrency": "4",
    "load_kind": "concurrency",
    "output_tok_s_per_chip": "",
    "ttft_ms": "",
    "tpot_ms": "21.47",
    "parallelism": "tp1 pp1 attn_dp1 moe_tp1 ep1",
    "framework": "vllm ",
    "throughput_basis": "",
    "source_id": "inferencex-aic",
    "notes": "lengths drawn from [0.8,1.0]x nominal",
}
HEAD = tuple(LINE)


def file_of(*changes: dict[str, str], without: tuple[str, ...] = ()) -> str:
    """A file with a row for each mapping of changes to `LINE`; one plain row when there is none."""
    names = [name for name in HEAD if name not in without]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for change in changes or ({},):
        writer.writerow({**LINE, **change})
    return out.getvalue()
