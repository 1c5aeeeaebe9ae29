"""The chaos run: thousands of orders through faults, outages and kills, judged by the ledgers.

``python -m exchangekit.testing.chaos --orders 10000 --seed 1``. Three simulated venues stand in the
parent (`venues`), several worker processes place a seeded list of orders there (`plan`, `worker`,
`caller`), and every so often one of them is killed and started anew. What strikes an order is
part of the plan and bound to the order (`trouble`): a seed means the same whoever is faster.
When all is over and everything is healed, `referee` compares three things: what the callers were
told, what the journals hold, and what is in the ledgers of all venues. Any difference is a defect.
"""
