"""The version, read by the build and by ``interlayer --version``."""

__version__ = "0.1.0"
