"""The only floor that touches sockets and clocks."""
