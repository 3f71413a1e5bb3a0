"""What every API endpoint shares: paging by change time."""

from rest_framework.pagination import CursorPagination


class ChangesPagination(CursorPagination):
    """Cursor paging in order of change, so that `updated_since` and a cursor walk the same way."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering = ("updated_at", "pk")
