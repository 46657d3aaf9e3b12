"""What JupyterLab's server is told about this course's files: the verified pages can be read and run, and not written.

`CourseContents` is made when Jupyter asks for it, so that importing this module costs nothing.
"""

from __future__ import annotations

import functools
from typing import Any

VERIFIED = "notebooks"


def __getattr__(name: str) -> type:
    if name == "CourseContents":
        return contents_manager()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@functools.cache
def contents_manager() -> type:
    """Return JupyterLab's own contents manager, but for `notebooks/`: shown as read-only, and not written, moved, deleted."""
    from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
    from tornado.web import HTTPError

    def refuse(path: str) -> None:
        if _is_verified(path):
            reason = "This is a verified page: it shows what you should see. Your own page is in work/"
            raise HTTPError(403, reason=reason)

    class CourseContents(AsyncLargeFileManager):
        async def get(self, path: str, *args: Any, **kwargs: Any) -> dict:
            model = await super().get(path, *args, **kwargs)
            if _is_verified(path):
                model["writable"] = False
            return model

        async def save(self, model: dict, path: str = "") -> dict:
            refuse(path)
            return await super().save(model, path)

        async def rename_file(self, old_path: str, new_path: str) -> None:
            refuse(old_path)
            refuse(new_path)
            await super().rename_file(old_path, new_path)

        async def delete_file(self, path: str) -> None:
            refuse(path)
            await super().delete_file(path)

    return CourseContents


def _is_verified(path: str) -> bool:
    return path.strip("/").split("/")[0] == VERIFIED
