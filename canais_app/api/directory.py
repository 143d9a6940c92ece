"""The directory part of the API."""

from fastapi import APIRouter

router = APIRouter()
