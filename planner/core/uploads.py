"""No upload fills the disk: what is larger than the limit is read to its end and thrown away."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from typing_extensions import override

_MARK = "genka.upload_was_too_large"


class LimitedUpload(FileUploadHandler):
    """Stands before the handlers that keep a file, and stops it at UPLOAD_MOST_BYTES.

    DATA_UPLOAD_MAX_MEMORY_SIZE does not count files, and the CSRF check reads a form before any view is asked.
    """

    _seen = 0

    @override
    def new_file(self, *args: object, **kwargs: object) -> None:
        self._seen = 0

    @override
    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._seen += len(raw_data)
        if self._seen > settings.UPLOAD_MOST_BYTES:
            if self.request is not None:
                self.request.META[_MARK] = True
            raise SkipFile
        return raw_data

    @override
    def file_complete(self, file_size: int) -> None:
        """None: the next handler keeps it."""


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was thrown away. Headers cannot set the mark: theirs begin with HTTP_."""
    return _MARK in request.META
