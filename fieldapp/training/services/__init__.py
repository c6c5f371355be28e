"""The rules of training: courses, sessions, rosters, certificates, grades, the newcomer's path."""
