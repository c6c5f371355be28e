"""What every page and endpoint shares: the gate, headers, errors, limits, assets. Imports only core."""
