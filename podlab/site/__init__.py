"""The lessons as a static folder: JupyterLite, with Python and the kit as WebAssembly in the learner's tab."""
