"""The calls themselves: their content, deadlines, eligibility, questions, updates and documents."""
