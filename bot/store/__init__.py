"""The memory of the program: tables, one book for each thing that is remembered, migrations, backups."""
