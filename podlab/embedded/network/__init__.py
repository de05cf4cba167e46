"""What kube-proxy and CoreDNS do: where Services lead, and what names mean."""
