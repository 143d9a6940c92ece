"""The complaints part of the API."""

from fastapi import APIRouter

router = APIRouter()
