"""The agenda part of the API."""

from fastapi import APIRouter

router = APIRouter()
