"""Standing between a flow and its driver: what a member writes into its journal is heard, and said
to be a part of the failover's intent."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from exchangekit.runtime.effects import Effect, Flow, Record
from exchangekit.runtime.journal import Ended, Intent, Sending

T = TypeVar("T")


class Overheard:
    """What a member's flow told its journal: the last attempt, and how it ended."""

    def __init__(self, within: Intent) -> None:
        self.within = within
        self.sending: Sending | None = None
        self.ended: Ended | None = None

    def run(self, flow: Flow[T]) -> Flow[T]:
        """`flow`, heard."""
        try:
            effect = next(flow)
            while True:
                try:
                    answer = yield self._heard(effect)
                except GeneratorExit:
                    flow.close()
                    raise
                except BaseException as problem:
                    effect = flow.throw(problem)
                else:
                    effect = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def _heard(self, effect: Effect) -> Effect:
        if not isinstance(effect, Record):
            return effect
        entry = effect.entry
        if isinstance(entry, Sending):
            self.sending = replace(entry, within=self.within)
            return Record(self.sending)
        if isinstance(entry, Ended):
            self.ended = entry
        return effect
