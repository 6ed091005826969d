"""The portal of evaluation bodies (机构门户)."""
