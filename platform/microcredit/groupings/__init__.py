"""The territory: communes, organisations, and what each organisation is to the grouping, with dates."""
