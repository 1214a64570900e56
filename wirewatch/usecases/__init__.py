"""What can be done with wirewatch: a module a noun, a function an action. Commands, API and pages are thin over them."""
