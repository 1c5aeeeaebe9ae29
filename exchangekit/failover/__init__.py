"""Several venues behind one exchange: who of them is well, and who is asked."""
