"""The faces of subsidies: translate in, one domain call, translate out."""
