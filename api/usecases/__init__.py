"""Use cases, one file each: load values, one pure call, save values. Import settings, store and the rooms below."""
