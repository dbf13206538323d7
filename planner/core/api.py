"""The two API pages that belong to no app: the list of addresses and the OpenAPI document."""

from django.urls import NoReverseMatch, get_resolver, reverse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class ApiSchema(SpectacularAPIView):
    """OpenAPI 3.1, open to everyone: it describes the product, never anybody's data."""


class ApiRoot(APIView):
    """Where to begin: the address of every list, and of the OpenAPI document."""

    permission_classes = (AllowAny,)

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "string"}}})
    def get(self, request: Request) -> Response:
        addresses = {"schema": request.build_absolute_uri(reverse("schema"))}
        _, resolver = get_resolver().namespace_dict.get("api", ("", None))
        for name in sorted(
            key for key in (resolver.reverse_dict if resolver else {}) if isinstance(key, str)
        ):
            try:
                addresses[name] = request.build_absolute_uri(reverse(f"api:{name}"))
            except NoReverseMatch:
                continue  # this one needs an id
        return Response(addresses)
