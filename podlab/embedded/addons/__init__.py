"""What kubeadm and kind put into a cluster beside the API: kube-system's Pods and what they stand on.

Upstream: cmd/kubeadm/app/phases/{addons,controlplane}, sigs.k8s.io/kind (installcni, installstorage)
"""

from podlab.embedded.addons.install import Addons

__all__ = ["Addons"]
