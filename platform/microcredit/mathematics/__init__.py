"""Pure arithmetic of budgets and loans: integers, decimals and dates in, the same out."""
