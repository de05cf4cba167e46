"""How the cluster is reached: certificates, connections, WebSocket handshakes."""
