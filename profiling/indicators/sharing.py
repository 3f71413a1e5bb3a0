"""What several indicators ask of one subject, found out once.

Subjects are computed one after another, each by all indicators, so it is enough to keep the answer of the last one:
nothing grows, and nothing outlives the subject it is about by more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def shared(look: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """Keep what a look at something that never changes gave, until another is looked at; whoever asks only reads it.

    Told by identity, not by equality. The pair is replaced as a whole, so threads may share it.
    """
    kept: tuple[Asked, Answer] | None = None

    @wraps(look)
    def looked_at(asked: Asked) -> Answer:
        nonlocal kept
        last = kept
        if last is not None and last[0] is asked:
            return last[1]
        answer = look(asked)
        kept = asked, answer
        return answer

    return looked_at
