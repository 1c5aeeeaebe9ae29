"""What every venue must do, one module for each group of the design. `registry` lists them."""
