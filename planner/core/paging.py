"""How lists of the API are cut into pages."""

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

_LAST_ROW = 2**31 - 1
"""No table here is longer, and every database can count that far."""


class Pages(LimitOffsetPagination):
    """`?limit=` up to 200 and `?offset=`; what is no number, or too large a one, is taken as nearest it can be."""

    max_limit = 200

    def get_offset(self, request: Request) -> int:
        return min(super().get_offset(request), _LAST_ROW)
