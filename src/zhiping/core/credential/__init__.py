"""The certificate: canonical form, QR, printed page, verification steps."""
