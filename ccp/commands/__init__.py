"""Commands with their options and help. Each imports the module that does its work when it runs: help is quick."""
