"""What every answer is wrapped in."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class Success(BaseModel, Generic[T]):
    """It went well; `data` is what was asked for."""

    success: Literal[True]
    data: T


class Failure(BaseModel):
    """It did not; the same shape for every error, whoever found it."""

    success: Literal[False]
    error: str = Field(description="The error's short name.", examples=["Quota exceeded"])
    code: str = Field(description="The error's code, for programs.", examples=["QUOTA_EXCEEDED"])
    message: str = Field(description="What happened and what can be done, for people.")
    data: object = Field(description="What belongs to this error, or null.")


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    nextCursor: str | None = Field(description="Give it as `cursor` to get what follows; null at the end.")


def success(data: T) -> Success[T]:
    """`data`, wrapped."""
    return Success(success=True, data=data)
