"""A small registry, whole and right."""

SMALL = """
[[agency]]
code = "works"
acronym = "WORKS"
names = [{ name = "Department of Works", valid_from = "2000-01-01" }]
aliases = ["works department"]
desk = true
sources = ["a charter"]

[[agency]]
code = "purse"
acronym = "PURSE"
names = [{ name = "Office of the Purse" }]
sources = ["a charter"]

[[system]]
code = "ledger"
name = "Ledger"
owner = "works"
launched_on = "2001-01-01"
aliases = ["big book"]
sources = ["a manual"]

[[topic]]
code = "money"
name = "Money"

[[task]]
code = "be-paid"
name = "Be paid"
topic = "money"

[[system_of_record]]
task = "be-paid"
system = "ledger"
owner = "works"
valid_from = "2001-01-01"
valid_to = "2009-12-31"
confidence = "high"
sources = ["a manual"]

[[system_of_record]]
task = "be-paid"
place = "the counter"
valid_from = "2010-01-01"
confidence = "low"
sources = ["a manual"]
"""
