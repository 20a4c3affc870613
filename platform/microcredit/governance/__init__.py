"""What the grouping does together: actions and the CCAS that leads each, with dates; delays."""
