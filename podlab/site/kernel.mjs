// The worker of a page's first kernel: JupyterLite's, with a Python that starts before it is asked for.
import { begin } from "../../static/pyodide/pyodide.mjs";
import "../../@worker@";

begin("@options@");
