"""How fast the engine is, what it needs, and whether an independent plain-Mesa twin of it says the same.

``python -m benchmarks`` prints every figure beside its goal. Nothing here is imported by the package.
"""
