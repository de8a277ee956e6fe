"""The design system: tokens, components, shells, small custom elements."""
