"""Cookies to libraries."""

from __future__ import annotations

import re

from mmchat.catalog import check_library
from mmchat.server.identity import HOST_COOKIE, PLAIN_COOKIE, is_space, library_of, new_token, set_cookie


def test_a_token_names_one_library_and_does_not_appear_in_its_id() -> None:
    token, other = new_token(), new_token()

    library = library_of({PLAIN_COOKIE: token})

    assert library is not None
    assert check_library(library) == library
    assert library == library_of({HOST_COOKIE: token})
    assert library != library_of({PLAIN_COOKIE: other})
    assert token not in library


def test_the_host_bound_cookie_wins_over_one_that_a_sibling_domain_could_plant() -> None:
    own, planted = new_token(), new_token()

    assert library_of({PLAIN_COOKIE: planted, HOST_COOKIE: own}) == library_of({HOST_COOKIE: own})


def test_anything_else_is_nobody() -> None:
    for value in ("", "short", "x" * 44, "ü" * 43, "../../" + "a" * 37):
        assert library_of({PLAIN_COOKIE: value}) is None


def test_a_partitioned_cookie_is_only_made_where_browsers_accept_it() -> None:
    assert "Partitioned" in set_cookie("t", secure=True, embedded=True)
    assert "Partitioned" not in set_cookie("t", secure=False, embedded=True)
    assert "Partitioned" not in set_cookie("t", secure=True, embedded=False)
    assert re.search(r"Max-Age=\d{8}", set_cookie("t", secure=False, embedded=False))


def test_a_space_is_known_by_its_id() -> None:
    assert is_space({"SPACE_ID": "me/app"})
    assert not is_space({})
