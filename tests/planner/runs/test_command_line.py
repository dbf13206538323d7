"""The engine on the command line: JSON on stdout and nothing else, or one sentence per problem and nothing written."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from planner.core.canonical_json import canonical_text
from planner.runs.actions import compute_in_process, request_run
from planner.scenarios.models import Scenario, ScenarioVersion
from planner.scenarios.worked_examples import scenario_templates
from tests.planner.scenarios.small_document import small_document

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "scenario.json"
    made.write_text(json.dumps(small_document(**{"timeline.quarters": 36})))
    return made


def printed(name, *arguments, **options):
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue()


def evaluated(file, *arguments):
    return json.loads(printed("evaluate", str(file), *arguments))


def refused(*arguments):
    """The sentences a command refuses with; nothing may have been written to stdout."""
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("evaluate", *map(str, arguments), stdout=out)
    assert out.getvalue() == ""
    assert isinstance(ended.value.code, str)
    return ended.value.code


def test_every_template_is_printed_and_is_a_scenario():
    for template in scenario_templates():
        assert json.loads(printed("scenario_template", template.name))["schema_version"] == 1


def test_an_unknown_template_names_those_there_are():
    with pytest.raises(SystemExit) as ended:
        call_command("scenario_template", "amazon")
    for template in scenario_templates():
        assert template.name in str(ended.value.code)


def test_the_schema_is_json_schema():
    assert json.loads(printed("scenario_schema"))["type"] == "object"


def test_the_result_has_the_names_that_stay(file):
    found = evaluated(file, "--draws", "500", "--seed", "1", "--draw", "7")
    assert {"identity", "result_digest", "engine_version", "outcomes", "ledger", "timing", "draw"} <= set(
        found
    )
    outcome = found["outcomes"]["recovered_do_no_ipo_cash"]
    assert {"mean", "standard_error", "p05", "p25", "p50", "p75", "p95"} <= set(outcome)
    assert "recovered_do_no_ipo_accounting" in found["outcomes"]
    for line in found["ledger"]["lines"]:
        assert {"payer", "payee", "kind", "needs_ipo", "mean_total_usd", "mean_by_quarter_usd"} <= set(line)
        assert len(line["mean_by_quarter_usd"]) == 36 + 1
    for line in found["draw"]["lines"]:
        assert len(line["by_quarter_usd"]) == 36 + 1


def test_the_same_bytes_whatever_the_number_of_workers(file):
    one, two = (evaluated(file, "--draws", "9000", "--workers", workers) for workers in ("1", "2"))
    assert one.pop("timing")["workers"] == 1
    assert two.pop("timing")["workers"] == 2
    assert canonical_text(one) == canonical_text(two)


def test_another_seed_gives_another_digest_and_the_same_seed_the_same(file):
    digests = [evaluated(file, "--draws", "100", "--seed", seed)["result_digest"] for seed in ("1", "1", "2")]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.django_db
def test_the_web_gives_the_same_digest_and_identity(file, people):
    scenario = Scenario.objects.create(team=people.team, name="The same", created_by=people.owner)
    version = ScenarioVersion.objects.create(
        scenario=scenario,
        number=1,
        schema_version=1,
        document_text=file.read_text(),
        digest="0" * 64,
        author=people.owner,
    )
    run = compute_in_process(request_run(version=version, requester=people.owner, draws=8192, seed=5))
    assert run.failure == ""
    found = evaluated(file, "--draws", "8192", "--seed", "5")
    assert (found["result_digest"], found["identity"]) == (run.result_digest, run.identity)


def test_a_file_is_written_whole_or_not_at_all(file, tmp_path):
    out = tmp_path / "result.json"
    assert printed("evaluate", str(file), "--draws", "100", "--out", str(out)) == ""
    before = out.read_text()
    assert json.loads(before)["draws"] == 100
    file.write_text("{")
    refused(file, "--draws", "100", "--out", out)
    assert out.read_text() == before
    assert {path.name for path in tmp_path.iterdir()} == {"scenario.json", "result.json"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--draws", "1e12"),
            "Draws is 1e12. It must be a whole number between 1 and 1,048,576.",
        ),
        (("--draws", "0"), "Draws is 0. It must be a whole number between 1 and 1,048,576."),
        (("--draws", "many"), "Draws is many. It must be a whole number between 1 and 1,048,576."),
        (("--draws", "1.5"), "Draws is 1.5. It must be a whole number between 1 and 1,048,576."),
        (("--draws", "nan"), "Draws is nan. It must be a whole number between 1 and 1,048,576."),
        (
            ("--seed", "-1"),
            "Seed is -1. It must be a whole number between 0 and 9,223,372,036,854,775,807.",
        ),
        (("--draws", "10", "--draw", "10"), "Draw is 10. It must be a whole number between 0 and 9."),
        (("--workers", "0"), "Workers is 0. It must be a whole number between 1 and 64."),
        (("--out", "/nowhere/at/all.json"), "The folder of /nowhere/at/all.json does not exist."),
    ],
)
def test_an_option_out_of_range_is_one_sentence_with_the_range(file, arguments, said):
    assert refused(file, *arguments) == said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ('{"schema_version": NaN}', "NaN"),
        ('{"schema_version": Infinity}', "Infinity"),
        ('{"schema_version": 1e400}', "1e400 is too large"),
        ('{"a": 1, "a": 2}', "“a” is given twice"),
        ("[" * 100 + "]" * 100, "32 levels"),
        ("[]", ""),
        ("null", ""),
        ('"text"', ""),
        ('{"\\ud800": 1}', "half of a character"),
        ("\ufeff{}", "byte order mark"),
    ],
)
def test_malformed_json_is_refused_in_words(tmp_path, text, words):
    file = tmp_path / "bad.json"
    file.write_text(text)
    said = refused(file, "--draws", "10")
    assert words in said
    assert "Traceback" not in said


def test_bytes_that_are_no_text_are_refused(tmp_path):
    file = tmp_path / "bad.json"
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refused(file)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refused(tmp_path / "none.json") == f"There is no file {tmp_path / 'none.json'}."
    assert "cannot be read" in refused(tmp_path)


def test_several_problems_are_several_sentences_naming_field_value_and_range(tmp_path):
    file = tmp_path / "bad.json"
    wrong = {"deal.terms[trainium].discount_share": 1.4, "fleet.power_usage_effectiveness": 0.2}
    file.write_text(json.dumps(small_document(**wrong)))
    said = refused(file).splitlines()
    assert len(said) == 2
    assert "Discount is 140%. It must be between 0% and 100%." in said[0] + said[1]
    assert "0.2" in said[0] + said[1]


def test_it_works_where_there_is_no_database_and_leaves_none(file, tmp_path):
    var = tmp_path / "var"
    env = {**os.environ, "GENKA_VAR": str(var), "DJANGO_SETTINGS_MODULE": "planner.settings.development"}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, str(ROOT / "manage.py"), "evaluate", "-", "--draws", "50", "--seed", "1"]
    with file.open("rb") as standard_input:
        ended = subprocess.run(command, env=env, stdin=standard_input, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["draws"] == 50
    assert ended.stderr == b""
    assert not list(var.rglob("*.sqlite3"))
    refusal = subprocess.run([*command[:3], "none.json"], env=env, capture_output=True, check=False)
    assert (refusal.returncode, refusal.stdout) == (1, b"")
    assert refusal.stderr.decode() == "There is no file none.json.\n"
