"""What the tests share: a toy venue, scripted transports, captured requests, a stepper."""
