"""Documents that Waymark writes: one content, as a Word document and as a tagged PDF."""
