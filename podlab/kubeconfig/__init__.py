"""Kubeconfigs as kubectl reads them: files, merged; one context of them; credentials; the TLS behind it."""
