"""The register of party members."""
