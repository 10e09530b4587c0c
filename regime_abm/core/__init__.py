"""World, parameters, engine, noise and names. Knows no mechanism, no file and no screen."""
