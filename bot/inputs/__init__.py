"""What the library is kept current from: folders, files, pages of the web and feeds."""
