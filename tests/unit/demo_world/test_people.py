from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.access.roles import Role
from demo_world.people import STANDARD, PeopleError, load
from tenants.provision import read

PARTNERSHIPS = Path(__file__).resolve().parents[3] / "tenants" / "partnerships"
CONTENT = tomllib.loads(STANDARD.read_text(encoding="utf-8"))
SLUGS = ["hampshire", "isle-of-wight", "portsmouth", "southampton"]
NEEDED = {
    Role.PRACTITIONER: 1,
    Role.AGENCY_LIG_MEMBER: 1,
    Role.SERVICE_DIRECTOR: 1,
    Role.LIG_CHAIR: 1,
    Role.PARTNERSHIP_TEAM: 2,
    Role.STRATEGIC_MANAGER: 1,
    Role.INDEPENDENT_SCRUTINEER: 1,
    Role.CDOP_CHAIR: 1,
    Role.PARTNERSHIP_ADMINISTRATOR: 1,
}


def held(slug: str) -> list[tuple[str, str | None]]:
    return [
        (entry["role"], entry.get("agency"))
        for person in CONTENT["people"]
        for entry in person["memberships"]
        if entry["partnership"] == slug
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_partnership_has_the_people_that_the_path_needs(slug: str) -> None:
    roles = [role for role, _agency in held(slug)]
    assert all(roles.count(role.value) >= number for role, number in NEEDED.items())
    partners = {
        agency for role, agency in held(slug) if role in ("partner-representative", "designated-professional")
    }
    assert partners == {"childrens-services", "police", "icb"}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_membership_names_a_role_and_an_agency_that_exist(slug: str) -> None:
    agencies = {entry["key"] for entry in read(PARTNERSHIPS / f"{slug}.toml").settings["agencies"]}
    for role, agency in held(slug):
        assert Role(role)
        assert agency is None or agency in agencies


def test_the_isle_of_wight_has_two_administrators_so_that_one_can_decide_for_the_other() -> None:
    roles = [role for role, _agency in held("isle-of-wight")]
    assert roles.count(Role.PARTNERSHIP_ADMINISTRATOR.value) == 2


def test_nobody_is_a_member_where_their_organisation_is_not_trusted() -> None:
    trusted = {entry["slug"]: set(entry["trusted_by"]) for entry in CONTENT["organisations"]}
    for person in CONTENT["people"]:
        assert {entry["partnership"] for entry in person["memberships"]} <= trusted[person["organisation"]]


def test_the_constabulary_and_the_icb_serve_all_four() -> None:
    several = [person for person in CONTENT["people"] if len(person["memberships"]) > 1]
    assert len(several) == 4
    assert all({entry["partnership"] for entry in person["memberships"]} == set(SLUGS) for person in several)


def test_one_person_is_known_to_no_partnership() -> None:
    assert [person["name"] for person in CONTENT["people"] if not person["memberships"]] == ["Terence Unwin"]


def test_every_address_is_invented() -> None:
    assert all(person["email"].endswith(f"@{person['organisation']}.example") for person in CONTENT["people"])
    assert len({person["email"] for person in CONTENT["people"]}) == len(CONTENT["people"])


def test_a_subject_used_twice_is_refused(tmp_path: Path) -> None:
    person = '[[people]]\nsubject="s"\nname="N"\nemail="e"\njob_title="j"\norganisation="o"\n'
    path = tmp_path / "people.toml"
    path.write_text('[[organisations]]\nslug="o"\nname="O"\n' + person)
    assert [one.subject for one in load(path)["o"].people] == ["s"]
    path.write_text('[[organisations]]\nslug="o"\nname="O"\n' + person + person)
    with pytest.raises(PeopleError, match="twice"):
        load(path)


def test_a_person_of_an_unlisted_organisation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text('[[people]]\nsubject="s"\nname="N"\nemail="e"\njob_title="j"\norganisation="o"\n')
    with pytest.raises(PeopleError, match="not listed"):
        load(path)
