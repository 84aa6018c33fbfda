"""Sparse contacts: constriction in the electrolyte and spreading in a thin coating."""

import math


def constriction(conductivity: float, radius: float) -> float:
    """Return the resistance of one circular contact to a half space, 1 / (4 sigma a), in ohm.

    `conductivity` of the electrolyte in S/m, contact `radius` in m (Holm 1967).
    """
    return 1.0 / (4.0 * conductivity * radius)


def spreading_conductance(
    sheet_conductance: float, charge_transfer_resistance: float, contact_radius: float, domain_radius: float
) -> float:
    """Return the conductance in S of one contact whose current spreads in a film over the particle below it.

    The film conducts along its plane with `sheet_conductance` sigma t (S) and passes current into the particle
    through `charge_transfer_resistance` rho (ohm m2), so sigma t lap(phi) = phi / rho outside the contact
    (0..a, `contact_radius`) up to a no-flux rim (b, `domain_radius`):

        G = pi a^2/rho + 2 pi a sigma t/l (I1(b/l) K1(a/l) - K1(b/l) I1(a/l)) / (I0(a/l) K1(b/l) + K0(a/l) I1(b/l))

    with l = sqrt(sigma t rho). Radii in m. Limits: a = b gives pi b^2/rho; a film that conducts without loss gives
    the same. The Bessel functions are scaled so that b/l may be large.
    """
    from scipy.special import i0e, i1e, k0e, k1e

    a, b = contact_radius, domain_radius
    if not 0 < a <= b:
        raise ValueError(f"contact radius {a} m must be positive and at most the domain radius {b} m")
    length = math.sqrt(sheet_conductance * charge_transfer_resistance)
    u, v = a / length, b / length
    # I(v) K(u) carries exp(v - u), I(u) K(v) carries exp(u - v); dividing both by exp(v - u) leaves exp(-2(v - u))
    decay = math.exp(-2.0 * (v - u))
    above = i1e(v) * k1e(u) - k1e(v) * i1e(u) * decay
    below = i0e(u) * k1e(v) * decay + k0e(u) * i1e(v)
    direct = math.pi * a**2 / charge_transfer_resistance
    return float(direct + 2.0 * math.pi * a * sheet_conductance / length * above / below)


def domain_radius(particle_radius: float, contacts_per_particle: float) -> float:
    """Return the radius in m of the disc of particle surface that one contact feeds: pi b^2 = 4 pi R^2 / n."""
    return 2.0 * particle_radius / math.sqrt(contacts_per_particle)
