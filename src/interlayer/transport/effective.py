"""Effective conductivity of a composite from its volume fractions."""


def bruggeman(conductivity: float, volume_fraction: float, exponent: float = 1.5) -> float:
    """Return the effective conductivity sigma eps^b of a phase that fills `volume_fraction` of a composite, S/m.

    The exponent 1.5 is Bruggeman's result for spheres in a connected matrix (Bruggeman 1935,
    doi 10.1002/andp.19354160705). It has no percolation threshold, so it flatters a phase below about 0.2.
    """
    return conductivity * float(volume_fraction**exponent)


def tortuosity_factor(conductivity: float, volume_fraction: float, factor: float) -> float:
    """Return the effective conductivity sigma eps / tau for a measured tortuosity factor `factor`, S/m."""
    return conductivity * volume_fraction / factor


def transmission_line_limit(thickness: float, conductivity: float) -> float:
    """Return L / (3 kappa) in ohm m2: what the ions' path costs when the reaction is spread evenly.

    The low-resistance limit of sqrt(R Z) coth(sqrt(R / Z)) for an electrode whose electrons are free and whose
    interface is slow (de Levie 1964); the reaction then crosses a third of the full path on average.
    """
    return thickness / (3.0 * conductivity)
