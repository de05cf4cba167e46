"""The Pods and claims of a controller: made, counted, judged, told in events."""
