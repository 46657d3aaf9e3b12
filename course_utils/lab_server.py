"""What JupyterLab's server is told about this course's files: the verified pages can be read and run, and not written.

Jupyter imports it; nothing else does.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

VERIFIED = "notebooks"


class CourseContents(AsyncLargeFileManager):
    """Files as ever, but those under `notebooks/` are shown as read-only, and a request to write there is refused."""

    async def get(self, path: str, *args: Any, **kwargs: Any) -> dict:
        """Return the model of a file or folder."""
        model = await super().get(path, *args, **kwargs)
        if _is_verified(path):
            model["writable"] = False
        return model

    async def save(self, model: dict, path: str = "") -> dict:
        """Save, unless it is a verified page."""
        _refuse(path)
        return await super().save(model, path)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Rename, unless a verified page is concerned."""
        _refuse(old_path)
        _refuse(new_path)
        await super().rename_file(old_path, new_path)

    async def delete_file(self, path: str) -> None:
        """Delete, unless it is a verified page."""
        _refuse(path)
        await super().delete_file(path)


def _is_verified(path: str) -> bool:
    return path.strip("/").split("/")[0] == VERIFIED


def _refuse(path: str) -> None:
    if _is_verified(path):
        raise HTTPError(403, reason="This is a verified page: it shows what you should see. Your own page is in work/")
