"""A figure in a document is found by its caption, shown on its page, and given to its owner alone."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mmchat.assistant import Assistant
from mmchat.server.identity import PLAIN_COOKIE, library_of, new_token
from mmchat.server.media import Media
from mmchat.server.renditions import Renditions
from mmchat.settings import Settings
from mmchat.types import Evidence, Modality, Query, SegmentKind, Upload
from mmchat.ui.cards import Proof, card
from mmchat.ui.translations import Wording
from tests.make_documents import Page, docx_with, noise, pdf_with

TEXT = ("The ferry leaves at seven.", "Tickets are sold on board.", "Dogs travel free.", "Winter has other times.")


@pytest.fixture
def assistant(settings: Settings):
    assistant = Assistant.from_settings(settings)
    yield assistant
    assistant.close()


@pytest.mark.model
def test_the_diagram_of_the_pump_finds_its_page(assistant: Assistant) -> None:
    caption = [(100.0, 345.0, "Figure 3. Diagram of the bilge pump.")]
    lines = [(60.0, 420 + 30.0 * n, words) for n, words in enumerate(TEXT)]
    pages = [Page(lines), Page(caption + lines, [(100, 120, 300, 200, noise(1))]), Page(lines)]
    assistant.ingest_now("mine", Upload("manual.pdf", pdf_with(*pages)))

    found = assistant.search("mine", Query("the diagram of the pump"), 4).candidates
    pictures = assistant.search("mine", Query("diagram of the pump", modality=Modality.IMAGE), 4).candidates

    assert found[0].segment.locator.page == 2
    [figure] = [c for c in found if c.segment.kind is SegmentKind.WHOLE_IMAGE]
    assert figure.segment.heading == "Figure 3. Diagram of the bilge pump."
    assert [c.segment for c in pictures] == [figure.segment]
    assert assistant.missing_vectors("mine") == {}


@pytest.mark.model
def test_a_figure_of_a_docx_is_shown_on_its_card_to_its_owner_alone(assistant: Assistant) -> None:
    data = docx_with("# Garden", noise(5), "Figure 1: The lemon tree in May.")
    app = Starlette(routes=Media(assistant, Renditions()).routes())
    with TestClient(app, cookies={PLAIN_COOKIE: new_token()}) as owner, TestClient(app) as other:
        library = library_of(owner.cookies) or ""
        assistant.ingest_now(library, Upload("garden.docx", data))
        [found] = assistant.search(library, Query("lemon tree", modality=Modality.IMAGE), 1).candidates
        address = f"/media/{found.attachment.id}/figure/{found.segment.id}"
        html = card(Proof("a", "", "", (), ()), Evidence(1, found), Wording("en"))
        shown = owner.get(address)
        wrong = owner.get(address[:-32] + "0" * 32)
        theirs = other.get(address, headers={"cookie": f"{PLAIN_COOKIE}={new_token()}"})

    assert address in html
    assert "Figure 1: The lemon tree in May." in html
    assert Image.open(io.BytesIO(shown.content)).size == noise(5).size
    assert (wrong.status_code, theirs.status_code) == (404, 404)
