"""The river: one app per step of the work; upstream never imports downstream."""
