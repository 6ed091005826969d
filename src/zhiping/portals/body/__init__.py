"""Body portal (机构门户)."""
