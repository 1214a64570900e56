"""Who somebody is here by the claims of the provider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.oidc.person import groups_of, person_of
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.settings import OidcConfig

CONFIG = OidcConfig(
    issuer="https://login.example",
    client_id="wirewatch",
    roles={"news-desk": "editor", "news-all": "viewer", "news-it": "admin"},
    teams={"asia": "Asia desk", "europe": "Europe desk"},
)
ANN = {"sub": "u-1", "preferred_username": "ann", "groups": ["news-all", "news-desk", "asia", "football"]}


def test_the_most_of_her_groups_roles_is_hers_and_so_are_the_teams_of_all() -> None:
    person = person_of(ANN, CONFIG)
    assert (person.subject, person.name, person.role) == ("u-1", "ann", "editor")
    assert person.teams == frozenset({"Asia desk"})


def test_without_teams_in_the_configuration_nothing_is_said_of_teams() -> None:
    bare = OidcConfig(issuer="https://login.example", client_id="wirewatch", default_role="viewer")
    assert person_of(ANN, bare).teams is None
    assert person_of(ANN, bare).role == "viewer"


def test_who_is_in_no_group_is_refused_or_gets_the_default_role() -> None:
    nobody = {**ANN, "groups": ["football"]}
    with pytest.raises(SignInFailed) as error:
        person_of(nobody, CONFIG)
    assert error.value.problem is SignInProblem.NO_GROUP


@pytest.mark.parametrize("name", [None, "", " ann", "a\nb", "x" * 201, 7, ["ann"]])
def test_who_has_no_usable_name_is_refused(name: object) -> None:
    with pytest.raises(SignInFailed) as error:
        person_of({**ANN, "preferred_username": name}, CONFIG)
    assert error.value.problem is SignInProblem.NO_NAME


def test_groups_come_as_a_list_or_as_one_text() -> None:
    assert groups_of("asia") == ("asia",)
    assert groups_of(["asia", 7, None, "asia", "europe"]) == ("asia", "europe")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    )
)
def test_groups_may_be_anything(value: object) -> None:
    assert all(isinstance(group, str) for group in groups_of(value))
