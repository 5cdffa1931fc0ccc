"""The truth: attachments, segments, full text, jobs, conversations and originals."""

from mmchat.catalog.agreement import Agreement
from mmchat.catalog.beginnings import Beginnings
from mmchat.catalog.blobs import Blobs
from mmchat.catalog.catalog import Catalog
from mmchat.catalog.conversations import Conversations
from mmchat.catalog.copies import Copies
from mmchat.catalog.database import Database, check_library, damaged
from mmchat.catalog.deletions import Deletions
from mmchat.catalog.pages import PageRecords
from mmchat.catalog.readings import Readings
from mmchat.catalog.space_records import SpaceRecord, SpaceRecords, SpaceUse

__all__ = [
    "Agreement",
    "Beginnings",
    "Blobs",
    "Catalog",
    "Conversations",
    "Copies",
    "Database",
    "Deletions",
    "PageRecords",
    "Readings",
    "SpaceRecord",
    "SpaceRecords",
    "SpaceUse",
    "check_library",
    "damaged",
]
