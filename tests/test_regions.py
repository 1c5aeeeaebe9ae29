"""Where a venue can be reached, as a table."""

from __future__ import annotations

import pytest

from exchangekit import adapter as kit

HERE, THERE = "https://api.acme.example", "https://eu.acme.example"
DEMO = {"x-play": "1"}


def test_each_address_is_an_environment_with_the_headers_of_all() -> None:
    made = kit.environments({"eu-test": THERE}, live=HERE, headers={"a": "b"})
    assert dict(made) == {
        "live": kit.Environment(HERE, (("a", "b"),)),
        "eu-test": kit.Environment(THERE, (("a", "b"),)),
    }


def test_where_a_header_asks_for_play_money_each_address_has_a_demo_right_after_it() -> None:
    made = kit.environments(live=HERE, eu=THERE, headers={"a": "b"}, demo_headers=DEMO)
    assert list(made) == ["live", "demo", "eu", "eu-demo"]
    assert made["live"].headers == (("a", "b"),)
    assert made["eu-demo"] == kit.Environment(THERE, (("a", "b"), ("x-play", "1")))


@pytest.mark.parametrize("addresses", [{"live": HERE, "demo": THERE}, {"demo": HERE, "live": HERE}])
def test_two_environments_of_one_name_are_refused(addresses: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="two environments are called 'demo'"):
        kit.environments(addresses, demo_headers=DEMO)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        kit.environments(live=HERE)["live"] = kit.Environment(THERE)  # type: ignore[index]
