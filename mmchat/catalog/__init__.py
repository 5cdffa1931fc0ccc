"""The truth: attachments, segments, full text, jobs, conversations and originals."""

from mmchat.catalog.blobs import Blobs
from mmchat.catalog.catalog import Catalog
from mmchat.catalog.conversations import Conversations
from mmchat.catalog.database import Database, check_library

__all__ = ["Blobs", "Catalog", "Conversations", "Database", "check_library"]
