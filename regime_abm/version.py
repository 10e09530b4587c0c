"""The version of the program, where every module may ask for it."""

VERSION = "0.1.0"
