"""All actions of wirewatch: a module for each noun, a function for each action. Commands, API and pages are thin over them."""
