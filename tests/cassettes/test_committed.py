"""The cassettes of this repository: where they come from, and that they are up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.patience import PATIENCE
from support.traders import VENUES

from exchangekit.adapter import Environment
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue
from exchangekit.testing import examine, subject_of
from exchangekit.testing.cassette import load
from exchangekit.testing.record import main
from exchangekit.testing.registry import checks
from exchangekit.testing.sanitise import DUMMY_SECRET

FOLDER = Path(__file__).parents[2] / "cassettes"
SAMPLE = ("15_a_whole_session_is_as_it_was_recorded", "08_the_key_says_what_it_may_do")


def test_each_says_its_origin_its_venue_and_who_recorded_it_when() -> None:
    paths = sorted(FOLDER.glob("*/*.yaml"))
    assert len(paths) > 300
    assert {path.parent.name for path in paths} == set(VENUES)
    for path in paths:
        cassette = load(path)
        assert cassette.origin == "simulated venue", path
        assert cassette.venue == path.parent.name
        assert cassette.check == path.stem
        assert cassette.kit
        assert cassette.recorded.startswith("20")
        assert not cassette.sanitised, "dummy keys: the signatures are part of the proof"


def test_none_holds_a_secret_not_even_the_dummy_one() -> None:
    for path in FOLDER.glob("*/*.yaml"):
        assert DUMMY_SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("venue", VENUES)
def test_recording_again_would_change_nothing(
    venue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([venue, "--into", str(tmp_path), "--only", SAMPLE[0]]) == 0
    assert main([venue, "--into", str(tmp_path), "--only", SAMPLE[1]]) == 0
    made = sorted((tmp_path / venue).glob("*.yaml"))
    assert SAMPLE[0] in [path.stem for path in made]
    for path in made:
        fresh, committed = load(path), load(FOLDER / venue / path.name)
        fresh.recorded = committed.recorded
        assert fresh == committed
    assert "1 cassettes written" in capsys.readouterr().out


def test_a_wrong_venue_or_target_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["mexx"], ["mexc", "--target", "testnet"]):
        assert main([*arguments, "--into", str(tmp_path)]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_cassettes_of_checks_that_are_no_more_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "okx"
    folder.mkdir()
    (folder / "99_gone.yaml").write_text("")
    assert main(["okx", "--into", str(tmp_path), "--only", "01_"]) == 0
    assert (folder / "99_gone.yaml").exists(), "only a whole recording knows what is gone"


def test_a_testnet_is_recorded_by_the_same_command_with_the_users_own_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The testnet is a simulated venue here; what was recorded is replayed without it."""
    key, secret = "CANARYkey" * 7 + "A", "CANARYsecret" * 5 + "BCDE"
    venue = "binance"
    adapter = installed().venues[venue]
    monkeypatch.setenv("EXCHANGEKIT_BINANCE_API_KEY", key)
    monkeypatch.setenv("EXCHANGEKIT_BINANCE_API_SECRET", secret)
    with SimulatedVenue(installed().simulated()[venue], key=key, secret=secret) as testnet:
        place = {"testnet": Environment(testnet.url)}
        monkeypatch.setattr(adapter, "environments", {**adapter.environments, **place})
        said = main([venue, "--target", "testnet", "--trade", "--into", str(tmp_path)])
    assert said == 0
    folder = tmp_path / venue / "testnet"
    paths = sorted(folder.glob("*.yaml"))
    assert len(paths) >= 10
    for path in paths:
        assert load(path).origin == "testnet"
        assert "CANARY" not in path.read_text()
    about = subject_of(venue, cassettes=folder)
    here = [check for check in checks() if about.expects(check.id)]
    assert {check.id for check in here} == {path.stem for path in paths}
    ways = ("cassette-sync", "cassette-async")
    found = [one for one in examine(about, ways=ways) if one.check in here]
    assert {one.result for one in found} == {"passed"}


def test_using_exchangekit_loads_nothing_of_the_test_tools() -> None:
    code = (
        "import sys, exchangekit\n"
        "assert not [n for n in sys.modules if n.startswith('exchangekit.testing')]\n"
        "import exchangekit.testing\n"
        "loaded = [n for n in ('vcr', 'hypothesis', 'httpx', 'yaml') if n in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


def test_without_a_simulation_and_cassettes_there_is_nothing_to_run() -> None:
    from exchangekit.testing import conformance

    adapter = type(subject_of("mexc").adapter)
    alone = type("Alone", (adapter,), {"venue": "alone"})
    with pytest.raises(ValueError, match="nothing to run the checks on"):
        conformance(alone)
